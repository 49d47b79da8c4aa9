#include <string.h>

#include "CPictures.h"
#include "kernels.h"

/* The weighted sum of some rows. */
WIDE static void addRows(const uint8_t *source, int64_t stride, int64_t taps, const float *weights,
                         float *row) {
  for (int64_t i = 0; i < stride; i++) row[i] = weights[0] * (float)source[i];
  for (int64_t tap = 1; tap < taps; tap++) {
    const uint8_t *pixels = source + tap * stride;
    float weight = weights[tap];
    if (weight == 0) continue;
    for (int64_t i = 0; i < stride; i++) row[i] += weight * (float)pixels[i];
  }
}

typedef float Four __attribute__((vector_size(16)));
typedef int32_t FourWhole __attribute__((vector_size(16)));
typedef uint8_t FourBytes __attribute__((vector_size(4)));

INLINE Four fourAt(const float *values) {
  Four four;
  memcpy(&four, values, sizeof four);
  return four;
}

/* Three channels ride in a vector of four; the fourth is whatever follows, and is written over by the
   next pixel or, after the last one, left out. Means of bytes stay bytes. */
INLINE FourBytes narrowed(const float *pixel, const float *weights, int64_t taps) {
  Four sum = fourAt(pixel) * weights[0] + 0.5f;
  for (int64_t tap = 1; tap < taps; tap++) sum += fourAt(pixel + 3 * tap) * weights[tap];
  return __builtin_convertvector(__builtin_convertvector(sum, FourWhole), FourBytes);
}

INLINE void narrowColours(const float *row, const MoruTaps *columns, int64_t taps,
                          uint8_t *result) {
  int64_t last = columns->count - 1;
  for (int64_t column = 0; column < last; column++) {
    FourBytes bytes =
        narrowed(row + columns->starts[column] * 3, columns->weights + column * taps, taps);
    memcpy(result + 3 * column, &bytes, 4);
  }
  FourBytes bytes = narrowed(row + columns->starts[last] * 3, columns->weights + last * taps, taps);
  memcpy(result + 3 * last, &bytes, 3);
}

WIDE static void narrowColour(const float *row, const MoruTaps *columns, uint8_t *result) {
  switch (columns->taps) {
    case 2: narrowColours(row, columns, 2, result); break;
    case 3: narrowColours(row, columns, 3, result); break;
    case 4: narrowColours(row, columns, 4, result); break;
    default: narrowColours(row, columns, columns->taps, result);
  }
}

static void narrowGrey(const float *row, const MoruTaps *columns, uint8_t *result) {
  for (int64_t column = 0; column < columns->count; column++) {
    const float *pixel = row + columns->starts[column];
    const float *weights = columns->weights + column * columns->taps;
    float sum = 0.5f;
    for (int64_t tap = 0; tap < columns->taps; tap++) sum += pixel[tap] * weights[tap];
    result[column] = (uint8_t)(int)sum;
  }
}

void moruResamplePicture(const uint8_t *source, MoruPictureSize size, uint8_t *result,
                         const MoruTaps *rows, const MoruTaps *columns, float *row) {
  int64_t stride = size.width * size.channels;
  memset(row + stride, 0, 4 * sizeof(float));
  for (int64_t place = 0; place < rows->count; place++) {
    addRows(source + rows->starts[place] * stride, stride, rows->taps,
            rows->weights + place * rows->taps, row);
    if (size.channels == 3) narrowColour(row, columns, result);
    else narrowGrey(row, columns, result);
    result += columns->count * size.channels;
  }
}
