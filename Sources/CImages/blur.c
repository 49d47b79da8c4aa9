#include "CPictures.h"
#include "kernels.h"

/* Mirrored about the last pixel, however far beyond it. */
INLINE int64_t mirrored(int64_t place, int64_t size) {
  if (size == 1) return 0;
  int64_t period = 2 * (size - 1);
  int64_t round = place % period;
  if (round < 0) round += period;
  return round < size ? round : period - round;
}

WIDE static void addScaled(float *sum, const uint8_t *a, const uint8_t *b, float weight,
                           int64_t count) {
  for (int64_t i = 0; i < count; i++) sum[i] += weight * (float)((int)a[i] + (int)b[i]);
}

WIDE static void scale(float *sum, const uint8_t *a, float weight, int64_t count) {
  for (int64_t i = 0; i < count; i++) sum[i] = weight * (float)a[i];
}

enum { block = 256 };

WIDE static void weighRow(const float *padded, uint8_t *result, int64_t count, int64_t channels,
                          const float *weights, int64_t radius) {
  const float *middle = padded + radius * channels;
  float sums[block];
  for (int64_t start = 0; start < count; start += block) {
    int64_t size = count - start < block ? count - start : block;
    const float *pixels = middle + start;
    for (int64_t i = 0; i < size; i++) sums[i] = weights[0] * pixels[i] + 0.5f;
    for (int64_t offset = 1; offset <= radius; offset++) {
      const float *before = pixels - offset * channels, *after = pixels + offset * channels;
      float weight = weights[offset];
      for (int64_t i = 0; i < size; i++) sums[i] += weight * (before[i] + after[i]);
    }
    for (int64_t i = 0; i < size; i++) result[start + i] = (uint8_t)(int)sums[i];
  }
}

void moruBlurPicture(const uint8_t *source, MoruPictureSize size, uint8_t *result,
                     const float *weights, int64_t radius, float *scratch) {
  int64_t channels = size.channels, stride = size.width * channels;
  float *row = scratch + radius * channels;
  for (int64_t y = 0; y < size.height; y++) {
    scale(row, source + y * stride, weights[0], stride);
    for (int64_t offset = 1; offset <= radius; offset++) {
      addScaled(row, source + mirrored(y - offset, size.height) * stride,
                source + mirrored(y + offset, size.height) * stride, weights[offset], stride);
    }
    for (int64_t offset = 1; offset <= radius; offset++) {
      for (int64_t c = 0; c < channels; c++) {
        row[-offset * channels + c] = row[mirrored(-offset, size.width) * channels + c];
        row[(size.width - 1 + offset) * channels + c] =
            row[mirrored(size.width - 1 + offset, size.width) * channels + c];
      }
    }
    weighRow(scratch, result + y * stride, stride, channels, weights, radius);
  }
}
