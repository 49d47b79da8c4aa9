// What kernels share among themselves.

#ifndef CK_INTERNAL_H
#define CK_INTERNAL_H

#include "ckernels.h"

typedef double (*ck_reducer)(const void *x, int64_t count);
/// Combines rows of `count` elements into the row y.
typedef void (*ck_row_reducer)(void *y, const void *x, int64_t rows, int64_t count);

/// The function that reduces Float32 or Float64 elements to one number.
ck_reducer ck_reducer_for(bool is_double, ck_reduction reduction);

ck_row_reducer ck_row_reducer_for(bool is_double, ck_reduction reduction);

#endif
