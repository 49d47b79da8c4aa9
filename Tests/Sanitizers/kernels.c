// Runs the C kernels on memory that ends where the last element does, at odd sizes and unaligned
// places, for the address and undefined-behaviour sanitizers to watch. `scripts/sanitize` builds it.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ckernels.h"

static int failures = 0;

static void expect(bool condition, const char *what) {
  if (condition) return;
  fprintf(stderr, "%s\n", what);
  failures++;
}

// Memory for `count` elements, one element into an allocation, filled with small numbers.
typedef struct {
  char *allocation;
  void *data;
} memory;

static memory make(ck_type type, int64_t count) {
  static const int bytes[CK_TYPE_COUNT] = {4, 8, 2, 4, 8, 1, 1, 1};
  memory m = {malloc((size_t)((count + 1) * bytes[type])), NULL};
  m.data = m.allocation + bytes[type];
  for (int64_t i = 0; i < count; ++i) {
    int64_t value = i * 37 % 101 - 50;
    switch (type) {
      case CK_F32: ((float *)m.data)[i] = (float)value / 7; break;
      case CK_F64: ((double *)m.data)[i] = (double)value / 7; break;
      case CK_BF16: ((uint16_t *)m.data)[i] = (uint16_t)(0x3F80 + value); break;
      case CK_I32: ((int32_t *)m.data)[i] = i % 11 ? (int32_t)value : INT32_MIN; break;
      case CK_I64: ((int64_t *)m.data)[i] = i % 11 ? value : INT64_MIN; break;
      case CK_I8: ((int8_t *)m.data)[i] = i % 11 ? (int8_t)value : INT8_MIN; break;
      case CK_U8: ((uint8_t *)m.data)[i] = (uint8_t)value; break;
      default: ((uint8_t *)m.data)[i] = value & 1; break;
    }
  }
  return m;
}

static void elementwise(void) {
  static const int64_t counts[] = {1, 3, 15, 16, 17, 63, 64, 65, 200, 513};
  for (int type = 0; type < CK_TYPE_COUNT; ++type)
    for (size_t i = 0; i < sizeof(counts) / sizeof(*counts); ++i) {
      int64_t count = counts[i];
      memory a = make(type, count), b = make(type, count), d = make(CK_F64, count);
      memory mask = make(CK_BOOL, count);
      for (int operation = 0; operation < CK_OPERATION_COUNT; ++operation) {
        ck_function function = ck_elementwise_function(operation, type);
        if (!function) continue;
        function(d.data, operation == CK_SELECT ? mask.data : a.data, b.data, a.data, count);
      }
      for (int to = 0; to < CK_TYPE_COUNT; ++to) {
        ck_function function = ck_convert_function(type, to);
        if (function) function(d.data, a.data, a.data, a.data, count);
      }
      free(a.allocation), free(b.allocation), free(d.allocation), free(mask.allocation);
    }
}

static void products(void) {
  static const int64_t sizes[][3] = {{1, 5, 70}, {2, 40, 65}, {3, 7, 16}, {13, 390, 33},
                                     {160, 9, 130}, {5, 770, 17}};
  for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); ++i)
    for (int transposed = 0; transposed < 4; ++transposed) {
      const int64_t m = sizes[i][0], k = sizes[i][1], n = sizes[i][2];
      const bool left = transposed & 1, right = transposed & 2;
      const ck_product product = {
          2, 3, m, k, n,
          {3 * m * k, m * k, left ? 1 : k, left ? m : 1},
          {3 * k * n, k * n, right ? 1 : n, right ? k : 1},
          {3 * m * n, m * n, n, 1},
          left, -0.5f, 0.5f};
      // The kernel reads up to a cache line past the end of the right matrices.
      memory x = make(CK_F32, 6 * m * k), w = make(CK_F32, 6 * k * n + 16);
      memory y = make(CK_F32, 6 * m * n), bias = make(CK_F32, n);
      memory panels = make(CK_F32, 4 * CK_PANEL_ELEMENTS);
      for (int threads = 1; threads <= 4; ++threads)
        ck_product_f32(
            &product, y.data, x.data, w.data, threads & 1 ? bias.data : NULL, panels.data, threads);
      free(x.allocation), free(w.allocation), free(y.allocation), free(bias.allocation);
      free(panels.allocation);
    }
}

