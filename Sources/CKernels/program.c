// The block interpreter: runs a fused chain of elementwise operations over blocks that stay in the
// first cache, with loads that broadcast and results that may be reduced.

#include <math.h>
#include <string.h>

#include "ckernels.h"
#include "internal.h"

static double identity_of(ck_reduction reduction) {
  switch (reduction) {
    case CK_SUM: return 0;
    case CK_MAX: return -INFINITY;
    case CK_MIN: return INFINITY;
    case CK_PRODUCT: return 1;
  }
  return 0;
}

static double combine(ck_reduction reduction, double a, double b) {
  switch (reduction) {
    case CK_SUM: return a + b;
    case CK_MAX: return a > b || a != a ? a : b;
    case CK_MIN: return a < b || a != a ? a : b;
    case CK_PRODUCT: return a * b;
  }
  return 0;
}

static void store_number(const ck_result *result, int64_t index, double value) {
  if (result->is_double)
    ((double *)result->data)[index] = value;
  else
    ((float *)result->data)[index] = (float)value;
}

static void fill_number(void *data, bool is_double, int64_t count, double value) {
  if (is_double)
    for (int64_t i = 0; i < count; ++i) ((double *)data)[i] = value;
  else
    for (int64_t i = 0; i < count; ++i) ((float *)data)[i] = (float)value;
}

// MARK: - Loads

// Copies a run of equal or evenly spaced elements.
static void load_run(
    char *destination, const char *source, int64_t stride, int64_t count, int bytes) {
  if (stride == 1) {
    memcpy(destination, source, (size_t)(count * bytes));
    return;
  }
#define RUN(T)                                                                \
  {                                                                           \
    T *d = (T *)destination;                                                  \
    const T *s = (const T *)source;                                           \
    if (stride == 0) {                                                        \
      T value = *s;                                                           \
      for (int64_t i = 0; i < count; ++i) d[i] = value;                       \
    } else {                                                                  \
      for (int64_t i = 0; i < count; ++i) d[i] = s[i * stride];               \
    }                                                                         \
  }
  switch (bytes) {
    case 1: RUN(uint8_t) break;
    case 4: RUN(uint32_t) break;
    default: RUN(uint64_t) break;
  }
#undef RUN
}

// Fills a register with the operand's elements at places begin..<begin + count of the domain.
static void load_strided(
    const ck_program *program, const ck_operand *operand, char *destination, int64_t begin,
    int64_t count) {
  int last = program->rank - 1;
  int64_t index[CK_MAX_RANK];
  int64_t rest = begin, offset = 0;
  for (int axis = last; axis >= 0; --axis) {
    index[axis] = rest % program->dimensions[axis];
    rest /= program->dimensions[axis];
    offset += index[axis] * operand->strides[axis];
  }
  const char *source = operand->data;
  int bytes = operand->element_bytes;
  while (count > 0) {
    int64_t run = program->dimensions[last] - index[last];
    if (run > count) run = count;
    load_run(destination, source + offset * bytes, operand->strides[last], run, bytes);
    destination += run * bytes;
    count -= run;
    index[last] += run;
    offset += run * operand->strides[last];
    for (int axis = last; axis > 0 && index[axis] == program->dimensions[axis]; --axis) {
      offset -= index[axis] * operand->strides[axis];
      index[axis] = 0;
      index[axis - 1] += 1;
      offset += operand->strides[axis - 1];
    }
  }
}

// MARK: - Scratch memory

// Bytes of one row of a result, in whole cache lines.
static size_t row_bytes(const ck_program *program, const ck_result *result) {
  return ((size_t)program->row * (size_t)result->element_bytes + 63) & ~(size_t)63;
}

static bool goes_by_rows(const ck_program *program) {
  for (int i = 0; i < program->result_count; ++i)
    if (program->results[i].mode == CK_REDUCE_INNER || program->results[i].mode == CK_REDUCE_OUTER)
      return true;
  return false;
}

// Elements of a block: whole rows if these are short.
static int64_t block_length(const ck_program *program) {
  if (!goes_by_rows(program) || program->row > CK_BLOCK) return CK_BLOCK;
  return CK_BLOCK / program->row * program->row;
}

