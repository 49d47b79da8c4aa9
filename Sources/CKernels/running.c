// What a program's reductions have come to so far, in each thread, and how it is put together.

#include <string.h>

#include "program.h"

// A running reduction over the outer axis: a row, and one that it is added to from time to time so
// that rounding errors stay small. For moments: sums and squares of distances from a shift, which
// are merged into means and squares from time to time, and the number of rows in these.
size_t ck_partial_bytes(const ck_program *program, const ck_result *result) {
  size_t row = lines((size_t)long_row(program) * (size_t)result->element_bytes);
  switch (result->mode) {
    case CK_REDUCE_ALL:
    case CK_REDUCE_ALL_ROWS: return 128;
    case CK_REDUCE_OUTER: return 2 * row;
    case CK_MOMENTS_OUTER: return 3 * row + 2 * lines((size_t)program->row * 8) + 64;
    default: return 0;
  }
}

// MARK: - Moments

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

void ck_add_moments(
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

// MARK: - Putting together

void ck_flush(
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

void ck_reset(const ck_program *program, const ck_result *result, char *partial) {
  double identity = ck_identity_of(result->reduction);
  int64_t length = 2 * (int64_t)lines((size_t)long_row(program) * (size_t)result->element_bytes);
  if (result->mode == CK_REDUCE_ALL || result->mode == CK_REDUCE_ALL_ROWS)
    *(double *)partial = identity;
  else if (result->mode == CK_REDUCE_OUTER)
    ck_fill_number(partial, result->element_bytes, length / result->element_bytes, identity);
  else if (result->mode == CK_MOMENTS_OUTER)
    memset(partial, 0, ck_partial_bytes(program, result));
}

void ck_finish(
    const ck_program *program, const ck_result *result, char *first, size_t stride, int threads) {
  int bytes = result->element_bytes;
  size_t row = lines((size_t)long_row(program) * (size_t)bytes);
  moments all = {0};
  if (result->mode == CK_MOMENTS_OUTER) all = moments_at(program, result, first);
  double total = ck_identity_of(result->reduction);
  for (int thread = 0; thread < threads; ++thread) {
    char *partial = first + (size_t)thread * stride;
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
