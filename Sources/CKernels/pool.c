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

// The part of a window that lies inside the input.
typedef struct {
  int64_t image;  // offset of the picture
  int64_t begin[3], end[3], step[3];
  int64_t positions;
} ck_window_range;

// Rows are counted over [batch, depth, height] of the output.
static inline ck_window_range ck_window_at(const ck_pool *pool, int64_t row, int64_t column) {
  int64_t place[3] = {0, row % pool->output[1], column};
  row /= pool->output[1];
  place[0] = row % pool->output[0];
  int64_t batch = row / pool->output[0];
  ck_window_range range;
  range.step[2] = pool->channels;
  range.step[1] = range.step[2] * pool->input[2];
  range.step[0] = range.step[1] * pool->input[1];
  range.image = batch * range.step[0] * pool->input[0];
  range.positions = 1;
  for (int axis = 0; axis < 3; ++axis) {
    int64_t start = place[axis] * pool->stride[axis] - pool->padding_low[axis];
    int64_t stop = start + pool->window[axis];
    range.begin[axis] = start > 0 ? start : 0;
    range.end[axis] = stop < pool->input[axis] ? stop : pool->input[axis];
    range.positions *= range.end[axis] - range.begin[axis];
  }
  return range;
}

// Whether no input element lies in two windows.
static inline bool ck_windows_are_disjoint(const ck_pool *pool) {
  return pool->stride[0] >= pool->window[0] && pool->stride[1] >= pool->window[1] &&
         pool->stride[2] >= pool->window[2];
}

// Whether each input element lies in a window.
static inline bool ck_windows_cover(const ck_pool *pool) {
  for (int axis = 0; axis < 3; ++axis) {
    int64_t last = (pool->output[axis] - 1) * pool->stride[axis] - pool->padding_low[axis] +
                   pool->window[axis];
    if (pool->stride[axis] > pool->window[axis] || last < pool->input[axis]) return false;
  }
  return true;
}

#if defined(__x86_64__)
#pragma clang attribute push( \
    __attribute__((target("arch=x86-64-v4,no-prefer-256-bit"))), apply_to = function)
#define CK_SUFFIX v4
#include "pool.inc"
#include "undefine.inc"
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("arch=x86-64-v3"))), apply_to = function)
#define CK_SUFFIX v3
#include "pool.inc"
#include "undefine.inc"
#pragma clang attribute pop
#endif

#define CK_SUFFIX base
#include "pool.inc"
#include "undefine.inc"

static int64_t row_count(const ck_pool *pool) {
  return pool->batch * pool->output[0] * pool->output[1];
}

void ck_max_pool_f32(const ck_pool *pool, float *y, const float *x, int threads) {
  ck_pool_context context = {.pool = pool, .x = x, .y = y};
  ck_parallel(threads, row_count(pool), 1, CK_SELECT_BODY(max_pool_rows), &context);
}

void ck_max_pool_gather_f32(
    const ck_pool *pool, float *y, const float *x, const float *g, int threads) {
  ck_pool_context context = {.pool = pool, .x = x, .g = g, .y = y};
  ck_parallel(threads, row_count(pool), 1, CK_SELECT_BODY(max_pool_rows), &context);
}

void ck_max_pool_gradient_f32(
    const ck_pool *pool, float *dx, const float *x, const float *dy, int threads) {
  ck_pool_context context = {.pool = pool, .x = x, .dx = dx, .dy = dy};
  ck_parallel(threads, pool->batch, 1, CK_SELECT_BODY(max_pool_gradient_images), &context);
}

void ck_average_pool_f32(const ck_pool *pool, float *y, const float *x, int threads) {
  ck_pool_context context = {.pool = pool, .x = x, .y = y};
  ck_parallel(threads, row_count(pool), 1, CK_SELECT_BODY(average_pool_rows), &context);
}

void ck_average_pool_gradient_f32(
    const ck_pool *pool, float *dx, const float *dy, int threads) {
  ck_pool_context context = {.pool = pool, .dx = dx, .dy = dy};
  ck_parallel(threads, pool->batch, 1, CK_SELECT_BODY(average_pool_gradient_images), &context);
}
