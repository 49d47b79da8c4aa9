// Threads: the OpenMP team that oneDNN uses, reached without compiling with OpenMP.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <sched.h>
#include <unistd.h>

#include "ckernels.h"

typedef void (*gomp_parallel)(void (*)(void *), void *, unsigned, unsigned);
typedef int (*omp_number)(void);
typedef void (*omp_set_number)(int);

static struct {
  gomp_parallel parallel;
  omp_number thread, team_size;
  omp_set_number set_team_size;
} openmp;

__attribute__((constructor)) static void find_openmp(void) {
  void *library = dlopen("libgomp.so.1", RTLD_LAZY | RTLD_GLOBAL);
  if (!library) return;
  openmp.thread = (omp_number)dlsym(library, "omp_get_thread_num");
  openmp.team_size = (omp_number)dlsym(library, "omp_get_num_threads");
  openmp.set_team_size = (omp_set_number)dlsym(library, "omp_set_num_threads");
  if (openmp.thread && openmp.team_size)
    openmp.parallel = (gomp_parallel)dlsym(library, "GOMP_parallel");
}

int ck_processor_count(void) {
#if defined(__linux__)
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof(set), &set) == 0 && CPU_COUNT(&set) > 0) return CPU_COUNT(&set);
#endif
  long count = sysconf(_SC_NPROCESSORS_ONLN);
  return count > 0 ? (int)count : 1;
}

void ck_set_thread_count(int threads) {
  if (openmp.set_team_size) openmp.set_team_size(threads);
}

typedef struct {
  ck_body body;
  void *context;
  int64_t count, unit;
  int threads;
} region;

static void run_part(const region *work, int part) {
  int64_t units = (work->count + work->unit - 1) / work->unit;
  int64_t begin = units * part / work->threads * work->unit;
  int64_t end = units * (part + 1) / work->threads * work->unit;
  if (end > work->count) end = work->count;
  if (begin < end) work->body(work->context, begin, end, part);
}

static void enter(void *data) {
  const region *work = data;
  // A smaller team than asked for computes the same parts, so results do not depend on it.
  int team = openmp.team_size();
  for (int part = openmp.thread(); part < work->threads; part += team) run_part(work, part);
}

void ck_parallel(int threads, int64_t count, int64_t unit, ck_body body, void *context) {
  region work = {body, context, count, unit > 0 ? unit : 1, threads > 0 ? threads : 1};
  if (work.threads > 1 && openmp.parallel) {
    openmp.parallel(enter, &work, (unsigned)work.threads, 0);
  } else {
    for (int part = 0; part < work.threads; ++part) run_part(&work, part);
  }
}