// Softmax of rows by two phases, with the sum over everything and over the columns.
static void programs(void) {
  static const int64_t shapes[][2] = {{1, 1}, {5, 3}, {37, 10}, {9, 64}, {3, 513}, {2, 4099}};
  for (size_t s = 0; s < sizeof(shapes) / sizeof(*shapes); ++s)
    for (int threads = 1; threads <= 3; ++threads) {
      int64_t rows = shapes[s][0], row = shapes[s][1], count = rows * row;
      memory x = make(CK_F32, count), y = make(CK_F32, count), total = make(CK_F32, 1);
      memory columns = make(CK_F32, row), squares = make(CK_F32, row), sums = make(CK_F32, rows);
      ck_operand operand = {.data = x.data, .element_bytes = 4, .mode = CK_LINEAR, .phases = 3};
      ck_register registers[] = {
        row > CK_BLOCK ? CK_LONG_REGISTER : CK_BLOCK_REGISTER, CK_ROW_REGISTER, CK_BLOCK_REGISTER,
        CK_BLOCK_REGISTER};
      ck_instruction instructions[] = {
        {.scope = CK_EACH, .function = ck_elementwise_function(CK_EXP, CK_F32),
         .element_bytes = 4, .destination = 1},
        {.scope = CK_REDUCE, .reduction = CK_SUM, .element_bytes = 4, .destination = 2, .a = 1},
        {.scope = CK_SPREAD, .element_bytes = 4, .destination = 3, .a = 2},
        {.scope = CK_EACH, .function = ck_elementwise_function(CK_DIVIDE, CK_F32),
         .element_bytes = 4, .destination = 4, .a = 1, .b = 3}};
      ck_phase phases[] = {{0, 2, 2}, {2, 4, 4}};
      ck_result results[] = {
        {.data = y.data, .element_bytes = 4, .source = 4, .phase = 1, .mode = CK_STORE},
        {.data = total.data, .element_bytes = 4, .source = 4, .phase = 1, .mode = CK_REDUCE_ALL},
        {.data = columns.data, .squares = squares.data, .element_bytes = 4, .source = 4,
         .phase = 1, .mode = CK_MOMENTS_OUTER},
        {.data = sums.data, .element_bytes = 4, .source = 2, .phase = 0, .mode = CK_STORE_ROWS}};
      int direct[] = {-1, -1, -1, threads == 2 ? 0 : -1};
      ck_program program = {
        .rank = 2, .outer_rank = 1, .dimensions = {rows, row}, .count = count, .row = row,
        .operand_count = 1, .instruction_count = 4, .result_count = 4, .phase_count = 2,
        .register_count = 4, .operands = &operand, .registers = registers,
        .instructions = instructions, .phases = phases, .results = results, .direct = direct,
        .copies = 1, .group = count};
      void *scratch = malloc(ck_program_scratch_bytes(&program, threads));
      ck_run(&program, threads, scratch);
      float sum = *(float *)total.data, of_columns = 0;
      for (int64_t i = 0; i < row; ++i) of_columns += ((float *)columns.data)[i];
      expect(sum > (float)rows * 0.999f && sum < (float)rows * 1.001f, "softmax adds up to 1");
      expect(of_columns > sum * 0.999f && of_columns < sum * 1.001f, "columns add up");
      free(x.allocation), free(y.allocation), free(total.allocation), free(columns.allocation);
      free(squares.allocation), free(sums.allocation), free(scratch);
    }
}

// What machine code for y = 2x and the sums of its columns does, in rows that take `copies` at once.
static void double_columns(void **places, int64_t count) {
  int64_t row = *(const int64_t *)places[1];
  const float *x = places[0];
  float *y = places[2], *sums = places[5];
  for (int64_t i = 0; i < count; ++i) {
    y[i] = 2 * x[i];
    sums[i % row] += y[i];
  }
}

