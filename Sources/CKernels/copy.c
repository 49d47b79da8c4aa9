// Data movement: strided copies, fills, gathers.

#include <string.h>

#include "ckernels.h"

typedef struct {
  char *destination;
  const char *source;
  int rank, bytes;
  int64_t dimensions[CK_MAX_RANK], to[CK_MAX_RANK], from[CK_MAX_RANK];
} copy_context;

#define COPY_RUN(T)                                                             \
  static void copy_run_##T(                                                     \
      T *restrict d, int64_t to, const T *restrict s, int64_t from, int64_t n) { \
    if (to == 1 && from == 0) {                                                 \
      T value = *s;                                                             \
      for (int64_t i = 0; i < n; ++i) d[i] = value;                             \
    } else if (to == 1) {                                                       \
      for (int64_t i = 0; i < n; ++i) d[i] = s[i * from];                       \
    } else {                                                                    \
      for (int64_t i = 0; i < n; ++i) d[i * to] = s[i * from];                  \
    }                                                                           \
  }
COPY_RUN(uint8_t)
COPY_RUN(uint32_t)
COPY_RUN(uint64_t)

static void copy_run(char *d, int64_t to, const char *s, int64_t from, int64_t n, int bytes) {
  if (to == 1 && from == 1) {
    memcpy(d, s, (size_t)(n * bytes));
    return;
  }
  switch (bytes) {
    case 1: copy_run_uint8_t((uint8_t *)d, to, (const uint8_t *)s, from, n); break;
    case 4: copy_run_uint32_t((uint32_t *)d, to, (const uint32_t *)s, from, n); break;
    default: copy_run_uint64_t((uint64_t *)d, to, (const uint64_t *)s, from, n); break;
  }
}

// Copies the innermost runs begin..<end, counted over all outer axes.
static void copy_range(void *context, int64_t begin, int64_t end, int thread) {
  (void)thread;
  const copy_context *copy = context;
  int last = copy->rank - 1;
  int64_t index[CK_MAX_RANK], rest = begin, to = 0, from = 0;
  for (int axis = last - 1; axis >= 0; --axis) {
    index[axis] = rest % copy->dimensions[axis];
    rest /= copy->dimensions[axis];
    to += index[axis] * copy->to[axis];
    from += index[axis] * copy->from[axis];
  }
  for (int64_t run = begin; run < end; ++run) {
    copy_run(
        copy->destination + to * copy->bytes, copy->to[last], copy->source + from * copy->bytes,
        copy->from[last], copy->dimensions[last], copy->bytes);
    for (int axis = last - 1; axis >= 0; --axis) {
      to += copy->to[axis];
      from += copy->from[axis];
      if (++index[axis] < copy->dimensions[axis]) break;
      to -= copy->to[axis] * copy->dimensions[axis];
      from -= copy->from[axis] * copy->dimensions[axis];
      index[axis] = 0;
    }
  }
}

void ck_copy_strided(
    void *destination, const int64_t *destination_strides, const void *source,
    const int64_t *source_strides, const int64_t *dimensions, int rank, int element_bytes,
    int threads) {
  copy_context copy = {.destination = destination, .source = source, .bytes = element_bytes};
  // Axes of size 1 vanish; neighbours that lie one after the other on both sides become one.
  for (int axis = 0; axis < rank; ++axis) {
    if (dimensions[axis] == 0) return;
    if (dimensions[axis] == 1) continue;
    int previous = copy.rank - 1;
    if (previous >= 0 && copy.to[previous] == destination_strides[axis] * dimensions[axis] &&
        copy.from[previous] == source_strides[axis] * dimensions[axis]) {
      copy.dimensions[previous] *= dimensions[axis];
      copy.to[previous] = destination_strides[axis];
      copy.from[previous] = source_strides[axis];
    } else {
      copy.dimensions[copy.rank] = dimensions[axis];
      copy.to[copy.rank] = destination_strides[axis];
      copy.from[copy.rank] = source_strides[axis];
      copy.rank++;
    }
  }
  if (copy.rank == 0) {
    memcpy(destination, source, (size_t)element_bytes);
    return;
  }
  int64_t runs = 1;
  for (int axis = 0; axis < copy.rank - 1; ++axis) runs *= copy.dimensions[axis];
  ck_parallel(threads, runs, 1, copy_range, &copy);
}

typedef struct {
  char *destination;
  const void *value;
  int bytes;
} fill_context;

static void fill_range(void *context, int64_t begin, int64_t end, int thread) {
  (void)thread;
  const fill_context *fill = context;
  char *place = fill->destination + begin * fill->bytes;
  switch (fill->bytes) {
    case 1: memset(place, *(const uint8_t *)fill->value, (size_t)(end - begin)); break;
    case 4: copy_run_uint32_t((uint32_t *)place, 1, fill->value, 0, end - begin); break;
    default: copy_run_uint64_t((uint64_t *)place, 1, fill->value, 0, end - begin); break;
  }
}

void ck_fill(void *destination, const void *value, int64_t count, int element_bytes, int threads) {
  fill_context fill = {destination, value, element_bytes};
  ck_parallel(threads, count, 64, fill_range, &fill);
}

typedef struct {
  char *destination;
  const char *source;
  const void *indices;
  bool wide;
  int64_t size, count;
  size_t row_bytes;
} gather_context;

static void gather_range(void *context, int64_t begin, int64_t end, int thread) {
  (void)thread;
  const gather_context *gather = context;
  for (int64_t row = begin; row < end; ++row) {
    int64_t outer = row / gather->count, place = row % gather->count;
    int64_t index = gather->wide ? ((const int64_t *)gather->indices)[place]
                                 : ((const int32_t *)gather->indices)[place];
    if (index >= gather->size) index = gather->size - 1;
    if (index < 0) index = 0;
    memcpy(
        gather->destination + (size_t)row * gather->row_bytes,
        gather->source + (size_t)(outer * gather->size + index) * gather->row_bytes,
        gather->row_bytes);
  }
}

void ck_gather(
    void *destination, const void *source, const void *indices, bool wide, int64_t outer,
    int64_t size, int64_t inner, int64_t count, int element_bytes, int threads) {
  if (outer == 0 || count == 0 || inner == 0 || size == 0) return;
  gather_context gather = {destination, source, indices, wide, size, count,
                           (size_t)(inner * element_bytes)};
  ck_parallel(threads, outer * count, 1, gather_range, &gather);
}
