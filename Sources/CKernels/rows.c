// Loops whose rows do not depend on one another: each thread takes its rows through all steps.

#include <string.h>

#include "ckernels.h"
#include "dispatch.h"

#pragma clang diagnostic ignored "-Wpsabi"

/// Columns that lie side by side in packed weights.
#define CK_PANEL 32

typedef struct {
  float *d;
  const float *c, *a, *w;  ///< c may be NULL
  int64_t d_stride, c_stride, a_stride;
  int64_t rows, columns, inner;
} row_product;

#if defined(__x86_64__)
#pragma clang attribute push( \
    __attribute__((target("arch=x86-64-v4,no-prefer-256-bit"))), apply_to = function)
#define CK_SUFFIX v4
#define TILE_ROWS 8
#define TILE_LANES 2
#include "rows.inc"
#undef CK_SUFFIX
#undef TILE_ROWS
#undef TILE_LANES
#pragma clang attribute pop
#pragma clang attribute push(__attribute__((target("arch=x86-64-v3"))), apply_to = function)
#define CK_SUFFIX v3
#define TILE_ROWS 6
#define TILE_LANES 1
#include "rows.inc"
#undef CK_SUFFIX
#undef TILE_ROWS
#undef TILE_LANES
#pragma clang attribute pop
#endif
#define CK_SUFFIX base
#define TILE_ROWS 2
#define TILE_LANES 1
#include "rows.inc"
#undef CK_SUFFIX

// MARK: - Weights

typedef struct {
  float *packed;
  const float *weights;
  int64_t inner, columns, row_stride, column_stride;
} pack_context;

static void pack_range(void *context, int64_t begin, int64_t end, int thread) {
  (void)thread;
  const pack_context *pack = context;
  for (int64_t panel = begin; panel < end; ++panel) {
    float *target = pack->packed + panel * CK_PANEL * pack->inner;
    int64_t first = panel * CK_PANEL;
    for (int64_t k = 0; k < pack->inner; ++k) {
      if (pack->column_stride == 1 && first + CK_PANEL <= pack->columns) {
        memcpy(
            target + k * CK_PANEL, pack->weights + k * pack->row_stride + first,
            CK_PANEL * sizeof(float));
        continue;
      }
      for (int64_t column = 0; column < CK_PANEL; ++column) {
        int64_t place = first + column;
        target[k * CK_PANEL + column] =
            place < pack->columns
                ? pack->weights[k * pack->row_stride + place * pack->column_stride]
                : 0;
      }
    }
  }
}

static int64_t panel_count(int64_t columns) { return (columns + CK_PANEL - 1) / CK_PANEL; }

size_t ck_packed_bytes(int64_t inner, int64_t columns) {
  return (size_t)(panel_count(columns) * CK_PANEL * inner) * sizeof(float);
}

void ck_pack_weights(
    float *packed, const float *weights, int64_t inner, int64_t columns, int64_t row_stride,
    int64_t column_stride, int threads) {
  pack_context pack = {packed, weights, inner, columns, row_stride, column_stride};
  ck_parallel(threads, panel_count(columns), 1, pack_range, &pack);
}

// MARK: - Steps

typedef struct {
  const ck_row_loop *loop;
  void (*product)(const row_product *);
  char *scratch;
} rows_context;

// Where each value's first row lies in a step.
static void locate(
    const ck_row_loop *loop, char **places, char *local, int64_t row, int64_t step) {
  int64_t slice = loop->is_reversed ? loop->length - 1 - step : step;
  for (int i = 0; i < loop->value_count; ++i) {
    const ck_row_value *value = &loop->values[i];
    if (value->data)
      places[i] = (char *)value->data + slice * value->step_bytes + row * value->row_bytes;
    else
      places[i] = local + (step & 1 ? value->odd_offset : value->offset);
  }
}

static void fill(void *destination, const void *element, int64_t count, int bytes) {
  switch (bytes) {
    case 1: memset(destination, *(const uint8_t *)element, (size_t)count); break;
    case 2: {
      uint16_t *place = destination, value = *(const uint16_t *)element;
      for (int64_t i = 0; i < count; ++i) place[i] = value;
      break;
    }
    case 4: {
      uint32_t *place = destination, value = *(const uint32_t *)element;
      for (int64_t i = 0; i < count; ++i) place[i] = value;
      break;
    }
    default: {
      uint64_t *place = destination, value = *(const uint64_t *)element;
      for (int64_t i = 0; i < count; ++i) place[i] = value;
    }
  }
}

