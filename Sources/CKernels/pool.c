// Pooling, once per instruction set, and its choice at run time.

#include <string.h>

#include "ckernels.h"
#include "dispatch.h"

// Sixteen-lane values never leave the functions that are inlined into their callers.
#pragma clang diagnostic ignored "-Wpsabi"

typedef struct {
  const ck_pool *pool;
  const float *x, *g, *dy;
  float *y, *dx;
} ck_pool_context;

// Columns of one row of the output, and some of their channels.
typedef struct {
  int64_t row;  // over [batch, depth, height] of the output
  int64_t column, column_end, channel, channel_count;
} ck_pool_tile;

// Elements of a tile: what is kept of it stays in the first cache.
#define CK_POOL_TILE 2048

// Moves on to the row's next tile; the first one follows a tile of zeros with `row` set.
static inline bool ck_next_tile(const ck_pool *pool, ck_pool_tile *tile) {
  tile->channel += tile->channel_count;
  if (tile->channel >= pool->channels) tile->channel = 0;
  if (tile->channel == 0) tile->column = tile->column_end;
  int64_t rest = pool->channels - tile->channel;
  tile->channel_count = rest < CK_POOL_TILE ? rest : CK_POOL_TILE;
  if (pool->channels == 0 || tile->column >= pool->output[2]) return false;
  int64_t columns = pool->channels > CK_POOL_TILE ? 1 : CK_POOL_TILE / pool->channels;
  tile->column_end =
      tile->column + columns < pool->output[2] ? tile->column + columns : pool->output[2];
  return true;
}

// One place of the window, for the columns of a tile whose windows have it inside the input.
typedef struct {
  int64_t image, depth, height;  // the picture's offset, and where the row's windows begin
  int32_t position;              // the place's number in the window
  int64_t first, end;            // the columns
  int64_t known;                 // columns from here on had an earlier place
  int64_t offset;                // of the element of column 0, which may lie outside
} ck_pool_place;

static inline ck_pool_place ck_window_of(const ck_pool *pool, const ck_pool_tile *tile) {
  ck_pool_place place = {.position = -1, .first = tile->column_end, .known = tile->column_end};
  int64_t row = tile->row;
  place.height = row % pool->output[1] * pool->stride[1] - pool->padding_low[1];
  row /= pool->output[1];
  place.depth = row % pool->output[0] * pool->stride[0] - pool->padding_low[0];
  place.image = row / pool->output[0] * pool->input[0] * pool->input[1] * pool->input[2];
  return place;
}

static inline bool ck_next_place(
    const ck_pool *pool, const ck_pool_tile *tile, ck_pool_place *place) {
  if (place->first < place->known) place->known = place->first;
  int64_t count = pool->window[0] * pool->window[1] * pool->window[2];
  while (++place->position < count) {
    int64_t line = place->position / pool->window[2];
    int64_t depth = place->depth + line / pool->window[1];
    int64_t height = place->height + line % pool->window[1];
    if (depth < 0 || depth >= pool->input[0] || height < 0 || height >= pool->input[1]) continue;
    int64_t shift = place->position % pool->window[2] - pool->padding_low[2];
    int64_t stride = pool->stride[2], last = pool->input[2] - 1 - shift;
    int64_t first = shift < 0 ? (stride - 1 - shift) / stride : 0;
    int64_t end = last < 0 ? 0 : last / stride + 1;
    place->first = first > tile->column ? first : tile->column;
    place->end = end < tile->column_end ? end : tile->column_end;
    place->offset =
        (place->image + (depth * pool->input[1] + height) * pool->input[2] + shift) *
        pool->channels;
    if (place->first < place->end) return true;
  }
  return false;
}

// How many elements of the input lie along one axis of a window that begins at `start`.
static inline int64_t ck_extent(const ck_pool *pool, int axis, int64_t start) {
  int64_t begin = start > 0 ? start : 0, end = start + pool->window[axis];
  return (end < pool->input[axis] ? end : pool->input[axis]) - begin;
}

// Whether each input element lies in one window.
static inline bool ck_windows_tile(const ck_pool *pool) {
  for (int axis = 0; axis < 3; ++axis) {
    int64_t last = (pool->output[axis] - 1) * pool->stride[axis] - pool->padding_low[axis] +
                   pool->window[axis];
    if (pool->stride[axis] != pool->window[axis] || last < pool->input[axis]) return false;
  }
  return true;
}

#define CK_BODY "pool.inc"
#include "variants.inc"

static int64_t row_count(const ck_pool *pool) {
  return pool->batch * pool->output[0] * pool->output[1];
}

// Rows whose gradients may be computed side by side: each on its own, or those of a picture where
// windows overlap or leave elements out.
static int64_t gradient_unit(const ck_pool *pool) {
  return ck_windows_tile(pool) ? 1 : pool->output[0] * pool->output[1];
}

void ck_max_pool(const ck_pool *pool, void *y, const void *x, ck_type type, int threads) {
  ck_pool_context context = {.pool = pool, .x = x, .y = y};
  ck_body body = CK_SELECT_BODY(max_pool_rows);
  if (type == CK_I8) body = CK_SELECT_BODY(max_pool_rows_int8_t);
  if (type == CK_U8) body = CK_SELECT_BODY(max_pool_rows_uint8_t);
  ck_parallel(threads, row_count(pool), 1, body, &context);
}

void ck_max_pool_gather_f32(
    const ck_pool *pool, float *y, const float *x, const float *g, int threads) {
  ck_pool_context context = {.pool = pool, .x = x, .g = g, .y = y};
  ck_parallel(threads, row_count(pool), 1, CK_SELECT_BODY(max_pool_gather_rows), &context);
}

void ck_max_pool_gradient_f32(
    const ck_pool *pool, float *dx, const float *x, const float *dy, int threads) {
  ck_pool_context context = {.pool = pool, .x = x, .dx = dx, .dy = dy};
  ck_parallel(
      threads, row_count(pool), gradient_unit(pool), CK_SELECT_BODY(max_pool_gradient_rows),
      &context);
}

void ck_average_pool_f32(const ck_pool *pool, float *y, const float *x, int threads) {
  ck_pool_context context = {.pool = pool, .x = x, .y = y};
  ck_parallel(threads, row_count(pool), 1, CK_SELECT_BODY(average_pool_rows), &context);
}

void ck_average_pool_gradient_f32(
    const ck_pool *pool, float *dx, const float *dy, int threads) {
  ck_pool_context context = {.pool = pool, .dx = dx, .dy = dy};
  ck_parallel(
      threads, row_count(pool), gradient_unit(pool), CK_SELECT_BODY(average_pool_gradient_rows),
      &context);
}