// Each thread has registers of 8 bytes an element, and for each result that reduces over the outer
// axis two rows: a running one, and one that it is added to from time to time so that rounding
// errors stay small.
static size_t register_bytes(const ck_program *program) {
  return (size_t)(program->operand_count + program->register_count) * CK_BLOCK * 8;
}

static size_t thread_bytes(const ck_program *program) {
  size_t bytes = register_bytes(program);
  for (int i = 0; i < program->result_count; ++i) {
    const ck_result *result = &program->results[i];
    if (result->mode == CK_REDUCE_OUTER)
      bytes += 2 * row_bytes(program, result);
    else if (result->mode == CK_REDUCE_ALL)
      bytes += 64;
  }
  return bytes;
}

size_t ck_program_scratch_bytes(const ck_program *program, int threads) {
  return thread_bytes(program) * (size_t)threads;
}

// The place of a result's partial rows in a thread's scratch memory.
static char *partial_of(const ck_program *program, char *scratch, int which) {
  char *place = scratch + register_bytes(program);
  for (int i = 0; i < which; ++i) {
    const ck_result *result = &program->results[i];
    if (result->mode == CK_REDUCE_OUTER)
      place += 2 * row_bytes(program, result);
    else if (result->mode == CK_REDUCE_ALL)
      place += 64;
  }
  return place;
}

// MARK: - Running

typedef struct {
  const ck_program *program;
  char *scratch;
  size_t stride;
} run_context;

static void reduce_inner(
    const ck_program *program, const ck_result *result, const char *values, int64_t begin,
    int64_t count, double *running) {
  ck_reducer reducer = ck_reducer_for(result->is_double, result->reduction);
  while (count > 0) {
    int64_t row = begin / program->row, column = begin % program->row;
    int64_t run = program->row - column;
    if (run > count) run = count;
    double part = reducer(values, run);
    *running = column == 0 ? part : combine(result->reduction, *running, part);
    if (column + run == program->row) store_number(result, row, *running);
    values += run * result->element_bytes;
    begin += run;
    count -= run;
  }
}

#define FLUSH_ROWS 256

static void flush_row(const ck_program *program, const ck_result *result, char *partial) {
  ck_row_reducer reducer = ck_row_reducer_for(result->is_double, result->reduction);
  reducer(partial + row_bytes(program, result), partial, 1, program->row);
  fill_number(partial, result->is_double, program->row, identity_of(result->reduction));
}

// Blocks begin with a row, and end with one unless rows are longer than blocks.
static void reduce_outer(
    const ck_program *program, const ck_result *result, const char *values, int64_t begin,
    int64_t count, char *partial, int64_t *rows_left) {
  ck_row_reducer reducer = ck_row_reducer_for(result->is_double, result->reduction);
  int64_t column = begin % program->row;
  int64_t rows = count / program->row;
  if (rows > 0)
    reducer(partial, values, rows, program->row);
  else
    reducer(partial + column * result->element_bytes, values, 1, count);
  if (column + count < program->row) return;
  *rows_left -= rows > 0 ? rows : 1;
  if (*rows_left > 0) return;
  flush_row(program, result, partial);
  *rows_left = FLUSH_ROWS;
}

