// What kernels share among themselves.

#ifndef CK_INTERNAL_H
#define CK_INTERNAL_H

#include <math.h>

#include "ckernels.h"

/// Reduces each of `rows` rows of `row` elements to one element of d.
typedef void (*ck_row_reducer)(void *d, const void *x, int64_t rows, int64_t row);
/// Combines `rows` rows of `count` elements, `stride` apart, into the row y.
typedef void (*ck_column_reducer)(
    void *y, const void *x, int64_t rows, int64_t count, int64_t stride);
/// Adds the rows' distances from `shift` to `sums`, and their squares to `squares`.
typedef void (*ck_moment_adder)(
    void *sums, void *squares, const void *shift, const void *x, int64_t rows, int64_t count);

// Functions for Float32 or Float64 elements.
ck_row_reducer ck_row_reducer_for(bool is_double, ck_reduction reduction);
ck_column_reducer ck_column_reducer_for(bool is_double, ck_reduction reduction);
ck_moment_adder ck_moment_adder_for(bool is_double);
/// Spreads each row's element over the row; up to sixteen elements after the last row may be
/// overwritten.
void ck_spread(void *d, const void *a, int64_t rows, int64_t row, int element_bytes);

/// What a reduction of nothing is.
static inline double ck_identity_of(ck_reduction reduction) {
  switch (reduction) {
    case CK_SUM: return 0;
    case CK_MAX: return -INFINITY;
    case CK_MIN: return INFINITY;
    case CK_PRODUCT: return 1;
  }
  return 0;
}

static inline void ck_write_number(void *data, int64_t index, int bytes, double value) {
  if (bytes == 8)
    ((double *)data)[index] = value;
  else
    ((float *)data)[index] = (float)value;
}

static inline void ck_fill_number(void *data, int bytes, int64_t count, double value) {
  for (int64_t i = 0; i < count; ++i) ck_write_number(data, i, bytes, value);
}

#endif
