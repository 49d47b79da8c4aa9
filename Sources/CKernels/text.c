// Looks at text, once per instruction set, and chooses at run time.

#include "ckernels.h"
#include "dispatch.h"

#define CK_BODY "text.inc"
#include "variants.inc"

int64_t ck_utf8_characters(const uint8_t *bytes, int64_t count) {
  return CK_SELECT_BODY(utf8_characters)(bytes, count);
}
