// Runs the kernels on pictures on memory that ends where the last pixel does, for the address and
// undefined-behaviour sanitizers to watch. `scripts/sanitize` builds it.

#include <math.h>
#include <stdlib.h>

#include "CPictures.h"

static uint8_t *make(int64_t count) {
  uint8_t *pixels = malloc((size_t)count);
  for (int64_t i = 0; i < count; ++i) pixels[i] = (uint8_t)(i * 37 % 251);
  return pixels;
}

static void warp(const uint8_t *pixels, MoruPictureSize size) {
  static const double angles[] = {0, 0.3, 1.6, 3};
  static const double scales[] = {0.4, 1, 3, 200};
  for (int angle = 0; angle < 4; ++angle)
    for (int scale = 0; scale < 4; ++scale)
      for (int fill = moruFillConstant; fill <= moruFillWrap; ++fill)
        for (int nearest = 0; nearest < 2; ++nearest) {
          const double c = cos(angles[angle]) * scales[scale], s = sin(angles[angle]) * scales[scale];
          const int64_t height = 9, width = 1 + 7 * (scale % 2);
          MoruWarp how = {
            .matrix = {c, -s, 3.3, s, c, -2.7, 0, nearest ? 1e-3 : 0, 1},
            .fill = (MoruFill)fill, .value = 7, .nearest = nearest};
          uint8_t *result = make(height * width * size.channels);
          moruWarpPicture(pixels, size, result, height, width, &how);
          free(result);
        }
}

static void resample(const uint8_t *pixels, MoruPictureSize size) {
  for (int taps = 1; taps <= 5 && taps <= size.height && taps <= size.width; ++taps) {
    int32_t rows[7], columns[5];
    float weights[7 * 5];
    for (int i = 0; i < 7; ++i) rows[i] = (int32_t)(i * (size.height - taps) / 6);
    for (int i = 0; i < 5; ++i) columns[i] = (int32_t)(i * (size.width - taps) / 4);
    for (int i = 0; i < 7 * 5; ++i) weights[i] = 1.0f / (float)taps;
    MoruTaps vertical = {7, taps, rows, weights}, horizontal = {5, taps, columns, weights};
    uint8_t *result = make(7 * 5 * size.channels);
    float *row = malloc((size_t)(size.width * size.channels + 4) * sizeof(float));
    moruResamplePicture(pixels, size, result, &vertical, &horizontal, row);
    free(row);
    free(result);
  }
}

static void blur(const uint8_t *pixels, MoruPictureSize size) {
  static const float weights[] = {0.4f, 0.2f, 0.1f};
  for (int64_t radius = 0; radius <= 2; ++radius) {
    uint8_t *result = make(size.height * size.width * size.channels);
    float *scratch =
        malloc((size_t)((size.width + 2 * radius) * size.channels) * sizeof(float));
    moruBlurPicture(pixels, size, result, weights, radius, scratch);
    free(scratch);
    free(result);
  }
}

int main(void) {
  for (int64_t channels = 1; channels <= 3; channels += 2)
    for (int64_t height = 1; height < 12; height += 5)
      for (int64_t width = 1; width < 30; width += 7) {
        MoruPictureSize size = {height, width, channels};
        uint8_t *pixels = make(height * width * channels);
        warp(pixels, size);
        resample(pixels, size);
        blur(pixels, size);
        free(pixels);
      }
  return 0;
}