static void code(void) {
  for (int64_t copies = 1; copies <= 4; copies *= 2)
    for (int threads = 1; threads <= 3; ++threads) {
      int64_t row = 12, rows = 301, count = rows * row, long_row = row * copies;
      memory x = make(CK_F32, count), y = make(CK_F32, count), sums = make(CK_F32, row);
      ck_operand operands[] = {
        {.data = x.data, .element_bytes = 4, .mode = CK_LINEAR, .phases = 1, .row_bytes = 4 * row},
        {.data = &long_row, .element_bytes = 8, .mode = CK_SINGLE, .phases = 1}};
      ck_register registers[] = {CK_BLOCK_REGISTER};
      ck_instruction instructions[] = {
        {.scope = CK_EACH, .function = ck_elementwise_function(CK_ADD, CK_F32),
         .element_bytes = 4, .destination = 2}};
      ck_phase phases[] = {{0, 1, 1}};
      ck_result results[] = {
        {.data = y.data, .element_bytes = 4, .source = 2, .mode = CK_STORE},
        {.data = sums.data, .element_bytes = 4, .source = 2, .mode = CK_REDUCE_OUTER}};
      int direct[] = {-1};
      ck_program program = {
        .rank = 2, .outer_rank = 1, .dimensions = {rows, row}, .count = count, .row = row,
        .operand_count = 2, .instruction_count = 1, .result_count = 2, .phase_count = 1,
        .register_count = 1, .operands = operands, .registers = registers,
        .instructions = instructions, .phases = phases, .results = results, .direct = direct,
        .code = double_columns, .walk = CK_WALK_COLUMNS, .copies = copies, .group = count};
      void *scratch = malloc(ck_program_scratch_bytes(&program, threads));
      ck_run(&program, threads, scratch);
      float expected = 0;
      for (int64_t i = 0; i < rows; ++i) expected += 2 * ((float *)x.data)[i * row + 5];
      float difference = ((float *)sums.data)[5] - expected;
      expect(difference < 1e-2f && difference > -1e-2f, "columns of machine code add up");
      expect(
          ((float *)y.data)[count - 1] == 2 * ((float *)x.data)[count - 1], "the last one is there");
      free(x.allocation), free(y.allocation), free(sums.allocation), free(scratch);
    }
}

// Copies and fills of BFloat16 elements.
static void halves(int64_t rows, int64_t columns) {
  memory x = make(CK_BF16, rows * columns), y = make(CK_BF16, rows * columns);
  ck_copy_strided(
      y.data, (int64_t[]){columns, 1}, x.data, (int64_t[]){1, rows}, (int64_t[]){rows, columns}, 2,
      2, 2);
  expect(
      ((uint16_t *)y.data)[rows * columns - 1] == ((uint16_t *)x.data)[rows * columns - 1],
      "a transpose keeps its corners");
  ck_fill(y.data, x.data, rows * columns, 2, 2);
  expect(
      ((uint16_t *)y.data)[rows * columns - 1] == *(uint16_t *)x.data, "a fill reaches the end");
  free(x.allocation), free(y.allocation);
}

static void copies(void) {
  for (int64_t rows = 1; rows < 40; rows += 6)
    for (int64_t columns = 1; columns < 80; columns += 13) {
      int64_t count = rows * columns;
      memory x = make(CK_F32, count), y = make(CK_F32, count);
      ck_copy_strided(
          y.data, (int64_t[]){rows, 1}, x.data, (int64_t[]){1, columns},
          (int64_t[]){columns, rows}, 2, 4, 2);
      expect(
          ((float *)y.data)[count - 1] == ((float *)x.data)[count - 1], "the last one stays last");
      int32_t index[] = {0, 1000, -3};
      memory g = make(CK_F32, 3 * columns);
      ck_gather(g.data, x.data, index, false, 1, rows, columns, 3, 4, 2);
      expect(
          memcmp((float *)g.data + columns, (float *)x.data + (rows - 1) * columns,
                 (size_t)columns * 4) == 0,
          "a number beyond the end stands for the last row");
      ck_scatter_add(y.data, g.data, CK_F32, index, false, 1, 3, rows, columns, 3);
      ck_fill(y.data, x.data, count, 4, 2);
      halves(rows, columns);
      free(x.allocation), free(y.allocation), free(g.allocation);
    }
}

static void axes(void) {
  static const int64_t sizes[] = {1, 7, 64, 65, 300};
  for (int type = 0; type < CK_BOOL; type += type == CK_F64 ? 2 : 1)
    for (int i = 0; i < 5; ++i)
      for (int j = 0; j < 5; ++j) {
        int64_t size = sizes[i], inner = sizes[j], count = 2 * size * inner;
        memory x = make(type, count), y = make(type, count), place = make(CK_I32, 2 * inner);
        ck_arg_max(place.data, x.data, type, 2, size, inner, 2);
        ck_cumulative_sum(y.data, x.data, type, 2, size, inner, i & 1, j & 1, 2);
        memory product = make(type, 2 * inner * inner);
        ck_multiply(
            product.data, x.data, x.data, type, 2, inner, size, inner,
            (int64_t[]){size * inner, 1, inner}, (int64_t[]){size * inner, inner, 1}, 2);
        if (type <= CK_F64)
          for (int reduction = 0; reduction < 4; ++reduction)
            for (int first = 0; first < 2; ++first)
              ck_reduce(
                  y.data, x.data, type == CK_F64, reduction, (int64_t[]){2, size, inner},
                  (bool[]){first, !first, first}, 3, 2);
        free(x.allocation), free(y.allocation), free(place.allocation), free(product.allocation);
      }
}

