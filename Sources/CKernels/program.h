// What the block interpreter and machine code share: how a program's domain is walked and what its
// reductions have come to.

#ifndef CK_PROGRAM_H
#define CK_PROGRAM_H

#include "ckernels.h"
#include "internal.h"

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

// Running moments over the outer axis: sums and squares of distances from a shift, and the means
// and squares that these are merged into from time to time.
typedef struct {
  char *sums, *squares, *shift;
  double *mean, *distances;
  int64_t *merged;  // rows in `mean` and `distances`
} moments;

/// Rows after which running reductions over the outer axis are put away, so that rounding errors
/// stay small.
#define FLUSH_ROWS 256

static inline bool is_double(const ck_result *result) { return result->element_bytes == 8; }

static inline double combine(ck_reduction reduction, double a, double b) {
  switch (reduction) {
    case CK_SUM: return a + b;
    case CK_MAX: return a > b || a != a ? a : b;
    case CK_MIN: return a < b || a != a ? a : b;
    case CK_PRODUCT: return a * b;
  }
  return 0;
}

static inline double read_number(const void *data, int64_t index, int bytes) {
  return bytes == 8 ? ((const double *)data)[index] : ((const float *)data)[index];
}

// One number from `count` numbers.
static inline double reduced(ck_reduction reduction, const void *values, int64_t count, int bytes) {
  double number = 0;
  ck_row_reducer_for(bytes == 8, reduction)(&number, values, 1, count);
  return read_number(&number, 0, bytes);
}

static inline size_t lines(size_t bytes) { return (bytes + 63) & ~(size_t)63; }

static inline bool has_long_rows(const ck_program *program) { return program->row > CK_BLOCK; }

// Rows of a block.
static inline int64_t rows_per_block(const ck_program *program) {
  return has_long_rows(program) ? 1 : CK_BLOCK / program->row;
}

// Elements of a row as machine code walks over it.
static inline int64_t long_row(const ck_program *program) { return program->row * program->copies; }

// A row that machine code keeps between phases.
static inline size_t saved_bytes(const ck_program *program) {
  return lines((size_t)(program->row + 16) * 4) | 64;
}

static inline moments moments_at(
    const ck_program *program, const ck_result *result, char *partial) {
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

/// Bytes of a result's running reduction.
size_t ck_partial_bytes(const ck_program *program, const ck_result *result);
/// Sets a thread's running reduction back, because a thread without rows never touches it.
void ck_reset(const ck_program *program, const ck_result *result, char *partial);
/// Adds rows of values at columns column..<column + count to running moments; the first ones of all
/// give the shift.
void ck_add_moments(
    const ck_program *program, const ck_result *result, const char *values, int64_t column,
    int64_t rows, int64_t count, char *partial, bool is_first);
/// Puts away what was added to a running reduction over the outer axis: to each of its first
/// `copies` rows, `rows` rows.
void ck_flush(
    const ck_program *program, const ck_result *result, char *partial, int64_t rows,
    int64_t copies);
/// Puts the threads' running reductions together, which lie `stride` bytes apart.
void ck_finish(
    const ck_program *program, const ck_result *result, char *first, size_t stride, int threads);
/// Runs machine code on as many elements as fill its rows; gives where these end.
int64_t ck_run_code(walk *w, int64_t start, int64_t end);

#endif
