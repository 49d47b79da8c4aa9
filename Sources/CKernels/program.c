// The block interpreter: runs a fused chain of elementwise operations over blocks that stay in the
// first cache, with loads that broadcast and reductions, of rows within the chain or at its end.

#include <string.h>

#include "program.h"

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
    case 2: RUN(uint16_t) break;
    case 4: RUN(uint32_t) break;
    default: RUN(uint64_t) break;
  }
#undef RUN
}

// Fills a register with the operand's elements at places begin..<begin + count of the first `rank`
// axes.
static void load_strided(
    const ck_program *program, const ck_operand *operand, int rank, char *destination,
    int64_t begin, int64_t count) {
  int bytes = operand->element_bytes;
  if (rank == 0) {
    memcpy(destination, operand->data, (size_t)bytes);
    return;
  }
  int last = rank - 1;
  int64_t index[CK_MAX_RANK];
  int64_t rest = begin, offset = 0;
  for (int axis = last; axis >= 0; --axis) {
    index[axis] = rest % program->dimensions[axis];
    rest /= program->dimensions[axis];
    offset += index[axis] * operand->strides[axis];
  }
  const char *source = operand->data;
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

// Each thread has memory for its registers, for what its reductions have come to so far, and a
// number for each row reduction of a long row.

static int widest(const ck_program *program) {
  int bytes = 4;
  for (int i = 0; i < program->operand_count; ++i)
    if (program->operands[i].element_bytes > bytes) bytes = program->operands[i].element_bytes;
  for (int i = 0; i < program->instruction_count; ++i)
    if (program->instructions[i].element_bytes > bytes)
      bytes = program->instructions[i].element_bytes;
  return bytes;
}

// With room for sixteen elements more, and an odd number of cache lines, so that equal places of
// registers lie in different sets of the cache.
static size_t register_bytes(const ck_program *program, int index, int element_bytes) {
  bool is_long = index >= program->operand_count &&
                 program->registers[index - program->operand_count] == CK_LONG_REGISTER;
  size_t length = is_long ? (size_t)program->row : CK_BLOCK;
  return lines((length + 16) * (size_t)element_bytes) | 64;
}

static size_t registers_bytes(const ck_program *program) {
  int bytes = widest(program);
  size_t sum = 0;
  for (int i = 0; i < program->operand_count + program->register_count; ++i)
    sum += register_bytes(program, i, bytes);
  return sum;
}

static size_t thread_bytes(const ck_program *program) {
  size_t bytes = registers_bytes(program) + lines((size_t)program->instruction_count * 8);
  bytes += (size_t)program->saved_count * saved_bytes(program);
  for (int i = 0; i < program->result_count; ++i)
    bytes += ck_partial_bytes(program, &program->results[i]);
  return bytes;
}

size_t ck_program_scratch_bytes(const ck_program *program, int threads) {
  return thread_bytes(program) * (size_t)threads;
}

// The place of a result's running reduction in a thread's scratch memory.
static char *partial_of(const ck_program *program, char *scratch, int which) {
  char *place =
      scratch + registers_bytes(program) + lines((size_t)program->instruction_count * 8);
  for (int i = 0; i < which; ++i) place += ck_partial_bytes(program, &program->results[i]);
  return place;
}

// MARK: - Running

typedef struct {
  const ck_program *program;
  char *scratch;
  size_t stride;
} run_context;

// The elements that an instruction works on now: `count` of them at `start` of the domain, which
// lie at `offset` of a long register.
typedef struct {
  int64_t start, count, offset, rows, row;
} stretch;

static void reduce_outer(walk *w, int which, const char *values, stretch at) {
  const ck_program *program = w->program;
  const ck_result *result = &program->results[which];
  char *partial = w->partials[which];
  int64_t count = at.rows > 1 ? at.row : at.count;
  if (result->mode == CK_MOMENTS_OUTER) {
    moments m = moments_at(program, result, partial);
    bool is_first = *m.merged == 0 && w->waiting[which] == 0;
    ck_add_moments(program, result, values, at.offset, at.rows, count, partial, is_first);
  } else {
    ck_column_reducer_for(is_double(result), result->reduction)(
        partial + at.offset * result->element_bytes, values, at.rows, count, count);
  }
  if (at.offset + count < program->row) return;
  w->waiting[which] += at.rows;
  if (w->waiting[which] < FLUSH_ROWS) return;
  ck_flush(program, result, partial, w->waiting[which], 1);
  w->waiting[which] = 0;
}

static void keep(walk *w, int which, int64_t phase, stretch at) {
  const ck_result *result = &w->program->results[which];
  const char *values = w->registers[result->source];
  int bytes = result->element_bytes;
  switch (result->mode) {
    case CK_STORE: {
      if (phase + 1 < w->program->phase_count) return;
      char *place = (char *)result->data + at.start * bytes;
      if (place != values) memmove(place, values, (size_t)(at.count * bytes));
      return;
    }
    case CK_REDUCE_ALL:
      if (phase != result->phase) return;
      w->running[which] = combine(
          result->reduction, w->running[which],
          reduced(result->reduction, values, at.count, bytes));
      return;
    case CK_REDUCE_OUTER:
    case CK_MOMENTS_OUTER:
      if (phase == result->phase) reduce_outer(w, which, values, at);
      return;
    case CK_STORE_ROWS:
    case CK_REDUCE_ALL_ROWS: return;
  }
}

static void keep_rows(walk *w, int which, int64_t first_row, int64_t rows) {
  const ck_result *result = &w->program->results[which];
  const char *values = w->registers[result->source];
  int bytes = result->element_bytes;
  if (result->mode == CK_STORE_ROWS)
    memmove((char *)result->data + first_row * bytes, values, (size_t)(rows * bytes));
  else if (result->mode == CK_REDUCE_ALL_ROWS)
    w->running[which] = combine(
        result->reduction, w->running[which], reduced(result->reduction, values, rows, bytes));
}

static void reduce_row(walk *w, int index, const ck_instruction *step, stretch at) {
  char *target = w->registers[step->destination];
  const char *values = w->registers[step->a];
  int bytes = step->element_bytes;
  if (!has_long_rows(w->program)) {
    ck_row_reducer_for(bytes == 8, step->reduction)(target, values, at.rows, at.row);
    return;
  }
  double part = reduced(step->reduction, values, at.count, bytes);
  double *number = &w->row_numbers[index];
  *number = at.offset == 0 ? part : combine(step->reduction, *number, part);
  ck_write_number(target, 0, bytes, *number);
}

// Points the registers at the stretch and loads what must be copied. Short rows are loaded once, in
// the first phase.
static void load(walk *w, int64_t phase, stretch at) {
  const ck_program *program = w->program;
  bool is_long = has_long_rows(program);
  for (int i = 0; i < program->operand_count; ++i) {
    const ck_operand *operand = &program->operands[i];
    if (operand->is_per_row) continue;
    if (operand->mode == CK_LINEAR)
      w->registers[i] = (char *)operand->data + at.start * operand->element_bytes;
    else if (
        operand->mode == CK_STRIDED && (is_long ? (operand->phases >> phase) & 1 : phase == 0))
      load_strided(program, operand, program->rank, w->registers[i], at.start, at.count);
  }
  if (!is_long && phase > 0) return;
  int bytes = widest(program);
  for (int i = 0; i < program->register_count; ++i)
    if (program->registers[i] == CK_LONG_REGISTER) {
      int place = program->operand_count + i;
      w->registers[place] = w->memories[place] + at.offset * bytes;
    }
  for (int i = 0; i < program->instruction_count; ++i)
    if (program->direct[i] >= 0) {
      const ck_result *result = &program->results[program->direct[i]];
      w->registers[program->instructions[i].destination] =
          (char *)result->data + at.start * result->element_bytes;
    }
}

static void load_rows(walk *w, int64_t first_row, int64_t rows) {
  const ck_program *program = w->program;
  for (int i = 0; i < program->operand_count; ++i) {
    const ck_operand *operand = &program->operands[i];
    if (!operand->is_per_row) continue;
    if (operand->mode == CK_LINEAR)
      w->registers[i] = (char *)operand->data + first_row * operand->element_bytes;
    else if (operand->mode == CK_STRIDED)
      load_strided(program, operand, program->outer_rank, w->registers[i], first_row, rows);
  }
}

static void run_elements(walk *w, const ck_phase *phase, stretch at) {
  const ck_program *program = w->program;
  for (int i = phase->first; i < phase->rows_first; ++i) {
    const ck_instruction *step = &program->instructions[i];
    switch (step->scope) {
      case CK_SPREAD:
        ck_spread(
            w->registers[step->destination], w->registers[step->a], at.rows, at.row,
            step->element_bytes);
        break;
      case CK_REDUCE: reduce_row(w, i, step, at); break;
      default:
        step->function(
            w->registers[step->destination], w->registers[step->a], w->registers[step->b],
            w->registers[step->c], at.count);
    }
  }
}

static void run_block(walk *w, int64_t start, int64_t count) {
  const ck_program *program = w->program;
  int64_t row = program->row < count ? program->row : count;
  int64_t first_row = start / program->row, rows = count / row;
  bool is_long = has_long_rows(program);
  load_rows(w, first_row, rows);
  for (int64_t p = 0; p < program->phase_count; ++p) {
    const ck_phase *phase = &program->phases[p];
    for (int64_t offset = 0; offset < count; offset += CK_BLOCK) {
      int64_t part = count - offset < CK_BLOCK ? count - offset : CK_BLOCK;
      stretch at = {start + offset, part, offset, rows, is_long ? part : row};
      load(w, p, at);
      run_elements(w, phase, at);
      for (int i = 0; i < program->result_count; ++i) keep(w, i, p, at);
    }
    for (int i = phase->rows_first; i < phase->end; ++i) {
      const ck_instruction *step = &program->instructions[i];
      step->function(
          w->registers[step->destination], w->registers[step->a], w->registers[step->b],
          w->registers[step->c], rows);
    }
  }
  for (int i = 0; i < program->result_count; ++i) keep_rows(w, i, first_row, rows);
}

// Gives the registers and running reductions memory.
static void prepare(walk *w, char *scratch) {
  const ck_program *program = w->program;
  int operands = program->operand_count, bytes = widest(program);
  char *place = scratch;
  for (int i = 0; i < operands + program->register_count; ++i) {
    w->registers[i] = w->memories[i] = place;
    place += register_bytes(program, i, bytes);
  }
  w->row_numbers = (double *)place;
  for (int i = 0; i < program->result_count; ++i) {
    w->running[i] = ck_identity_of(program->results[i].reduction);
    w->waiting[i] = 0;
    w->partials[i] = partial_of(program, scratch, i);
  }
  w->saved = partial_of(program, scratch, program->result_count);
}

// Fills the registers that never change.
static void fill_steady(walk *w) {
  const ck_program *program = w->program;
  int64_t rows = rows_per_block(program);
  for (int i = 0; i < program->operand_count; ++i) {
    const ck_operand *operand = &program->operands[i];
    int64_t count = operand->is_per_row ? rows : CK_BLOCK;
    if (count > program->count) count = program->count;
    if (operand->mode == CK_SINGLE)
      load_run(w->registers[i], operand->data, 0, count, operand->element_bytes);
    else if (operand->mode == CK_REPEATED)
      load_strided(
          program, operand, program->rank, w->registers[i], 0,
          rows * program->row < program->count ? rows * program->row : program->count);
  }
}

static void run_blocks(walk *w, int64_t begin, int64_t end) {
  int64_t block = rows_per_block(w->program) * w->program->row;
  for (int64_t start = begin; start < end; start += block)
    run_block(w, start, end - start < block ? end - start : block);
}

static bool has_moments(const ck_program *program) {
  for (int i = 0; i < program->result_count; ++i)
    if (program->results[i].mode == CK_MOMENTS_OUTER) return true;
  return false;
}

// The first block gives moments what their distances are from, and is put away.
static int64_t run_first(walk *w, int64_t start, int64_t end) {
  const ck_program *program = w->program;
  if (!has_moments(program)) return start;
  int64_t block = rows_per_block(program) * program->row;
  int64_t count = end - start < block ? end - start : block;
  run_block(w, start, count);
  for (int i = 0; i < program->result_count; ++i) {
    ck_keep mode = program->results[i].mode;
    if (mode != CK_REDUCE_OUTER && mode != CK_MOMENTS_OUTER) continue;
    ck_flush(program, &program->results[i], w->partials[i], w->waiting[i], 1);
    w->waiting[i] = 0;
  }
  return start + count;
}

static void run_range(void *context, int64_t begin, int64_t end, int thread) {
  const run_context *run = context;
  const ck_program *program = run->program;
  walk w;
  w.program = program;
  prepare(&w, run->scratch + (size_t)thread * run->stride);
  if (!program->code || program->copies > 1 || has_moments(program)) fill_steady(&w);
  if (program->code) begin = ck_run_code(&w, run_first(&w, begin, end), end);
  run_blocks(&w, begin, end);
  for (int i = 0; i < program->result_count; ++i) {
    const ck_result *result = &program->results[i];
    if (result->mode == CK_REDUCE_ALL || result->mode == CK_REDUCE_ALL_ROWS)
      *(double *)w.partials[i] = w.running[i];
    else if (result->mode == CK_REDUCE_OUTER || result->mode == CK_MOMENTS_OUTER)
      ck_flush(program, result, w.partials[i], w.waiting[i], 1);
  }
}

void ck_run(const ck_program *program, int threads, void *scratch) {
  run_context run = {program, scratch, thread_bytes(program)};
  for (int i = 0; i < program->result_count; ++i)
    for (int thread = 0; thread < threads; ++thread)
      ck_reset(
          program, &program->results[i],
          partial_of(program, (char *)scratch + (size_t)thread * run.stride, i));
  ck_parallel(threads, program->count, program->row, run_range, &run);
  for (int i = 0; i < program->result_count; ++i)
    ck_finish(program, &program->results[i], partial_of(program, scratch, i), run.stride, threads);
}
