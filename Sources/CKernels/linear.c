// Products that the training of linear models takes, once per instruction set, and their choice at
// run time.

#include "ckernels.h"
#include "dispatch.h"

// Values of 64 bytes never leave the functions that are inlined into their callers.
#pragma clang diagnostic ignored "-Wpsabi"

#define CK_BODY "linear.inc"
#include "variants.inc"

void ck_linear_outputs(
    const double *block, int64_t features, const double *weights, int64_t units,
    double *outputs) {
  CK_SELECT_BODY(linear_outputs)(block, features, weights, units, outputs);
}

void ck_linear_gradient(
    const double *block, int64_t features, const double *slopes, int64_t units,
    double *gradient) {
  CK_SELECT_BODY(linear_gradient)(block, features, slopes, units, gradient);
}
