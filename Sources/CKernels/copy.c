// Data movement: strided copies, fills, gathers.

#include <string.h>

#include "ckernels.h"
#include "dispatch.h"

// Eight-lane values never leave the functions that are inlined into their callers.
#pragma clang diagnostic ignored "-Wpsabi"

#define CK_BODY "transpose.inc"
#include "variants.inc"

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
COPY_RUN(uint16_t)
COPY_RUN(uint32_t)
COPY_RUN(uint64_t)

static void copy_run(char *d, int64_t to, const char *s, int64_t from, int64_t n, int bytes) {
  if (to == 1 && from == 1) {
    memcpy(d, s, (size_t)(n * bytes));
    return;
  }
  switch (bytes) {
    case 1: copy_run_uint8_t((uint8_t *)d, to, (const uint8_t *)s, from, n); break;
    case 2: copy_run_uint16_t((uint16_t *)d, to, (const uint16_t *)s, from, n); break;
    case 4: copy_run_uint32_t((uint32_t *)d, to, (const uint32_t *)s, from, n); break;
    default: copy_run_uint64_t((uint64_t *)d, to, (const uint64_t *)s, from, n); break;
  }
}

// A place in the outer axes of a copy.
typedef struct {
  int64_t index[CK_MAX_RANK], to, from;
} copy_place;

static void start_at(copy_place *place, const copy_context *copy, int axes, int64_t number) {
  place->to = place->from = 0;
  for (int axis = axes - 1; axis >= 0; --axis) {
    place->index[axis] = number % copy->dimensions[axis];
    number /= copy->dimensions[axis];
    place->to += place->index[axis] * copy->to[axis];
    place->from += place->index[axis] * copy->from[axis];
  }
}

static void advance(copy_place *place, const copy_context *copy, int axes) {
  for (int axis = axes - 1; axis >= 0; --axis) {
    place->to += copy->to[axis];
    place->from += copy->from[axis];
    if (++place->index[axis] < copy->dimensions[axis]) return;
    place->to -= copy->to[axis] * copy->dimensions[axis];
    place->from -= copy->from[axis] * copy->dimensions[axis];
    place->index[axis] = 0;
  }
}

// Copies neighbouring innermost runs from a place on, and leaves it at the last of them.
static void copy_runs(copy_place *place, const copy_context *copy, int64_t count) {
  const int last = copy->rank - 1;
  const int64_t bytes = copy->bytes;
  char *to = copy->destination + place->to * bytes;
  const char *from = copy->source + place->from * bytes;
  const int64_t to_stride = last > 0 ? copy->to[last - 1] : 0;
  const int64_t from_stride = last > 0 ? copy->from[last - 1] : 0;
  const bool is_dense = copy->to[last] == 1 && copy->from[last] == 1;
  if (last > 0) place->index[last - 1] += count - 1;
  place->to += to_stride * (count - 1);
  place->from += from_stride * (count - 1);
#define RUNS(copy_one) \
  for (; count > 0; --count, to += to_stride * bytes, from += from_stride * bytes) copy_one; break
  // Short runs are copied in place: a call for each would take longer.
  switch (is_dense ? copy->dimensions[last] * bytes : 0) {
    case 8: RUNS(memcpy(to, from, 8));
    case 16: RUNS(memcpy(to, from, 16));
    case 32: RUNS(memcpy(to, from, 32));
    case 64: RUNS(memcpy(to, from, 64));
    default:
      RUNS(copy_run(
          to, copy->to[last], from, copy->from[last], copy->dimensions[last], copy->bytes));
  }
#undef RUNS
}

// Copies the innermost runs begin..<end, counted over all outer axes.
static void copy_range(void *context, int64_t begin, int64_t end, int thread) {
  (void)thread;
  const copy_context *copy = context;
  int last = copy->rank - 1;
  copy_place place;
  start_at(&place, copy, last, begin);
  for (int64_t run = begin; run < end;) {
    const int64_t left = last > 0 ? copy->dimensions[last - 1] - place.index[last - 1] : 1;
    const int64_t count = left < end - run ? left : end - run;
    copy_runs(&place, copy, count);
    advance(&place, copy, last);
    run += count;
  }
}

// Columns that a thread transposes at a time.
#define PANEL 32

static int64_t panel_count(const copy_context *copy) {
  return (copy->dimensions[copy->rank - 2] + PANEL - 1) / PANEL;
}