static void pools(void) {
  for (int64_t channels = 1; channels < 40; channels += 7) {
    ck_pool pool = {
      .batch = 2, .channels = channels, .input = {1, 9, 7}, .output = {1, 4, 3},
      .window = {1, 3, 3}, .stride = {1, 2, 2}, .padding_low = {0, 0, 0}};
    memory x = make(CK_F32, 2 * 63 * channels), dx = make(CK_F32, 2 * 63 * channels);
    memory y = make(CK_F32, 2 * 12 * channels);
    ck_max_pool(&pool, y.data, x.data, CK_F32, 2);
    ck_max_pool_gradient_f32(&pool, dx.data, x.data, y.data, 2);
    ck_max_pool_gather_f32(&pool, y.data, x.data, dx.data, 2);
    ck_average_pool_f32(&pool, y.data, x.data, 2);
    ck_average_pool_gradient_f32(&pool, dx.data, y.data, 2);
    free(x.allocation), free(dx.allocation), free(y.allocation);
  }
}

// What machine code that adds rows would do, and such code that goes from row to row.
static void added(void **places, int64_t count) {
  const float *a = places[0], *b = places[1];
  for (int64_t i = 0; i < count; ++i) ((float *)places[2])[i] = a[i] + b[i];
}

static int64_t added_width;

static void added_rows(void **places, int64_t rows) {
  for (int64_t row = 0; row < rows; ++row) {
    added(places, added_width);
    for (int i = 0; i < 3; ++i) places[i] = (float *)places[i] + added_width;
  }
}

// h' = h + x · w over the steps, from zero: products of steps are kept, the last h is copied out.
static void row_loop(
    int64_t rows, int64_t length, int64_t inner, int64_t width, bool is_reversed, bool is_code) {
  memory x = make(CK_F32, length * rows * inner), w = make(CK_F32, inner * width);
  memory products = make(CK_F32, length * rows * width), last = make(CK_F32, rows * width);
  memory zero = make(CK_F32, 1);
  *(float *)zero.data = 0;
  float *packed = malloc(ck_packed_bytes(inner, width));
  ck_pack_weights(packed, w.data, inner, width, width, 1, 2);

  const int64_t row_bytes = width * 4, chunk = 5, place = chunk * row_bytes;
  enum { X, H, NEXT, PRODUCT, ZERO, LAST, COUNT };
  const ck_row_value values[COUNT] = {
    [X] = {.data = x.data, .step_bytes = rows * inner * 4, .row_bytes = inner * 4},
    [H] = {.row_bytes = row_bytes, .odd_offset = place},
    [NEXT] = {.row_bytes = row_bytes, .offset = place},
    [PRODUCT] =
      {.data = products.data, .step_bytes = rows * row_bytes, .row_bytes = row_bytes},
    [ZERO] = {.data = zero.data},
    [LAST] = {.data = last.data, .row_bytes = row_bytes}};
  const ck_row_instruction before = {
    .kind = CK_ROW_FILL, .destination = H, .a = ZERO, .b = ZERO, .c = ZERO, .width = width,
    .element_bytes = 4};
  static const int places[3] = {H, PRODUCT, NEXT};
  const ck_row_instruction code = {
    .kind = CK_ROW_CODE, .code = is_reversed ? added : added_rows, .places = places,
    .operand_count = 2, .place_count = 3, .width = width, .is_flat = is_reversed};
  ck_row_instruction steps[2] = {
    {.kind = CK_ROW_PRODUCT, .destination = PRODUCT, .a = X, .c = -1, .width = width,
     .weights = packed, .inner = inner},
    {.kind = CK_ROW_FUNCTION, .function = ck_elementwise_function(CK_ADD, CK_F32),
     .destination = NEXT, .a = H, .b = PRODUCT, .c = H, .width = width, .element_bytes = 4,
     .is_flat = true}};
  if (is_code) steps[1] = code;
  added_width = width;
  const ck_row_instruction after = {
    .kind = CK_ROW_FUNCTION, .function = ck_elementwise_function(CK_COPY, CK_F32),
    .destination = LAST, .a = H, .b = H, .c = H, .width = width, .element_bytes = 4};
  const ck_row_loop loop = {
    .rows = rows, .length = length, .is_reversed = is_reversed, .chunk = chunk,
    .value_count = COUNT, .before_count = 1, .step_count = 2, .after_count = 1,
    .values = values, .before = &before, .steps = steps, .after = &after,
    .local_bytes = (size_t)(2 * place)};
  char *scratch = malloc(2 * loop.local_bytes);
  ck_run_row_loop(&loop, 2, scratch);
  bool fits = true;
  for (int64_t row = 0; row < rows; ++row)
    for (int64_t column = 0; column < width; ++column) {
      double sum = 0;
      for (int64_t step = 0; step < length; ++step)
        for (int64_t k = 0; k < inner; ++k)
          sum += (double)((float *)x.data)[(step * rows + row) * inner + k] *
                 ((float *)w.data)[k * width + column];
      double difference = ((float *)last.data)[row * width + column] - sum;
      fits &= difference < 0.01 && difference > -0.01;
    }
  expect(fits, "a loop over rows differs from plain sums");
  free(x.allocation), free(w.allocation), free(products.allocation), free(last.allocation);
  free(zero.allocation), free(packed), free(scratch);
}

