#ifndef C_TEXT_CONVERSION_H
#define C_TEXT_CONVERSION_H

#include <errno.h>
#include <iconv.h>
#include <stddef.h>

/* iconv_open returns (iconv_t)-1 for an encoding that it does not know, which Swift cannot spell. */
static inline iconv_t moruOpenConversion(const char *to, const char *from) {
  iconv_t conversion = iconv_open(to, from);
  return conversion == (iconv_t)-1 ? NULL : conversion;
}

/* Converts as much as fits. Returns 0, or errno: E2BIG without room, EILSEQ at bytes that mean
   nothing, EINVAL at the beginning of a character whose rest is missing. */
static inline int moruConvert(iconv_t conversion, const char **input, size_t *inputCount,
                              char **output, size_t *outputCount) {
  size_t result = iconv(conversion, (char **)input, inputCount, output, outputCount);
  return result == (size_t)-1 ? errno : 0;
}

#endif