// The addresses of operands, and of every result with two that only other walks use.
static void run_code(
    const ck_row_loop *loop, const ck_row_instruction *step, char *const *places, int64_t row,
    int64_t rows) {
  void *table[CK_MAX_ROW_PLACES];
  for (int i = 0; i < step->place_count; ++i) {
    const int result = i - step->operand_count;
    table[result < 0 ? i : step->operand_count + 3 * result] =
        places[step->places[i]] + row * loop->values[step->places[i]].row_bytes;
  }
  step->code(table, step->is_flat ? rows * step->width : rows);
}

static void run_on_rows(
    const ck_row_loop *loop, const ck_row_instruction *step, char *const *places, int64_t row,
    int64_t rows) {
  if (step->kind == CK_ROW_CODE) return run_code(loop, step, places, row, rows);
  int operands[4] = {step->destination, step->a, step->b, step->c};
  char *at[4];
  int64_t stride[4];
  for (int i = 0; i < 4; ++i) {
    stride[i] = loop->values[operands[i]].row_bytes;
    at[i] = places[operands[i]] + row * stride[i];
  }
  if (step->kind == CK_ROW_FILL) {
    for (int64_t i = 0; i < rows; ++i)
      fill(at[0] + i * stride[0], at[1], step->width, step->element_bytes);
  } else if (step->is_flat) {
    step->function(at[0], at[1], at[2], at[3], rows * step->width);
  } else {
    for (int64_t i = 0; i < rows; ++i) {
      step->function(at[0], at[1], at[2], at[3], step->width);
      for (int k = 0; k < 4; ++k) at[k] += stride[k];
    }
  }
}

static void run_product(
    const rows_context *run, const ck_row_instruction *step, char *const *places, int64_t rows) {
  const ck_row_value *values = run->loop->values;
  row_product product = {
      .d = (float *)places[step->destination],
      .c = step->c < 0 ? NULL : (const float *)places[step->c],
      .a = (const float *)places[step->a],
      .w = step->weights,
      .d_stride = values[step->destination].row_bytes / 4,
      .c_stride = step->c < 0 ? 0 : values[step->c].row_bytes / 4,
      .a_stride = values[step->a].row_bytes / 4,
      .rows = rows,
      .columns = step->width,
      .inner = step->inner,
  };
  run->product(&product);
}

// Runs instructions in order; neighbours that are no products go over a few rows at a time, so that
// what they hand to one another stays in the first cache.
static void run_list(
    const rows_context *run, const ck_row_instruction *steps, int count, char *const *places,
    int64_t rows) {
  for (int first = 0; first < count;) {
    if (steps[first].kind == CK_ROW_PRODUCT) {
      run_product(run, &steps[first++], places, rows);
      continue;
    }
    int end = first;
    int64_t widest = 1;
    for (; end < count && steps[end].kind != CK_ROW_PRODUCT; ++end)
      if (steps[end].width > widest) widest = steps[end].width;
    int64_t block = CK_BLOCK / widest > 0 ? CK_BLOCK / widest : 1;
    for (int64_t row = 0; row < rows; row += block) {
      int64_t left = rows - row < block ? rows - row : block;
      for (int i = first; i < end; ++i) run_on_rows(run->loop, &steps[i], places, row, left);
    }
    first = end;
  }
}

static void run_rows(void *context, int64_t begin, int64_t end, int thread) {
  const rows_context *run = context;
  const ck_row_loop *loop = run->loop;
  char *local = run->scratch + (size_t)thread * loop->local_bytes;
  char *places[CK_MAX_ROW_VALUES];
  for (int64_t row = begin; row < end; row += loop->chunk) {
    int64_t rows = end - row < loop->chunk ? end - row : loop->chunk;
    locate(loop, places, local, row, 0);
    run_list(run, loop->before, loop->before_count, places, rows);
    for (int64_t step = 0; step < loop->length; ++step) {
      locate(loop, places, local, row, step);
      run_list(run, loop->steps, loop->step_count, places, rows);
    }
    locate(loop, places, local, row, loop->length);
    run_list(run, loop->after, loop->after_count, places, rows);
  }
}

void ck_run_row_loop(const ck_row_loop *loop, int threads, void *scratch) {
  rows_context run = {loop, CK_SELECT_BODY(row_product), scratch};
  ck_parallel(threads, loop->rows, loop->rows < 16 ? 1 : 4, run_rows, &run);
}