static void row_loops(void) {
  static const int64_t sizes[] = {1, 3, 16, 17, 33};
  for (int i = 0; i < 5; ++i)
    for (int j = 0; j < 5; ++j)
      for (int code = 0; code < 2; ++code)
        row_loop(sizes[j], 1 + i, sizes[4 - i], sizes[i], (i + j) & 1, code);
}

// Expansions with their depthwise convolutions, and projections with gates and residuals.
static void separable_convolutions(void) {
  static const int64_t shapes[][7] = {// samples, height, width, channels, features, window, stride
    {1, 1, 1, 1, 2, 3, 1}, {2, 5, 9, 3, 17, 3, 2}, {3, 4, 18, 16, 40, 5, 1}, {1, 7, 8, 5, 90, 5, 2},
    {2, 6, 7, 12, 24, 3, 1}};
  for (size_t s = 0; s < sizeof(shapes) / sizeof(*shapes); ++s)
    for (int threads = 1; threads <= 4; ++threads) {
      const int64_t *n = shapes[s], samples = n[0], channels = n[3], features = n[4];
      const int64_t height = (n[1] + n[6] - 1) / n[6], width = (n[2] + n[6] - 1) / n[6];
      const int64_t pixels = n[1] * n[2], results = height * width;
      memory x = make(CK_F32, samples * pixels * channels);
      memory expanding = make(CK_F32, channels * features), bias = make(CK_F32, features);
      memory kernel = make(CK_F32, n[5] * n[5] * features);
      memory wide = make(CK_F32, samples * pixels * features);
      memory y = make(CK_F32, samples * results * features);
      memory z = make(CK_F32, samples * results * features);
      memory totals = make(CK_F32, samples * features), gate = make(CK_F32, samples * channels);
      memory packed = make(CK_F32, (int64_t)ck_pointwise_packed_bytes(channels, features) / 4);
      ck_pack_pointwise(packed.data, expanding.data, bias.data, channels, features);
      ck_pointwise pointwise = {samples, pixels, channels, features, {0, 6, s % 2 == 1}};
      ck_depthwise depthwise = {
        .samples = samples, .channels = features, .input = {n[1], n[2]},
        .output = {height, width}, .padding_low = {n[5] / 2, n[5] / 2}, .window = n[5],
        .stride = n[6], .activation = {-1, 1, s % 2 == 0}};
      void *scratch = malloc(ck_depthwise_scratch_bytes(&depthwise, threads));
      ck_pointwise_f32(&pointwise, wide.data, x.data, packed.data, NULL, NULL, threads, NULL);
      ck_depthwise_f32(
          &depthwise, y.data, wide.data, NULL, kernel.data, bias.data, NULL, threads, scratch);
      depthwise.expansion = &pointwise;
      ck_depthwise_f32(
          &depthwise, z.data, x.data, packed.data, kernel.data, bias.data, totals.data, threads,
          scratch);
      expect(
          memcmp(y.data, z.data, (size_t)(samples * results * features) * sizeof(float)) == 0,
          "A fused expansion differs from a separate one");
      free(scratch);
      scratch = malloc(ck_pointwise_scratch_bytes(&pointwise, threads));
      ck_pointwise_f32(
          &pointwise, wide.data, x.data, packed.data, wide.data, gate.data, threads, scratch);
      free(scratch), free(x.allocation), free(expanding.allocation), free(bias.allocation);
      free(kernel.allocation), free(wide.allocation), free(y.allocation), free(z.allocation);
      free(totals.allocation), free(gate.allocation), free(packed.allocation);
    }
}

