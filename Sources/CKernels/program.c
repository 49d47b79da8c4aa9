// The block interpreter: runs a fused chain of elementwise operations over blocks that stay in the
// first cache, with loads that broadcast and reductions, of rows within the chain or at its end.

#include <string.h>

#include "ckernels.h"
#include "internal.h"

static bool is_double(const ck_result *result) { return result->element_bytes == 8; }

static double combine(ck_reduction reduction, double a, double b) {
  switch (reduction) {
    case CK_SUM: return a + b;
    case CK_MAX: return a > b || a != a ? a : b;
    case CK_MIN: return a < b || a != a ? a : b;
    case CK_PRODUCT: return a * b;
  }
  return 0;
}

static double read_number(const void *data, int64_t index, int bytes) {
  return bytes == 8 ? ((const double *)data)[index] : ((const float *)data)[index];
}

// One number from `count` numbers.
static double reduced(ck_reduction reduction, const void *values, int64_t count, int bytes) {
  double number = 0;
  ck_row_reducer_for(bytes == 8, reduction)(&number, values, 1, count);
  return read_number(&number, 0, bytes);
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

static size_t lines(size_t bytes) { return (bytes + 63) & ~(size_t)63; }

static bool has_long_rows(const ck_program *program) { return program->row > CK_BLOCK; }

// Rows of a block.
static int64_t rows_per_block(const ck_program *program) {
  return has_long_rows(program) ? 1 : CK_BLOCK / program->row;
}

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

// Elements of a row as machine code walks over it.
static int64_t long_row(const ck_program *program) { return program->row * program->copies; }

// A running reduction over the outer axis: a row, and one that it is added to from time to time so
// that rounding errors stay small. For moments: sums and squares of distances from a shift, which
// are merged into means and squares from time to time, and the number of rows in these.
static size_t partial_bytes(const ck_program *program, const ck_result *result) {
  size_t row = lines((size_t)long_row(program) * (size_t)result->element_bytes);
  switch (result->mode) {
    case CK_REDUCE_ALL:
    case CK_REDUCE_ALL_ROWS: return 128;
    case CK_REDUCE_OUTER: return 2 * row;
    case CK_MOMENTS_OUTER: return 3 * row + 2 * lines((size_t)program->row * 8) + 64;
    default: return 0;
  }
}

static size_t registers_bytes(const ck_program *program) {
  int bytes = widest(program);
  size_t sum = 0;
  for (int i = 0; i < program->operand_count + program->register_count; ++i)
    sum += register_bytes(program, i, bytes);
  return sum;
}

static size_t saved_bytes(const ck_program *program) {
  return lines((size_t)(program->row + 16) * 4) | 64;
}

static size_t thread_bytes(const ck_program *program) {
  size_t bytes = registers_bytes(program) + lines((size_t)program->instruction_count * 8);
  bytes += (size_t)program->saved_count * saved_bytes(program);
  for (int i = 0; i < program->result_count; ++i)
    bytes += partial_bytes(program, &program->results[i]);
  return bytes;
}

size_t ck_program_scratch_bytes(const ck_program *program, int threads) {
  return thread_bytes(program) * (size_t)threads;
}

// The place of a result's running reduction in a thread's scratch memory.
static char *partial_of(const ck_program *program, char *scratch, int which) {
  char *place =
      scratch + registers_bytes(program) + lines((size_t)program->instruction_count * 8);
  for (int i = 0; i < which; ++i) place += partial_bytes(program, &program->results[i]);
  return place;
}

// MARK: - Moments

typedef struct {
  char *sums, *squares, *shift;
  double *mean, *distances;
  int64_t *merged;  // rows in `mean` and `distances`
} moments;

static moments moments_at(const ck_program *program, const ck_result *result, char *partial) {
  size_t row = lines((size_t)long_row(program) * (size_t)result->element_bytes);
  size_t wide = lines((size_t)program->row * 8);
  moments m;
  m.sums = partial;
  m.squares = partial + row;
  m.shift = partial + 2 * row;
  m.mean = (double *)(partial + 3 * row);
  m.distances = (double *)(partial + 3 * row + wide);
  m.merged = (int64_t *)(partial + 3 * row + 2 * wide);
  return m;
}

// Adds `rows` rows with a mean and a sum of squared distances from it to those of others
// (Chan, Golub, LeVeque 1983, doi:10.1080/00031305.1983.10483115).
static void merge_moments(
    double *mean, double *distances, int64_t merged, double part_mean, double part_distances,
    int64_t rows) {
  double delta = part_mean - *mean, share = (double)rows / (double)(merged + rows);
  *mean += delta * share;
  *distances += part_distances + delta * delta * (double)merged * share;
}

// Merges what was added to each of `copies` rows since the last time, and takes the mean as the new
// shift.
static void flush_moments(
    const ck_program *program, const ck_result *result, char *partial, int64_t rows,
    int64_t copies) {
  if (rows == 0) return;
  moments m = moments_at(program, result, partial);
  int bytes = result->element_bytes;
  double share = 1 / (double)rows;
  for (int64_t copy = 0; copy < copies; ++copy) {
    int64_t first = copy * program->row;
    for (int64_t i = 0; i < program->row; ++i) {
      double sum = read_number(m.sums, first + i, bytes);
      double mean = read_number(m.shift, first + i, bytes) + sum * share;
      double distances = read_number(m.squares, first + i, bytes) - sum * sum * share;
      if (distances < 0) distances = 0;
      merge_moments(&m.mean[i], &m.distances[i], *m.merged, mean, distances, rows);
    }
    *m.merged += rows;
  }
  for (int64_t i = 0; i < long_row(program); ++i)
    ck_write_number(m.shift, i, bytes, m.mean[i % program->row]);
  ck_fill_number(m.sums, bytes, long_row(program), 0);
  ck_fill_number(m.squares, bytes, long_row(program), 0);
}

static void add_moments(
    const ck_program *program, const ck_result *result, const char *values, int64_t column,
    int64_t rows, int64_t count, char *partial, bool is_first) {
  moments m = moments_at(program, result, partial);
  int64_t offset = column * result->element_bytes;
  char *shift = m.shift + offset;
  // The first block's mean is near enough to all others' that their distances from it keep their
  // digits.
  if (is_first) {
    ck_column_reducer_for(is_double(result), CK_SUM)(shift, values, rows, count, count);
    for (int64_t i = 0; i < count; ++i)
      ck_write_number(
          shift, i, result->element_bytes,
          read_number(shift, i, result->element_bytes) / (double)rows);
  }
  ck_moment_adder_for(is_double(result))(
      m.sums + offset, m.squares + offset, shift, values, rows, count);
}

// MARK: - Running

#define FLUSH_ROWS 256

typedef struct {
  const ck_program *program;
  char *scratch;
  size_t stride;
} run_context;

// One thread's walk.
typedef struct {
  const ck_program *program;
  char *registers[CK_MAX_REGISTERS];
  char *memories[CK_MAX_REGISTERS];  // the registers' own memory
  char *partials[CK_MAX_RESULTS];
  char *saved;  // rows that machine code keeps between phases
  double *row_numbers;  // for each instruction that reduces a long row
  double running[CK_MAX_RESULTS];
  int64_t waiting[CK_MAX_RESULTS];  // rows since the last flush
} walk;

// The elements that an instruction works on now: `count` of them at `start` of the domain, which
// lie at `offset` of a long register.
typedef struct {
  int64_t start, count, offset, rows, row;
} stretch;

static void flush(
    const ck_program *program, const ck_result *result, char *partial, int64_t rows,
    int64_t copies) {
  if (result->mode == CK_MOMENTS_OUTER) {
    flush_moments(program, result, partial, rows, copies);
    return;
  }
  int bytes = result->element_bytes;
  size_t row = lines((size_t)long_row(program) * (size_t)bytes);
  ck_column_reducer_for(is_double(result), result->reduction)(
      partial + row, partial, copies, program->row, program->row);
  ck_fill_number(partial, bytes, copies * program->row, ck_identity_of(result->reduction));
}

static void reduce_outer(walk *w, int which, const char *values, stretch at) {
  const ck_program *program = w->program;
  const ck_result *result = &program->results[which];
  char *partial = w->partials[which];
  int64_t count = at.rows > 1 ? at.row : at.count;
  if (result->mode == CK_MOMENTS_OUTER) {
    moments m = moments_at(program, result, partial);
    bool is_first = *m.merged == 0 && w->waiting[which] == 0;
    add_moments(program, result, values, at.offset, at.rows, count, partial, is_first);
  } else {
    ck_column_reducer_for(is_double(result), result->reduction)(
        partial + at.offset * result->element_bytes, values, at.rows, count, count);
  }
  if (at.offset + count < program->row) return;
  w->waiting[which] += at.rows;
  if (w->waiting[which] < FLUSH_ROWS) return;
  flush(program, result, partial, w->waiting[which], 1);
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

// MARK: - Machine code

// Rows that machine code may take before running reductions are put away.
static int64_t rows_at_a_time(const ck_program *program) {
  int64_t rows = program->count / program->row + 1;
  for (int i = 0; i < program->result_count; ++i) {
    ck_keep mode = program->results[i].mode;
    int64_t most = rows;
    if (mode == CK_REDUCE_OUTER || mode == CK_MOMENTS_OUTER) most = FLUSH_ROWS * program->copies;
    if (mode == CK_REDUCE_ALL || mode == CK_REDUCE_ALL_ROWS) most = 16 * CK_BLOCK / program->row;
    if (most < rows) rows = most;
  }
  return rows < program->copies ? program->copies : rows - rows % program->copies;
}

static void fill_places(walk *w, void **places, int64_t start) {
  const ck_program *program = w->program;
  int64_t first_row = start / program->row;
  for (int i = 0; i < program->operand_count; ++i) {
    const ck_operand *operand = &program->operands[i];
    bool is_long = program->copies > 1 && operand->mode == CK_REPEATED;
    *places++ = is_long ? w->memories[i] : (char *)operand->data + first_row * operand->row_bytes;
  }
  for (int i = 0; i < program->result_count; ++i) {
    const ck_result *result = &program->results[i];
    char *partial = w->partials[i];
    int64_t length = result->mode == CK_STORE ? start : first_row;
    moments m = {0};
    switch (result->mode) {
      case CK_STORE:
      case CK_STORE_ROWS: m.sums = (char *)result->data + length * result->element_bytes; break;
      case CK_REDUCE_ALL:
      case CK_REDUCE_ALL_ROWS: m.sums = partial + 64; break;
      case CK_REDUCE_OUTER: m.sums = partial; break;
      case CK_MOMENTS_OUTER: m = moments_at(program, result, partial); break;
    }
    *places++ = m.sums;
    *places++ = m.squares;
    *places++ = m.shift;
  }
  for (int i = 0; i < program->saved_count; ++i)
    *places++ = w->saved + (size_t)i * saved_bytes(program);
}

// Puts away what machine code has added to running reductions in `rows` rows.
static void collect(walk *w, int64_t rows) {
  const ck_program *program = w->program;
  for (int i = 0; i < program->result_count; ++i) {
    const ck_result *result = &program->results[i];
    bool is_of_rows = result->mode == CK_REDUCE_ALL_ROWS;
    if (is_of_rows || result->mode == CK_REDUCE_ALL) {
      const float *lanes = (const float *)(w->partials[i] + 64);
      for (int lane = 0; lane < (is_of_rows ? 1 : 16); ++lane)
        w->running[i] = combine(result->reduction, w->running[i], lanes[lane]);
    } else if (result->mode == CK_REDUCE_OUTER || result->mode == CK_MOMENTS_OUTER) {
      flush(program, result, w->partials[i], rows / program->copies, program->copies);
    }
  }
}

// Runs machine code on as many elements as fill its rows; gives where these end.
static int64_t run_code(walk *w, int64_t start, int64_t end) {
  const ck_program *program = w->program;
  int64_t most = rows_at_a_time(program) * program->row;
  int64_t unit = program->walk == CK_WALK_ELEMENTS ? 1 : long_row(program);
  void *places[2 * CK_MAX_REGISTERS + 3 * CK_MAX_RESULTS];
  for (;;) {
    int64_t count = end - start < most ? end - start : most;
    count -= count % unit;
    if (count == 0) return start;
    for (int i = 0; i < program->result_count; ++i) {
      const ck_result *result = &program->results[i];
      if (result->mode == CK_REDUCE_ALL || result->mode == CK_REDUCE_ALL_ROWS)
        ck_fill_number(w->partials[i] + 64, 4, 16, ck_identity_of(result->reduction));
    }
    fill_places(w, places, start);
    program->code(places, program->walk == CK_WALK_ROWS ? count / program->row : count);
    collect(w, count / program->row);
    start += count;
  }
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
    flush(program, &program->results[i], w->partials[i], w->waiting[i], 1);
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
  if (program->code) begin = run_code(&w, run_first(&w, begin, end), end);
  run_blocks(&w, begin, end);
  for (int i = 0; i < program->result_count; ++i) {
    const ck_result *result = &program->results[i];
    if (result->mode == CK_REDUCE_ALL || result->mode == CK_REDUCE_ALL_ROWS)
      *(double *)w.partials[i] = w.running[i];
    else if (result->mode == CK_REDUCE_OUTER || result->mode == CK_MOMENTS_OUTER)
      flush(program, result, w.partials[i], w.waiting[i], 1);
  }
}

// Sets a thread's running reduction back, because a thread without rows never touches it.
static void reset(const ck_program *program, const ck_result *result, char *partial) {
  double identity = ck_identity_of(result->reduction);
  int64_t length = 2 * (int64_t)lines((size_t)long_row(program) * (size_t)result->element_bytes);
  if (result->mode == CK_REDUCE_ALL || result->mode == CK_REDUCE_ALL_ROWS)
    *(double *)partial = identity;
  else if (result->mode == CK_REDUCE_OUTER)
    ck_fill_number(partial, result->element_bytes, length / result->element_bytes, identity);
  else if (result->mode == CK_MOMENTS_OUTER)
    memset(partial, 0, partial_bytes(program, result));
}

// Puts the threads' running reductions together.
static void finish(const run_context *run, int which, int threads) {
  const ck_program *program = run->program;
  const ck_result *result = &program->results[which];
  int bytes = result->element_bytes;
  size_t row = lines((size_t)long_row(program) * (size_t)bytes);
  char *first = partial_of(program, run->scratch, which);
  moments all = {0};
  if (result->mode == CK_MOMENTS_OUTER) all = moments_at(program, result, first);
  double total = ck_identity_of(result->reduction);
  for (int thread = 0; thread < threads; ++thread) {
    char *partial = first + (size_t)thread * run->stride;
    if (result->mode == CK_REDUCE_ALL || result->mode == CK_REDUCE_ALL_ROWS) {
      total = combine(result->reduction, total, *(double *)partial);
    } else if (result->mode == CK_REDUCE_OUTER && thread > 0) {
      ck_column_reducer_for(is_double(result), result->reduction)(
          first + row, partial + row, 1, program->row, program->row);
    } else if (result->mode == CK_MOMENTS_OUTER && thread > 0) {
      moments m = moments_at(program, result, partial);
      if (*m.merged == 0) continue;
      for (int64_t i = 0; i < program->row; ++i)
        merge_moments(
            &all.mean[i], &all.distances[i], *all.merged, m.mean[i], m.distances[i], *m.merged);
      *all.merged += *m.merged;
    }
  }
  switch (result->mode) {
    case CK_REDUCE_ALL:
    case CK_REDUCE_ALL_ROWS: ck_write_number(result->data, 0, bytes, total); return;
    case CK_REDUCE_OUTER:
      memcpy(result->data, first + row, (size_t)program->row * (size_t)bytes);
      return;
    case CK_MOMENTS_OUTER:
      for (int64_t i = 0; i < program->row; ++i) {
        ck_write_number(result->data, i, bytes, all.mean[i] * (double)*all.merged);
        ck_write_number(result->squares, i, bytes, all.distances[i]);
      }
      return;
    default: return;
  }
}

void ck_run(const ck_program *program, int threads, void *scratch) {
  run_context run = {program, scratch, thread_bytes(program)};
  for (int i = 0; i < program->result_count; ++i)
    for (int thread = 0; thread < threads; ++thread)
      reset(
          program, &program->results[i],
          partial_of(program, (char *)scratch + (size_t)thread * run.stride, i));
  ck_parallel(threads, program->count, program->row, run_range, &run);
  for (int i = 0; i < program->result_count; ++i) finish(&run, i, threads);
}
