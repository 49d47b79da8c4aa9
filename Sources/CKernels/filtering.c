// Convolutions in tiles with few products, once per instruction set, and their choice at run time.
//
// A tile of the input is changed into points², each point's tiles are multiplied with the point's
// kernel matrix [channels, features], and the products are changed into a tile of the output.

#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "bilinear.h"
#include "ckernels.h"
#include "dispatch.h"

// Sixteen-lane values never leave the functions that are inlined into their callers.
#pragma clang diagnostic ignored "-Wpsabi"

// Features of a panel of kernels; channels whose products are added up before they are added to
// those of others, so that rounding errors stay small; channels of a strip and tiles of a bundle.
enum { PANEL = 32, CHUNK = 64, STRIP = 16, BUNDLE = 16 };

// What lies between points is never a multiple of 4 KB, else they would fight for a few places of
// the first cache.
static inline int64_t ck_spaced(int64_t floats) { return floats + 16; }

// The filters in the order of `ck_filter`.
#define FILTERS(ENTRY) \
  ENTRY(3x3) ENTRY(4x3) ENTRY(5x3) ENTRY(4x5) ENTRY(4x5_by_2) ENTRY(8x5_by_half)

static const ck_bilinear *ck_bilinear_of(ck_filter filter) {
#define ENTRY(name) &ck_bilinear_##name,
  static const ck_bilinear *const all[] = {FILTERS(ENTRY)};
#undef ENTRY
  return all[filter];
}

// Where tiles lie, and how they are cut into blocks.
typedef struct {
  int64_t tiles[2], count;       // tiles along height and width, and in all pictures
  int64_t input[2], output[2];   // where the first tile starts in the input and in the output
  int64_t block, blocks, parts;  // tiles of a block, blocks, parts of the features
  int64_t points, panels, strips;
} ck_tiling;

static int64_t rounded_up(int64_t value, int64_t unit) { return (value + unit - 1) / unit * unit; }
static int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }
static int64_t larger(int64_t a, int64_t b) { return a > b ? a : b; }

// Floats of a panel of a transformed kernel: chunks of channels, then points.
static inline int64_t ck_panel_floats(int64_t points, int64_t channels) {
  const int64_t chunks = (channels + CHUNK - 1) / CHUNK;
  return points * (channels * PANEL + chunks * ck_spaced(0));
}

// Floats of the tiles of a block: chunks of channels, then points.
static inline int64_t ck_tiles_floats(int64_t points, int64_t tiles, int64_t channels) {
  const int64_t chunks = (channels + CHUNK - 1) / CHUNK;
  return points * (tiles * channels + chunks * ck_spaced(0));
}

static ck_tiling ck_tiling_of(const ck_filtering *f, int threads) {
  const ck_bilinear *bilinear = ck_bilinear_of(f->filter);
  ck_tiling t = {
    .count = f->batch, .points = bilinear->points * bilinear->points,
    .panels = (f->features + PANEL - 1) / PANEL,
    .strips = (f->channels + STRIP - 1) / STRIP};
  for (int axis = 0; axis < 2; ++axis) {
    const int64_t low = f->padding_low[axis];
    t.input[axis] = -low;
    t.output[axis] = 0;
    if (bilinear->outputs > bilinear->step) {
      // Results between inputs: the tile starts where both fall together.
      t.input[axis] = low / 2 - (bilinear->taps - 1) / 2;
      t.output[axis] = low / 2 * 2 - low;
    }
    t.tiles[axis] =
        (f->output[axis] - t.output[axis] + bilinear->outputs - 1) / bilinear->outputs;
    t.count *= t.tiles[axis];
  }
  // Tiles and products of a block stay in the second cache, unless so many features make it better to
  // read the kernel less often.
  const int64_t bytes = t.points * (t.strips * STRIP + PANEL) * (int64_t)sizeof(float);
  const int64_t most = larger(smaller(36, (640 << 10) / bytes), larger(4, f->features / 8));
  const int64_t whole = most >= 12 ? most / 12 * 12 : most;
  if (t.count <= whole) {
    t.blocks = 1;
    t.parts = smaller(threads, t.panels);
  } else {
    t.blocks = rounded_up((t.count + whole - 1) / whole, threads);
    t.parts = 1;
  }
  t.block = (t.count + t.blocks - 1) / t.blocks;
  t.blocks = (t.count + t.block - 1) / t.block;
  return t;
}

// Floats of one thread: tiles and products of a block.
static int64_t ck_block_floats(const ck_tiling *t) {
  return ck_tiles_floats(t->points, t->block, t->strips * STRIP) +
         t->points * ck_spaced(t->block * PANEL);
}

// Floats of a transformed bundle of tiles.
static int64_t ck_bundle_floats(const ck_tiling *t) {
  return t->points *
         (t->strips * ck_spaced(BUNDLE * STRIP) + t->panels * ck_spaced(BUNDLE * PANEL));
}

typedef struct {
  const ck_filtering *f;
  ck_tiling tiling;
  float *y;
  const float *x, *kernel, *bias, *residual;
  float *scratch;
  bool is_transposed;
  // Kernel gradients: products of transformed inputs and cotangents.
  const float *dy;
  float *products;
  int64_t first, group;  // bundles of a group
} ck_filtering_context;

// A filter's transforms of sixteen channels or features. Points are `step` floats apart.
typedef struct {
  // From a tile of inputs or cotangents, by the number of the tile.
  void (*input)(const ck_filtering_context *, int64_t tile, int64_t channel, float *, int64_t step);
  void (*cotangent)(
      const ck_filtering_context *, int64_t tile, int64_t feature, float *, int64_t step);
  // To a tile of results.
  void (*output)(
      const ck_filtering_context *, int64_t tile, int64_t feature, const float *, int64_t step);
  // From taps that are `tap` floats apart, of which the first `lanes` features are there.
  void (*taps)(
      float *, int64_t step, const float *taps, int64_t tap, bool is_flipped, int64_t lanes);
  // To a channel's taps.
  void (*gradient)(
      const ck_filtering_context *, int64_t channel, int64_t feature, const float *, int64_t step);
} ck_filter_functions;

