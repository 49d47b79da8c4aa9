// Memory for functions in machine code.

#include <string.h>
#include <sys/mman.h>

#include "ckernels.h"

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
