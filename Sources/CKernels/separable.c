// Pointwise and depthwise convolutions, once per instruction set, and their choice at run time.

#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "ckernels.h"
#include "dispatch.h"

// Sixteen-lane values never leave the functions that are inlined into their callers.
#pragma clang diagnostic ignored "-Wpsabi"

#define CK_MOST_WINDOW 5
// Strips whose rings and kernels stay in the first caches together.
#define CK_MOST_STRIPS 3

// Vectors that lie in one cache line.
#define CK_ALIGNED __attribute__((aligned(64)))

// Strips of sixteen features, the last one padded.
static inline int64_t ck_strips(int64_t features) { return (features + 15) / 16; }

// The packed kernel of a strip and those after it; the biases lie before all of them.
static inline const float *ck_packed_strip(
    const float *packed, const ck_pointwise *shape, int64_t strip) {
  return packed + 16 * (ck_strips(shape->features) + strip * shape->channels);
}

// Whether vectors hold eight features twice: as many channels as there are pairs, and so few
// features that half a strip matters and all of them are one panel.
static inline bool ck_is_paired(int64_t channels, int64_t features) {
  const int64_t rest = features % 16;
  return channels % 2 == 0 && features <= 40 && rest > 0 && rest <= 8;
}

// Pixels of a row of the ring: the picture's, and those around it that windows reach.
static inline int64_t ck_ring_columns(const ck_depthwise *shape) {
  const int64_t reached = (shape->output[1] - 1) * shape->stride + shape->window;
  const int64_t filled = shape->padding_low[1] + shape->input[1];
  return reached > filled ? reached : filled;
}

// Elements of the ring of one strip.
static inline int64_t ck_ring_strip(const ck_depthwise *shape) {
  return 16 * ck_ring_columns(shape) * shape->window;
}

// Elements of the rings of a thread and of a spare row of results.
static inline int64_t ck_ring_size(const ck_depthwise *shape) {
  return CK_MOST_STRIPS * ck_ring_strip(shape) + 16 * shape->output[1];
}

// Into how many parts the rows and the strips of features are cut: one part for each thread.
typedef struct {
  int64_t rows, columns;
} ck_parts;

// Rows of a tile at equal distances are kept as the places of every third one: a processor's
// addresses reach the two after it. Left alone the compiler keeps a place for each row, and where
// registers are short (Swift's package manager takes one for frames) sums go to memory and back.
#define CK_MOST_THIRDS 4

static inline __attribute__((always_inline)) void ck_every_third(
    const float **places, const float *first, int64_t row_size, const int rows) {
#pragma clang loop unroll(full)
  for (int row = 0; row < rows; row += 3) places[row / 3] = first + row * row_size;
}

// Goes on to the next elements of all rows, and hides how the places follow from one another.
static inline __attribute__((always_inline)) void ck_advance(
    const float **places, int64_t count, const int rows) {
#pragma clang loop unroll(full)
  for (int row = 0; row < rows; row += 3) {
    places[row / 3] += count;
    __asm__("" : "+r"(places[row / 3]));
  }
}

typedef struct {
  const ck_pointwise *shape;
  float *y;
  const float *x, *packed, *residual, *gate;
  float *scratch;
  int64_t rows;   // pixels of all samples
  int64_t chunk;  // pixels that go through all features at a time
  ck_parts parts;
} ck_pointwise_context;

typedef struct {
  const ck_depthwise *shape;
  float *y;
  const float *x, *packed, *kernel, *bias;
  float *rings, *totals;
  int64_t rows;  // of results of all samples
  ck_parts parts;
} ck_depthwise_context;

#if defined(__x86_64__)
#pragma clang attribute push( \
    __attribute__((target("arch=x86-64-v4,no-prefer-256-bit"))), apply_to = function)
#define CK_SUFFIX v4
#define CK_MASKED_LANES
#define CK_WIDE_TILES
#include "vector_math.inc"
#include "activation.inc"
#include "pointwise.inc"
#include "depthwise.inc"
#include "undefine.inc"
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("arch=x86-64-v3"))), apply_to = function)
#define CK_SUFFIX v3
#include "vector_math.inc"
#include "activation.inc"
#include "pointwise.inc"
#include "depthwise.inc"
#include "undefine.inc"
#pragma clang attribute pop
#endif

#define CK_SUFFIX base
#include "vector_math.inc"
#include "activation.inc"
#include "pointwise.inc"
#include "depthwise.inc"
#include "undefine.inc"

// MARK: - Pointwise

size_t ck_pointwise_packed_bytes(int64_t channels, int64_t features) {
  return (size_t)(ck_strips(features) * 16 * (channels + 1)) * sizeof(float);
}

