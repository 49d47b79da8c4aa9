// Philox4x32-10 (Salmon et al. 2011, doi:10.1145/2063384.2063405): counter-based random numbers.

#include <string.h>

#include "ckernels.h"
#include "dispatch.h"

typedef struct {
  void *destination;
  int64_t count;
  uint64_t key, step;
  uint32_t stream;
} uniform_context;

#if defined(__x86_64__)
#pragma clang attribute push( \
    __attribute__((target("arch=x86-64-v4,no-prefer-256-bit"))), apply_to = function)
#define CK_SUFFIX v4
#include "random.inc"
#include "undefine.inc"
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("arch=x86-64-v3"))), apply_to = function)
#define CK_SUFFIX v3
#include "random.inc"
#include "undefine.inc"
#pragma clang attribute pop
#endif

#define CK_SUFFIX base
#include "random.inc"
#include "undefine.inc"

void ck_uniform_f32(
    float *destination, int64_t count, uint64_t key, uint64_t step, uint32_t stream, int threads) {
  uniform_context uniform = {destination, count, key, step, stream};
  ck_parallel(threads, (count + 63) / 64, 1, CK_SELECT_BODY(uniform_f32), &uniform);
}

void ck_uniform_f64(
    double *destination, int64_t count, uint64_t key, uint64_t step, uint32_t stream, int threads) {
  uniform_context uniform = {destination, count, key, step, stream};
  ck_parallel(threads, (count + 31) / 32, 1, CK_SELECT_BODY(uniform_f64), &uniform);
}