// A tile's picture and where its corner lies.
typedef struct {
  int64_t image, row, column;
} ck_tile;

static inline ck_tile ck_tile_at(const ck_tiling *t, int64_t index) {
  ck_tile tile = {.column = index % t->tiles[1]};
  index /= t->tiles[1];
  tile.row = index % t->tiles[0];
  tile.image = index / t->tiles[0];
  return tile;
}

#if defined(__x86_64__)
#pragma clang attribute push( \
    __attribute__((target("arch=x86-64-v4,no-prefer-256-bit"))), apply_to = function)
#define CK_SUFFIX v4
#define CK_MASKED_LANES
#define ROWS 12
#define VECTORS 2
#include "vector_math.inc"
#include "activation.inc"
#include "transpose.inc"
#include "filtering.inc"
#include "undefine.inc"
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("arch=x86-64-v3"))), apply_to = function)
#define CK_SUFFIX v3
#define ROWS 6
#define VECTORS 1
#include "vector_math.inc"
#include "activation.inc"
#include "transpose.inc"
#include "filtering.inc"
#include "undefine.inc"
#pragma clang attribute pop
#endif

#define CK_SUFFIX base
#if defined(__aarch64__)
#define ROWS 6
#else
#define ROWS 3
#endif
#define VECTORS 1
#include "vector_math.inc"
#include "activation.inc"
#include "transpose.inc"
#include "filtering.inc"
#include "undefine.inc"

ck_filter_tile ck_filter_tile_of(ck_filter filter) {
  const ck_bilinear *b = ck_bilinear_of(filter);
  return (ck_filter_tile){.points = b->points, .inputs = b->inputs, .outputs = b->outputs};
}

int64_t ck_filter_kernel_bytes(ck_filter filter, int64_t channels, int64_t features) {
  const int64_t points = ck_bilinear_of(filter)->points, panels = (features + PANEL - 1) / PANEL;
  return panels * ck_panel_floats(points * points, channels) * (int64_t)sizeof(float);
}

void ck_filter_pack_f32(
    const ck_filtering *f, float *packed, const float *kernel, bool is_transposed, int threads) {
  ck_filtering_context context = {
    .f = f, .tiling = ck_tiling_of(f, threads), .y = packed, .kernel = kernel,
    .is_transposed = is_transposed};
  const int64_t units = context.tiling.panels * context.tiling.strips;
  ck_parallel(threads, units, 1, CK_SELECT_BODY(pack_strips), &context);
}

int64_t ck_filtering_scratch_bytes(const ck_filtering *f, int threads) {
  ck_tiling tiling = ck_tiling_of(f, threads);
  return threads * ck_block_floats(&tiling) * (int64_t)sizeof(float);
}

void ck_filtering_f32(
    const ck_filtering *f, float *y, const float *x, const float *packed, const float *bias,
    const float *residual, float *scratch, int threads) {
  ck_filtering_context context = {
    .f = f, .tiling = ck_tiling_of(f, threads), .y = y, .x = x, .kernel = packed, .bias = bias,
    .residual = residual, .scratch = scratch};
  const int64_t units = context.tiling.blocks * context.tiling.parts;
  ck_parallel(threads, units, 1, CK_SELECT_BODY(filter_blocks), &context);
}

// MARK: - Kernel gradients

static int64_t ck_products_floats(const ck_tiling *t) {
  return t->points * t->strips * t->panels * ck_spaced(STRIP * PANEL);
}

// Bundles of a group: what their tiles take once they are transformed stays in a cache, unless the
// products, which are read and written for each group, take much more.
static int64_t ck_group_of(const ck_tiling *t) {
  const int64_t bundles = (t->count + BUNDLE - 1) / BUNDLE;
  const int64_t most =
      larger(1 << 20, ck_products_floats(t) / 3) / ck_bundle_floats(t);
  const int64_t groups = (bundles + larger(1, most) - 1) / larger(1, most);
  return (bundles + groups - 1) / groups;
}

int64_t ck_filtering_gradient_scratch_bytes(const ck_filtering *f) {
  const ck_tiling t = ck_tiling_of(f, 1);
  return (ck_group_of(&t) * ck_bundle_floats(&t) + ck_products_floats(&t)) *
         (int64_t)sizeof(float);
}

void ck_filtering_kernel_gradient_f32(
    const ck_filtering *f, float *dkernel, const float *x, const float *dy, float *scratch,
    int threads) {
  ck_filtering_context context = {
    .f = f, .tiling = ck_tiling_of(f, 1), .y = dkernel, .x = x, .dy = dy, .scratch = scratch};
  const ck_tiling *t = &context.tiling;
  const int64_t bundles = (t->count + BUNDLE - 1) / BUNDLE, group = ck_group_of(t);
  context.products = scratch + group * ck_bundle_floats(t);
  for (context.first = 0; context.first < bundles; context.first += group) {
    context.group = smaller(group, bundles - context.first);
    ck_parallel(
        threads, context.group * (t->strips + t->panels), 1, CK_SELECT_BODY(transform_bundles),
        &context);
    ck_parallel(threads, t->points * t->strips, 1, CK_SELECT_BODY(multiply_bundles), &context);
  }
  ck_parallel(threads, t->strips * t->panels, 1, CK_SELECT_BODY(kernel_gradients), &context);
}
