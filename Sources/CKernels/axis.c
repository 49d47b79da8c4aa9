// Kernels along one axis and general matrix products, once per instruction set, and their choice
// at run time.

#include <string.h>

#include "ckernels.h"
#include "dispatch.h"
#include "internal.h"

typedef struct {
  void *y;
  const void *x;
  int64_t outer, size, inner;
  bool is_exclusive, is_reversed;
  const void *indices;
  bool wide;
  int64_t count;
} ck_axis_context;

typedef struct {
  void *y;
  const void *x, *w;
  int64_t m, k, n;
  const int64_t *left, *right;
} ck_product_context;

// An index into the result, clamped.
static inline int64_t ck_index_at(const ck_axis_context *c, int64_t place) {
  int64_t index =
      c->wide ? ((const int64_t *)c->indices)[place] : ((const int32_t *)c->indices)[place];
  return index < 0 ? 0 : index >= c->size ? c->size - 1 : index;
}

#define CK_BODY "axis.inc"
#include "variants.inc"

// Columns that one call of a kernel works on.
#define PANEL 256

void ck_arg_max(
    int32_t *y, const void *x, ck_type type, int64_t outer, int64_t size, int64_t inner,
    int threads) {
  ck_axis_context c = {.y = y, .x = x, .outer = outer, .size = size, .inner = inner};
  if (inner == 1)
    ck_parallel(threads, outer, 1, CK_SELECT_BODY(arg_max_row)[type], &c);
  else
    ck_parallel(
        threads, outer * ((inner + PANEL - 1) / PANEL), 1, CK_SELECT_BODY(arg_max)[type], &c);
}

void ck_cumulative_sum(
    void *y, const void *x, ck_type type, int64_t outer, int64_t size, int64_t inner,
    bool is_exclusive, bool is_reversed, int threads) {
  ck_axis_context c = {.y = y, .x = x, .outer = outer, .size = size, .inner = inner,
                       .is_exclusive = is_exclusive, .is_reversed = is_reversed};
  ck_parallel(
      threads, outer * ((inner + PANEL - 1) / PANEL), 1, CK_SELECT_BODY(cumulative_sum)[type], &c);
}

void ck_scatter_add(
    void *y, const void *x, ck_type type, const void *indices, bool wide, int64_t outer,
    int64_t count, int64_t size, int64_t inner, int threads) {
  ck_axis_context c = {.y = y, .x = x, .outer = outer, .size = size, .inner = inner,
                       .indices = indices, .wide = wide, .count = count};
  ck_parallel(threads, size, 1, CK_SELECT_BODY(scatter_add)[type], &c);
}

void ck_multiply(
    void *y, const void *x, const void *w, ck_type type, int64_t batch, int64_t m, int64_t k,
    int64_t n, const int64_t *left, const int64_t *right, int threads) {
  ck_product_context p = {y, x, w, m, k, n, left, right};
  ck_parallel(threads, batch * m, 4, CK_SELECT_BODY(multiply)[type], &p);
}

// MARK: - Reductions over any axes

typedef struct {
  char *y;
  const char *x;
  const int64_t *sizes;
  const bool *reduced;
  int rank;
  ck_reduction reduction;
  int bytes;
} reduce_context;

// Elements that are reduced before their result is added to others', for the sake of precision.
#define REDUCED_RUN 4096
#define REDUCED_ROWS 256

// The inner two axes: `rows` rows of `row` elements, of which one axis is reduced.
typedef struct {
  int64_t rows, row;
  bool keeps_rows;
} inner_axes;

static inner_axes inner_of(const reduce_context *c) {
  inner_axes inner = {c->rank > 1 ? c->sizes[c->rank - 2] : 1, c->sizes[c->rank - 1],
                      c->reduced[c->rank - 1]};
  return inner;
}

// Combines the reduction of one block of the inner axes into `count` results from `first` on.
static void reduce_block(
    const reduce_context *c, char *y, const char *x, int64_t first, int64_t count) {
  inner_axes inner = inner_of(c);
  bool is_double = c->bytes == 8;
  ck_row_reducer of_row = ck_row_reducer_for(is_double, c->reduction);
  ck_column_reducer of_columns = ck_column_reducer_for(is_double, c->reduction);
  double part[PANEL];
  if (inner.keeps_rows) {
    for (int64_t i = 0; i < count; ++i)
      for (int64_t start = 0; start < inner.row; start += REDUCED_RUN) {
        int64_t run = inner.row - start < REDUCED_RUN ? inner.row - start : REDUCED_RUN;
        of_row(part, x + ((first + i) * inner.row + start) * c->bytes, 1, run);
        of_columns(y + i * c->bytes, part, 1, 1, 1);
      }
    return;
  }
  for (int64_t start = 0; start < inner.rows; start += REDUCED_ROWS) {
    int64_t rows = inner.rows - start < REDUCED_ROWS ? inner.rows - start : REDUCED_ROWS;
    ck_fill_number(part, c->bytes, count, ck_identity_of(c->reduction));
    of_columns(part, x + (start * inner.row + first) * c->bytes, rows, count, inner.row);
    of_columns(y, part, 1, count, count);
  }
}

// Computes the results begin..<end.
static void reduce_range(void *context, int64_t begin, int64_t end, int thread) {
  (void)thread;
  const reduce_context *c = context;
  inner_axes inner = inner_of(c);
  int64_t width = inner.keeps_rows ? inner.rows : inner.row, blocks = 1;
  for (int axis = 0; axis < c->rank - 2; ++axis)
    if (c->reduced[axis]) blocks *= c->sizes[axis];
  while (begin < end) {
    int64_t first = begin % width, count = width - first;
    if (count > end - begin) count = end - begin;
    if (count > PANEL) count = PANEL;
    char *y = c->y + begin * c->bytes;
    ck_fill_number(y, c->bytes, count, ck_identity_of(c->reduction));
    for (int64_t block = 0; block < blocks; ++block) {
      int64_t kept = begin / width, folded = block, stride = inner.rows * inner.row, offset = 0;
      for (int axis = c->rank - 3; axis >= 0; --axis) {
        int64_t *number = c->reduced[axis] ? &folded : &kept;
        offset += *number % c->sizes[axis] * stride;
        *number /= c->sizes[axis];
        stride *= c->sizes[axis];
      }
      reduce_block(c, y, c->x + offset * c->bytes, first, count);
    }
    begin += count;
  }
}

void ck_reduce(
    void *y, const void *x, bool is_double, ck_reduction reduction, const int64_t *sizes,
    const bool *reduced, int rank, int threads) {
  reduce_context c = {y, x, sizes, reduced, rank, reduction, is_double ? 8 : 4};
  int64_t results = 1;
  for (int axis = 0; axis < rank; ++axis)
    if (!reduced[axis]) results *= sizes[axis];
  ck_parallel(threads, results, 16, reduce_range, &c);
}
