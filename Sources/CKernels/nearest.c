// Nearest centers of rows, once per instruction set and element type, and their choice at run time.

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ckernels.h"
#include "dispatch.h"

// Values of 64 bytes never leave the functions that are inlined into their callers.
#pragma clang diagnostic ignored "-Wpsabi"

#define MOST_VECTORS 2

// Groups of equal size, as few as hold all centers.
typedef struct {
  int64_t count, size;
} ck_groups;

static ck_groups ck_groups_of(int64_t centers) {
  int64_t count = (centers + CK_CENTER_GROUP - 1) / CK_CENTER_GROUP;
  return (ck_groups){count, count > 0 ? (centers + count - 1) / count : 1};
}

int64_t ck_packed_center_count(int64_t count, int64_t features) {
  ck_groups groups = ck_groups_of(count);
  return groups.count * groups.size * features;
}

#define PACK(TYPE) \
  static void pack_##TYPE(TYPE *packed, const TYPE *centers, int64_t count, int64_t features) { \
    ck_groups groups = ck_groups_of(count); \
    for (int64_t first = 0; first < count; first += groups.size) \
      for (int64_t feature = 0; feature < features; ++feature) \
        for (int64_t center = first; center < first + groups.size; ++center) \
          *packed++ = center < count ? centers[center * features + feature] : (TYPE)INFINITY; \
  }
PACK(float)
PACK(double)

// Centers that fill the last group are infinitely far from every row.
void ck_pack_centers(
    bool is_double, void *packed, const void *centers, int64_t count, int64_t features) {
  if (is_double)
    pack_double(packed, centers, count, features);
  else
    pack_float(packed, centers, count, features);
}

// Four features of four rows, feature by feature.
#define LAY_OUT_FOUR(TYPE, QUARTET) \
  typedef TYPE QUARTET __attribute__((ext_vector_type(4), aligned(sizeof(TYPE)))); \
  static inline __attribute__((always_inline)) void lay_out_four_##TYPE( \
      TYPE *target, int64_t stride, const TYPE *const *rows, int64_t feature) { \
    QUARTET r[4], t[4]; \
    for (int i = 0; i < 4; ++i) r[i] = *(const QUARTET *)(rows[i] + feature); \
    for (int i = 0; i < 4; i += 2) { \
      t[i] = __builtin_shufflevector(r[i], r[i + 1], 0, 4, 2, 6); \
      t[i + 1] = __builtin_shufflevector(r[i], r[i + 1], 1, 5, 3, 7); \
    } \
    for (int i = 0; i < 2; ++i) { \
      *(QUARTET *)(target + i * stride) = __builtin_shufflevector(t[i], t[i + 2], 0, 1, 4, 5); \
      *(QUARTET *)(target + (i + 2) * stride) = \
          __builtin_shufflevector(t[i], t[i + 2], 2, 3, 6, 7); \
    } \
  }
LAY_OUT_FOUR(float, quartet_of_float)
LAY_OUT_FOUR(double, quartet_of_double)

#if defined(__x86_64__)
#pragma clang attribute push( \
    __attribute__((target("arch=x86-64-v4,no-prefer-256-bit"))), apply_to = function)
#define VECTORS 2
#define CK_SUFFIX float_v4
#define ELEMENT float
#define WORD int32_t
#include "nearest.inc"
#include "undefine.inc"
#define VECTORS 2
#define CK_SUFFIX double_v4
#define ELEMENT double
#define WORD int64_t
#include "nearest.inc"
#include "undefine.inc"
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("arch=x86-64-v3"))), apply_to = function)
#define VECTORS 1
#define CK_SUFFIX float_v3
#define ELEMENT float
#define WORD int32_t
#include "nearest.inc"
#include "undefine.inc"
#define VECTORS 1
#define CK_SUFFIX double_v3
#define ELEMENT double
#define WORD int64_t
#include "nearest.inc"
#include "undefine.inc"
#pragma clang attribute pop
#endif

#define VECTORS 1
#define CK_SUFFIX float_base
#define ELEMENT float
#define WORD int32_t
#include "nearest.inc"
#include "undefine.inc"
#define VECTORS 1
#define CK_SUFFIX double_base
#define ELEMENT double
#define WORD int64_t
#include "nearest.inc"
#include "undefine.inc"

// Room for a block of rows, on whole cache lines.
static void *block_of(const ck_centers *c) {
  return aligned_alloc(64, (size_t)(c->features > 0 ? c->features : 1) * MOST_VECTORS * 64);
}

void ck_nearest_centers(
    const ck_centers *c, int64_t begin, int64_t end, int32_t *nearest, void *best,
    void *second) {
  void *block = block_of(c);
  if (c->is_double)
    CK_SELECT_BODY(nearest_double)(c, begin, end, nearest, best, second, block);
  else
    CK_SELECT_BODY(nearest_float)(c, begin, end, nearest, best, second, block);
  free(block);
}

void ck_bounded_distances(
    const ck_centers *c, int64_t begin, int64_t end, const void *bound, void *distances,
    int64_t stride) {
  void *block = block_of(c);
  if (c->is_double)
    CK_SELECT_BODY(distances_double)(c, begin, end, bound, distances, stride, block);
  else
    CK_SELECT_BODY(distances_float)(c, begin, end, bound, distances, stride, block);
  free(block);
}
