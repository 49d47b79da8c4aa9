// Looks at text, once per instruction set, and chooses at run time.

#include "ckernels.h"
#include "dispatch.h"

#if defined(__x86_64__)
#pragma clang attribute push( \
    __attribute__((target("arch=x86-64-v4,no-prefer-256-bit"))), apply_to = function)
#define CK_SUFFIX v4
#include "text.inc"
#include "undefine.inc"
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("arch=x86-64-v3"))), apply_to = function)
#define CK_SUFFIX v3
#include "text.inc"
#include "undefine.inc"
#pragma clang attribute pop
#endif

#define CK_SUFFIX base
#include "text.inc"
#include "undefine.inc"

int64_t ck_utf8_characters(const uint8_t *bytes, int64_t count) {
  return CK_SELECT_BODY(utf8_characters)(bytes, count);
}