static void run_range(void *context, int64_t begin, int64_t end, int thread) {
  const run_context *run = context;
  const ck_program *program = run->program;
  char *scratch = run->scratch + (size_t)thread * run->stride;
  char *registers[CK_MAX_REGISTERS];
  int operands = program->operand_count;
  for (int i = 0; i < operands + program->register_count; ++i)
    registers[i] = scratch + (size_t)i * CK_BLOCK * 8;
  int64_t longest = end - begin < CK_BLOCK ? end - begin : CK_BLOCK;
  for (int i = 0; i < operands; ++i)
    if (program->operands[i].mode == CK_SINGLE)
      load_run(
          registers[i], program->operands[i].data, 0, longest, program->operands[i].element_bytes);

  char *partials[CK_MAX_RESULTS];
  double running[CK_MAX_RESULTS];
  int64_t rows_left[CK_MAX_RESULTS];
  for (int i = 0; i < program->result_count; ++i) {
    const ck_result *result = &program->results[i];
    running[i] = identity_of(result->reduction);
    rows_left[i] = FLUSH_ROWS;
    partials[i] = partial_of(program, scratch, i);
  }

  int64_t block = block_length(program), count;
  for (int64_t start = begin; start < end; start += count) {
    count = end - start < block ? end - start : block;
    // A long row ends its block, so that the next one begins with a row.
    int64_t rest = program->row - start % program->row;
    if (block == CK_BLOCK && program->row > CK_BLOCK && rest < count) count = rest;
    for (int i = 0; i < operands; ++i) {
      const ck_operand *operand = &program->operands[i];
      if (operand->mode == CK_LINEAR)
        registers[i] = (char *)operand->data + start * operand->element_bytes;
      else if (operand->mode == CK_STRIDED)
        load_strided(program, operand, registers[i], start, count);
    }
    for (int i = 0; i < program->instruction_count; ++i) {
      const ck_instruction *step = &program->instructions[i];
      if (program->direct[i] >= 0) {
        const ck_result *result = &program->results[program->direct[i]];
        registers[step->destination] = (char *)result->data + start * result->element_bytes;
      }
      step->function(
          registers[step->destination], registers[step->a], registers[step->b],
          registers[step->c], count);
    }
    for (int i = 0; i < program->result_count; ++i) {
      const ck_result *result = &program->results[i];
      const char *values = registers[result->source];
      switch (result->mode) {
        case CK_STORE: {
          char *place = (char *)result->data + start * result->element_bytes;
          if (place != values) memmove(place, values, (size_t)(count * result->element_bytes));
          break;
        }
        case CK_REDUCE_ALL:
          running[i] = combine(
              result->reduction, running[i],
              ck_reducer_for(result->is_double, result->reduction)(values, count));
          break;
        case CK_REDUCE_INNER:
          reduce_inner(program, result, values, start, count, &running[i]);
          break;
        case CK_REDUCE_OUTER:
          reduce_outer(program, result, values, start, count, partials[i], &rows_left[i]);
          break;
      }
    }
  }

  for (int i = 0; i < program->result_count; ++i) {
    const ck_result *result = &program->results[i];
    if (result->mode == CK_REDUCE_ALL) *(double *)partials[i] = running[i];
    if (result->mode == CK_REDUCE_OUTER) flush_row(program, result, partials[i]);
  }
}

void ck_run(const ck_program *program, int threads, void *scratch) {
  run_context run = {program, scratch, thread_bytes(program)};
  for (int i = 0; i < program->result_count; ++i) {
    const ck_result *result = &program->results[i];
    for (int thread = 0; thread < threads; ++thread) {
      char *partial = partial_of(program, (char *)scratch + (size_t)thread * run.stride, i);
      double identity = identity_of(result->reduction);
      if (result->mode == CK_REDUCE_ALL) *(double *)partial = identity;
      if (result->mode == CK_REDUCE_OUTER) {
        fill_number(partial, result->is_double, program->row, identity);
        fill_number(
            partial + row_bytes(program, result), result->is_double, program->row, identity);
      }
    }
  }
  int64_t unit = goes_by_rows(program) ? program->row : CK_BLOCK;
  ck_parallel(threads, program->count, unit, run_range, &run);
  for (int i = 0; i < program->result_count; ++i) {
    const ck_result *result = &program->results[i];
    if (result->mode == CK_REDUCE_ALL) {
      double total = identity_of(result->reduction);
      for (int thread = 0; thread < threads; ++thread)
        total = combine(
            result->reduction, total,
            *(double *)partial_of(program, (char *)scratch + (size_t)thread * run.stride, i));
      store_number(result, 0, total);
    } else if (result->mode == CK_REDUCE_OUTER) {
      ck_row_reducer reducer = ck_row_reducer_for(result->is_double, result->reduction);
      for (int thread = 0; thread < threads; ++thread) {
        char *total = partial_of(program, (char *)scratch + (size_t)thread * run.stride, i) +
                      row_bytes(program, result);
        if (thread == 0)
          memcpy(result->data, total, (size_t)program->row * (size_t)result->element_bytes);
        else
          reducer(result->data, total, 1, program->row);
      }
    }
  }
}
