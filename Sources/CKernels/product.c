// Products of small matrices, once per instruction set, and their choice at run time.

#include <string.h>

#include "ckernels.h"
#include "dispatch.h"

// Sixteen-lane values never leave the functions that are inlined into their callers.
#pragma clang diagnostic ignored "-Wpsabi"

#if defined(__x86_64__)
#pragma clang attribute push( \
    __attribute__((target("arch=x86-64-v4,no-prefer-256-bit"))), apply_to = function)
#define CK_SUFFIX v4
#include "product.inc"
#include "undefine.inc"
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("arch=x86-64-v3"))), apply_to = function)
#define CK_SUFFIX v3
#include "product.inc"
#include "undefine.inc"
#pragma clang attribute pop
#endif

#define CK_SUFFIX base
#include "product.inc"
#include "undefine.inc"

void ck_product_f32(
    const ck_product *product, float *y, const float *left, const float *right,
    const float *bias) {
  CK_SELECT_BODY(product)(product, y, left, right, bias);
}