void ck_pack_pointwise(
    float *packed, const float *kernel, const float *bias, int64_t channels, int64_t features) {
  const int64_t strips = ck_strips(features);
  memset(packed, 0, ck_pointwise_packed_bytes(channels, features));
  if (bias) memcpy(packed, bias, (size_t)features * sizeof(float));
  packed += 16 * strips;
  if (ck_is_paired(channels, features)) {
    for (int64_t channel = 0; channel < channels; ++channel)
      for (int64_t feature = 0; feature < features; ++feature)
        packed[(feature / 8 * (channels / 2) + channel / 2) * 16 + feature % 8 * 2 + channel % 2] =
            kernel[channel * features + feature];
    return;
  }
  for (int64_t strip = 0; strip < strips; ++strip)
    for (int64_t channel = 0; channel < channels; ++channel) {
      const int64_t count = features - 16 * strip < 16 ? features - 16 * strip : 16;
      memcpy(
          packed + (strip * channels + channel) * 16, kernel + channel * features + 16 * strip,
          (size_t)count * sizeof(float));
    }
}

// Pixels that take a quarter of a usual second cache.
static int64_t chunk_of(const ck_pointwise *shape) {
  const int64_t pixel_bytes = (shape->channels + shape->features) * (int64_t)sizeof(float);
  const int64_t rows = (256 << 10) / pixel_bytes;
  return rows < 64 ? 64 : rows;
}

// The parts that are done first: two sums of sixteen features take as long as reading four or five
// numbers that another thread has written.
static ck_parts pointwise_parts(const ck_pointwise *shape, int threads) {
  const int64_t rows = shape->samples * shape->pixels, strips = ck_strips(shape->features);
  ck_parts best = {threads, 1};
  int64_t least = INT64_MAX;
  for (int64_t columns = 1; columns <= threads && columns <= strips; ++columns) {
    if (threads % columns != 0) continue;
    const int64_t parts = threads / columns;
    const int64_t height = (rows + parts - 1) / parts, width = (strips + columns - 1) / columns;
    const int64_t cost = 5 * height * width + 2 * (height + 16 * width);
    if (cost >= least) continue;
    least = cost;
    best = (ck_parts){parts, columns};
  }
  return best;
}

size_t ck_pointwise_scratch_bytes(const ck_pointwise *shape, int threads) {
  return (size_t)(threads * chunk_of(shape) * shape->channels) * sizeof(float);
}

void ck_pointwise_f32(
    const ck_pointwise *shape, float *y, const float *x, const float *packed,
    const float *residual, const float *gate, int threads, void *scratch) {
  ck_pointwise_context context = {
    .shape = shape, .y = y, .x = x, .packed = packed, .residual = residual, .gate = gate,
    .scratch = scratch, .rows = shape->samples * shape->pixels, .chunk = chunk_of(shape),
    .parts = pointwise_parts(shape, threads)};
  ck_parallel(threads, threads, 1, CK_SELECT_BODY(pointwise_part), &context);
}

// MARK: - Depthwise

// The parts that are done first: rows at the border of two parts are filled twice.
static ck_parts depthwise_parts(const ck_depthwise *shape, int threads) {
  const int64_t rows = shape->samples * shape->output[0], strips = ck_strips(shape->channels);
  ck_parts best = {threads, 1};
  int64_t least = INT64_MAX;
  for (int64_t columns = 1; columns <= threads && columns <= strips; ++columns) {
    if (threads % columns != 0) continue;
    const int64_t parts = threads / columns;
    const int64_t height = (rows + parts - 1) / parts * shape->stride;
    const int64_t cost = (height + (parts > 1 ? shape->window - shape->stride : 0)) *
                         ((strips + columns - 1) / columns);
    if (cost > least) continue;
    least = cost;
    best = (ck_parts){parts, columns};
  }
  return best;
}

size_t ck_depthwise_scratch_bytes(const ck_depthwise *shape, int threads) {
  return (size_t)(threads * (ck_ring_size(shape) + shape->samples * shape->channels)) *
         sizeof(float);
}

void ck_depthwise_f32(
    const ck_depthwise *shape, float *y, const float *x, const float *packed, const float *kernel,
    const float *bias, float *totals, int threads, void *scratch) {
  ck_depthwise_context context = {
    .shape = shape, .y = y, .x = x, .packed = packed, .kernel = kernel, .bias = bias,
    .rings = scratch, .totals = totals, .rows = shape->samples * shape->output[0],
    .parts = depthwise_parts(shape, threads)};
  const int64_t parts = context.parts.rows, count = shape->samples * shape->channels;
  if (totals && parts > 1) {
    context.totals = context.rings + threads * ck_ring_size(shape);
    memset(context.totals, 0, (size_t)(parts * count) * sizeof(float));
  }
  ck_parallel(threads, threads, 1, CK_SELECT_BODY(depthwise_part), &context);
  if (!totals || parts == 1) return;
  memset(totals, 0, (size_t)count * sizeof(float));
  for (int64_t part = 0; part < parts; ++part)
    for (int64_t i = 0; i < count; ++i) totals[i] += context.totals[part * count + i];
}
