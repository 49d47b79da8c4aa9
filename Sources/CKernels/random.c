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

#define CK_BODY "random.inc"
#include "variants.inc"

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