// Convolutions in tiles, forward, backward and the kernel's gradient, of odd pictures and channels.
static void tiles(void) {
  static const struct {
    ck_filter filter, transposed;
    int taps, stride;
  } cases[] = {
    {CK_FILTER_3X3, CK_FILTER_5X3, 3, 1}, {CK_FILTER_4X3, CK_FILTER_4X3, 3, 1},
    {CK_FILTER_4X5, CK_FILTER_4X5, 5, 1}, {CK_FILTER_4X5_BY_2, CK_FILTER_8X5_BY_HALF, 5, 2}};
  for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); ++i)
    for (int64_t channels = 3; channels < 80; channels += 35) {
      const int64_t stride = cases[i].stride, taps = cases[i].taps, features = 40 - channels / 2;
      ck_filtering f = {
        .filter = cases[i].filter, .batch = 2, .channels = channels, .features = features,
        .input = {9 * stride, 7 * stride}, .output = {9, 7}, .padding_low = {1, 1},
        .activation = {-1, 1, i % 2 == 1}};
      ck_filtering g = {
        .filter = cases[i].transposed, .batch = 2, .channels = features, .features = channels,
        .input = {9, 7}, .output = {9 * stride, 7 * stride},
        .padding_low = {stride == 1 ? taps - 2 : 1, stride == 1 ? taps - 2 : 1},
        .activation = {-1e30f, 1e30f, false}};
      const int64_t inputs = 2 * 63 * stride * stride * channels;
      memory x = make(CK_F32, inputs), dx = make(CK_F32, inputs);
      memory y = make(CK_F32, 2 * 63 * features), residual = make(CK_F32, 2 * 63 * features);
      memory kernel = make(CK_F32, taps * taps * channels * features), bias = make(CK_F32, features);
      memory packed = make(CK_F32, ck_filter_kernel_bytes(f.filter, channels, features) / 4);
      memory turned = make(CK_F32, ck_filter_kernel_bytes(g.filter, features, channels) / 4);
      for (int threads = 1; threads <= 3; threads += 2) {
        memory scratch = make(CK_F32, ck_filtering_scratch_bytes(&f, threads) / 4);
        ck_filter_pack_f32(&f, packed.data, kernel.data, false, threads);
        ck_filtering_f32(
            &f, y.data, x.data, packed.data, bias.data, residual.data, scratch.data, threads);
        free(scratch.allocation);
        scratch = make(CK_F32, ck_filtering_scratch_bytes(&g, threads) / 4);
        ck_filter_pack_f32(&g, turned.data, kernel.data, true, threads);
        ck_filtering_f32(&g, dx.data, y.data, turned.data, NULL, NULL, scratch.data, threads);
        free(scratch.allocation);
        scratch = make(CK_F32, ck_filtering_gradient_scratch_bytes(&f) / 4);
        ck_filtering_kernel_gradient_f32(
            &f, kernel.data, x.data, y.data, scratch.data, threads);
        free(scratch.allocation);
      }
      free(x.allocation), free(dx.allocation), free(y.allocation), free(residual.allocation);
      free(kernel.allocation), free(bias.allocation), free(packed.allocation);
      free(turned.allocation);
    }
}

