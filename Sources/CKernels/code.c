// Fused passes as machine code: memory for it, and the walk over a program's domain with it.

#include <string.h>
#include <sys/mman.h>

#include "program.h"

ck_code ck_map_code(const void *bytes, size_t count) {
  void *place = mmap(NULL, count, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (place == MAP_FAILED) return NULL;
  memcpy(place, bytes, count);
  if (mprotect(place, count, PROT_READ | PROT_EXEC) != 0) {
    munmap(place, count);
    return NULL;
  }
  return (ck_code)place;
}

void ck_unmap_code(ck_code code, size_t count) { munmap((void *)code, count); }

// MARK: - Walking

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
    int64_t offset = first_row * operand->row_bytes + start / program->group * operand->group_bytes;
    *places++ = is_long ? w->memories[i] : (char *)operand->data + offset;
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
      ck_flush(program, result, w->partials[i], rows / program->copies, program->copies);
    }
  }
}

int64_t ck_run_code(walk *w, int64_t start, int64_t end) {
  const ck_program *program = w->program;
  int64_t most = rows_at_a_time(program) * program->row;
  int64_t unit = program->walk == CK_WALK_ELEMENTS ? 1 : long_row(program);
  void *places[2 * CK_MAX_REGISTERS + 3 * CK_MAX_RESULTS];
  for (;;) {
    int64_t count = end - start < most ? end - start : most;
    int64_t left = program->group - start % program->group;
    if (left < count) count = left;
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