// Transposes the panels begin..<end of the two inner axes, counted over all outer axes.
static void transpose_range(void *context, int64_t begin, int64_t end, int thread) {
  (void)thread;
  const copy_context *copy = context;
  int row = copy->rank - 1, column = copy->rank - 2;
  int64_t panels = panel_count(copy);
  copy_place place;
  start_at(&place, copy, column, begin / panels);
  for (int64_t run = begin; run < end; ++run) {
    int64_t first = run % panels * PANEL, columns = copy->dimensions[column] - first;
    CK_SELECT_BODY(transpose)(
        (uint32_t *)copy->destination + place.to + first * copy->to[column], copy->to[column],
        (const uint32_t *)copy->source + place.from + first, copy->from[row],
        copy->dimensions[row], columns < PANEL ? columns : PANEL);
    if (run % panels == panels - 1) advance(&place, copy, column);
  }
}

// Moves an axis with neighbouring source elements before the last one, whose destination elements
// are neighbours; false if there is none.
static bool arrange_transpose(copy_context *copy) {
  int last = copy->rank - 1;
  if (copy->bytes != 4 || copy->to[last] != 1 || copy->from[last] == 1) return false;
  for (int axis = 0; axis < last; ++axis) {
    if (copy->from[axis] != 1) continue;
    int64_t size = copy->dimensions[axis], to = copy->to[axis];
    for (int other = axis; other < last - 1; ++other) {
      copy->dimensions[other] = copy->dimensions[other + 1];
      copy->to[other] = copy->to[other + 1];
      copy->from[other] = copy->from[other + 1];
    }
    copy->dimensions[last - 1] = size;
    copy->to[last - 1] = to;
    copy->from[last - 1] = 1;
    return true;
  }
  return false;
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
  if (arrange_transpose(&copy)) {
    int64_t panels = panel_count(&copy);
    for (int axis = 0; axis < copy.rank - 2; ++axis) panels *= copy.dimensions[axis];
    ck_parallel(threads, panels, 1, transpose_range, &copy);
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
    case 2: copy_run_uint16_t((uint16_t *)place, 1, fill->value, 0, end - begin); break;
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

// Bytes that are asked for ahead of those that are copied.
#define GATHER_AHEAD 4096

// Where a row to be copied lies; numbers beyond the ends stand for the first or the last row.
static const char *gathered_row(const gather_context *gather, int64_t row) {
  int64_t outer = row / gather->count, place = row % gather->count;
  int64_t index = gather->wide ? ((const int64_t *)gather->indices)[place]
                               : ((const int32_t *)gather->indices)[place];
  if (index >= gather->size) index = gather->size - 1;
  if (index < 0) index = 0;
  return gather->source + (size_t)(outer * gather->size + index) * gather->row_bytes;
}

// Asks for the beginning of a row.
static void ask_for_row(const gather_context *gather, int64_t row) {
  const char *start = gathered_row(gather, row);
  const size_t bytes = gather->row_bytes < GATHER_AHEAD ? gather->row_bytes : GATHER_AHEAD;
  for (size_t byte = 0; byte < bytes; byte += 64) __builtin_prefetch(start + byte);
  __builtin_prefetch(start + bytes - 1);
}

static void gather_range(void *context, int64_t begin, int64_t end, int thread) {
  (void)thread;
  const gather_context *gather = context;
  // Rows lie far apart, and nothing but the numbers tells where the next one begins.
  int64_t ahead = 1 + GATHER_AHEAD / (int64_t)gather->row_bytes;
  if (ahead > end - begin) ahead = end - begin;
  for (int64_t row = begin; row < begin + ahead; ++row) ask_for_row(gather, row);
  for (int64_t row = begin; row < end; ++row) {
    if (row + ahead < end) ask_for_row(gather, row + ahead);
    memcpy(
        gather->destination + (size_t)row * gather->row_bytes, gathered_row(gather, row),
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

bool ck_is_finite_f32(const void *values, int64_t count) {
  const uint32_t exponent = 0x7F800000;
  const char *bytes = values;
  uint32_t found = 0;
  for (int64_t i = 0; i < count; ++i) {
    uint32_t bits;
    memcpy(&bits, bytes + i * 4, 4);
    found |= (bits & exponent) == exponent;
  }
  return !found;
}