static void nearest_centers(void) {
  for (int type = CK_F32; type <= CK_F64; ++type)
    for (int64_t features = 1; features < 20; features += 5)
      for (int64_t count = 1; count < 40; count += 6) {
        const int64_t rows = 37;
        memory x = make(type, rows * features), centers = make(type, count * features);
        memory packed = make(type, ck_packed_center_count(count, features));
        memory best = make(type, rows), second = make(type, rows), places = make(CK_I32, rows);
        memory nearest = make(CK_I32, rows);
        for (int64_t i = 0; i < rows; ++i) ((int32_t *)places.data)[i] = (int32_t)(i * 5 % rows);
        ck_pack_centers(type == CK_F64, packed.data, centers.data, count, features);
        ck_centers c = {type == CK_F64, x.data, NULL, features, packed.data, count};
        ck_nearest_centers(&c, 3, rows, nearest.data, best.data, second.data);
        c.places = places.data;
        ck_nearest_centers(&c, 0, rows - 3, nearest.data, best.data, second.data);
        for (int64_t i = 0; i < rows; ++i)
          expect(((int32_t *)nearest.data)[i] < count, "a center that is not there is nearest");
        if (count <= CK_CENTER_GROUP) {
          memory distances = make(type, count * rows);
          ck_bounded_distances(&c, 0, rows, best.data, distances.data, rows);
          free(distances.allocation);
        }
        free(x.allocation), free(centers.allocation), free(packed.allocation);
        free(best.allocation), free(second.allocation), free(places.allocation);
        free(nearest.allocation);
      }
}

static void linear_models(void) {
  for (int64_t features = 1; features < 20; features += 3)
    for (int64_t units = 1; units < 8; ++units) {
      memory block = make(CK_F64, features * CK_LINEAR_BLOCK);
      memory weights = make(CK_F64, units * features), gradient = make(CK_F64, units * features);
      memory outputs = make(CK_F64, units * CK_LINEAR_BLOCK);
      ck_linear_outputs(block.data, features, weights.data, units, outputs.data);
      ck_linear_gradient(block.data, features, outputs.data, units, gradient.data);
      free(block.allocation), free(weights.allocation), free(gradient.allocation);
      free(outputs.allocation);
    }
}

// The length of the character at the front of some bytes, read as a number; 0 if there is none.
static int64_t character(const uint8_t *bytes, int64_t count) {
  static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  const int64_t length = bytes[0] < 0x80   ? 1
                         : bytes[0] < 0xC0 ? 0
                         : bytes[0] < 0xE0 ? 2
                         : bytes[0] < 0xF0 ? 3
                         : bytes[0] < 0xF8 ? 4
                                           : 0;
  if (length == 0 || length > count) return 0;
  uint32_t number = length == 1 ? bytes[0] : bytes[0] & (0x7F >> length);
  for (int64_t i = 1; i < length; ++i) {
    if ((bytes[i] & 0xC0) != 0x80) return 0;
    number = number << 6 | (bytes[i] & 0x3F);
  }
  const bool is_surrogate = number >= 0xD800 && number < 0xE000;
  return number < least[length] || number > 0x10FFFF || is_surrogate ? 0 : length;
}

// Some bytes at the borders of ranges, in all combinations of four, at the end of longer text.
static void text(void) {
  static const uint8_t borders[] = {0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0,
                                    0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xED, 0xEE, 0xEF, 0xF0, 0xF1,
                                    0xF4, 0xF5, 0xFF};
  const int64_t kinds = sizeof(borders), most = 300;
  for (int64_t filling = 0; filling < most; filling += 59) {
    uint8_t *bytes = malloc((size_t)filling + 4);
    memset(bytes, 'a', (size_t)filling);
    for (int64_t which = 0; which < kinds * kinds * kinds * kinds; ++which) {
      int64_t rest = which, expected = 0, length = filling + 4;
      for (int64_t i = filling; i < length; ++i, rest /= kinds) bytes[i] = borders[rest % kinds];
      for (int64_t i = filling, size; i < length && expected >= 0; i += size) {
        size = character(bytes + i, length - i);
        expected = size == 0 ? -1 : expected + (size > 1);
      }
      if (ck_utf8_characters(bytes, length) != expected) {
        expect(false, "UTF-8 is told from other bytes wrongly");
        break;
      }
    }
    free(bytes);
  }
}

static void random_numbers(void) {
  for (int64_t count = 1; count < 200; count += 31) {
    memory single = make(CK_F32, count), wide = make(CK_F64, count);
    ck_uniform_f32(single.data, count, 1, 2, 3, 2);
    ck_uniform_f64(wide.data, count, 1, 2, 3, 2);
    free(single.allocation), free(wide.allocation);
  }
}

int main(void) {
  elementwise();
  programs();
  code();
  copies();
  axes();
  products();
  pools();
  row_loops();
  separable_convolutions();
  tiles();
  nearest_centers();
  linear_models();
  text();
  random_numbers();
  return failures > 0;
}
