// Elementwise functions, once per instruction set, and their choice at run time.

#include <math.h>
#include <string.h>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

#include "ckernels.h"
#include "dispatch.h"
#include "internal.h"

// Sixteen-lane values never leave the functions that are inlined into their callers.
#pragma clang diagnostic ignored "-Wpsabi"

#if defined(__x86_64__)
#pragma clang attribute push( \
    __attribute__((target("arch=x86-64-v4,no-prefer-256-bit"))), apply_to = function)
#define CK_SUFFIX v4
#include "vector_math.inc"
#include "elementwise.inc"
#include "reduce.inc"
#include "undefine.inc"
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("arch=x86-64-v3"))), apply_to = function)
#define CK_SUFFIX v3
#include "vector_math.inc"
#include "elementwise.inc"
#include "reduce.inc"
#include "undefine.inc"
#pragma clang attribute pop
#endif

#define CK_SUFFIX base
#include "vector_math.inc"
#include "elementwise.inc"
#include "reduce.inc"
#include "undefine.inc"

ck_function ck_elementwise_function(ck_operation operation, ck_type type) {
  return CK_SELECT_BODY(functions)[type][operation];
}

ck_function ck_convert_function(ck_type from, ck_type to) {
  return CK_SELECT_BODY(conversions)[from][to];
}

ck_row_reducer ck_row_reducer_for(bool is_double, ck_reduction reduction) {
  return CK_SELECT_BODY(row_reducers)[is_double][reduction];
}

ck_column_reducer ck_column_reducer_for(bool is_double, ck_reduction reduction) {
  return CK_SELECT_BODY(column_reducers)[is_double][reduction];
}

ck_moment_adder ck_moment_adder_for(bool is_double) {
  return CK_SELECT_BODY(moment_adders)[is_double];
}

void ck_spread(void *d, const void *a, int64_t rows, int64_t row, int element_bytes) {
  switch (element_bytes) {
    case 1:
      for (int64_t i = 0; i < rows; ++i)
        memset((char *)d + i * row, ((const uint8_t *)a)[i], (size_t)row);
      return;
    case 2: CK_SELECT_BODY(spread_2)(d, a, rows, row); return;
    case 4: CK_SELECT_BODY(spread_4)(d, a, rows, row); return;
    default: CK_SELECT_BODY(spread_8)(d, a, rows, row); return;
  }
}

const char *ck_processor_name(void) {
  // The brand string's twelve registers, and its end.
  static unsigned name[13];
#if defined(__x86_64__)
  for (unsigned leaf = 0; leaf < 3; ++leaf) {
    unsigned *part = name + 4 * leaf;
    if (!__get_cpuid(0x80000002u + leaf, &part[0], &part[1], &part[2], &part[3])) break;
  }
#endif
  return (const char *)name;
}

const char *ck_instruction_set(void) {
#if defined(__x86_64__)
  return ck_level() == 2 ? "x86-64-v4" : ck_level() == 1 ? "x86-64-v3" : "baseline";
#else
  return "baseline";
#endif
}
