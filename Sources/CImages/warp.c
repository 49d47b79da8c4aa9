#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "CPictures.h"
#include "kernels.h"

/* Parts of a pixel that weights are counted in. */
enum { unitBits = 11, unit = 1 << unitBits };

typedef struct {
  const uint8_t *pixels;
  int64_t height;
  int64_t width;
  MoruFill fill;
  uint8_t value;
} Source;

/* The place within 0..<size that a place beyond the border stands for; -1 for none. */
INLINE int64_t inside(int64_t place, int64_t size, MoruFill fill) {
  if (place >= 0 && place < size) return place;
  switch (fill) {
    case moruFillConstant:
      return -1;
    case moruFillNearest:
      return place < 0 ? 0 : size - 1;
    case moruFillReflect: {
      if (place < 0 && place >= -size) return -1 - place;
      if (place >= size && place < 2 * size) return 2 * size - 1 - place;
      int64_t round = place % (2 * size);
      if (round < 0) round += 2 * size;
      return round < size ? round : 2 * size - 1 - round;
    }
    case moruFillWrap: {
      int64_t round = place % size;
      return round < 0 ? round + size : round;
    }
  }
  return -1;
}

INLINE int tap(const Source *source, int64_t row, int64_t column, int channel, int channels) {
  int64_t y = inside(row, source->height, source->fill);
  int64_t x = inside(column, source->width, source->fill);
  if (y < 0 || x < 0) return source->value;
  return source->pixels[(y * source->width + x) * channels + channel];
}

INLINE uint8_t weighed(int a, int b, int c, int d, int right, int down) {
  int upper = a * (unit - right) + b * right;
  int lower = c * (unit - right) + d * right;
  int64_t sum = (int64_t)upper * (unit - down) + (int64_t)lower * down;
  return (uint8_t)((sum + (1 << (2 * unitBits - 1))) >> (2 * unitBits));
}

typedef float Four __attribute__((vector_size(16)));
typedef int32_t FourWhole __attribute__((vector_size(16)));
typedef uint8_t FourBytes __attribute__((vector_size(4)));
typedef float Eight __attribute__((vector_size(32)));
typedef uint8_t EightBytes __attribute__((vector_size(8)));

INLINE Eight eightAt(const uint8_t *pixels) {
  EightBytes bytes;
  memcpy(&bytes, pixels, sizeof bytes);
  return __builtin_convertvector(bytes, Eight);
}

/* Three channels between four pixels: first between the rows, of both columns at a time. Two bytes after
   the pixels are read, and one byte after the result is written. */
INLINE void weighColour(const uint8_t *upper, const uint8_t *lower, float right, float down,
                        uint8_t *result) {
  Eight top = eightAt(upper);
  Eight both = top + (eightAt(lower) - top) * down;
  Four left = __builtin_shufflevector(both, both, 0, 1, 2, 3);
  Four value = left + (__builtin_shufflevector(both, both, 3, 4, 5, 6) - left) * right + 0.5f;
  FourBytes bytes = __builtin_convertvector(__builtin_convertvector(value, FourWhole), FourBytes);
  memcpy(result, &bytes, sizeof bytes);
}

/* A row of a result whose points come from points in a row at even distances, all of which have four pixels
   around them and two bytes after those. Where the points are is found out for some of them at a time. */
WIDE static void warpColours(const uint8_t *pixels, int64_t stride, double x, double y, double dx,
                             double dy, int64_t count, uint8_t *result) {
  enum { block = 64 };
  int64_t offsets[block];
  float rights[block], downs[block];
  for (int64_t first = 0; first < count; first += block, result += 3 * block) {
    int size = count - first < block ? (int)(count - first) : block;
    for (int i = 0; i < size; i++) {
      double sourceX = x + dx * (double)(first + i), sourceY = y + dy * (double)(first + i);
      int32_t column = (int32_t)sourceX, row = (int32_t)sourceY;
      offsets[i] = row * stride + (int64_t)column * 3;
      rights[i] = (float)(sourceX - column);
      downs[i] = (float)(sourceY - row);
    }
    for (int i = 0; i < size - 1; i++) {
      const uint8_t *upper = pixels + offsets[i];
      weighColour(upper, upper + stride, rights[i], downs[i], result + 3 * i);
    }
    const uint8_t *upper = pixels + offsets[size - 1];
    uint8_t last[4];
    weighColour(upper, upper + stride, rights[size - 1], downs[size - 1], last);
    memcpy(result + 3 * (size - 1), last, 3);
  }
}

INLINE int isAffine(const MoruWarp *warp) {
  return warp->matrix[6] == 0 && warp->matrix[7] == 0 && warp->matrix[8] == 1;
}

/* A pixel of the result from the point (x, y) of the source. */
INLINE void pixelAt(const Source *source, double x, double y, int nearest, int channels,
                    uint8_t *result) {
  /* Farther out than any picture is wide; also what is not a number. */
  if (!(fabs(x) < 1e8 && fabs(y) < 1e8)) {
    memset(result, source->value, (size_t)channels);
    return;
  }
  if (nearest) {
    int64_t row = (int64_t)floor(y), column = (int64_t)floor(x);
    for (int channel = 0; channel < channels; channel++) {
      result[channel] = (uint8_t)tap(source, row, column, channel, channels);
    }
    return;
  }
  int64_t px = (int64_t)floor((x - 0.5) * unit + 0.5), py = (int64_t)floor((y - 0.5) * unit + 0.5);
  int64_t row = py >> unitBits, column = px >> unitBits;
  int right = (int)(px & (unit - 1)), down = (int)(py & (unit - 1));
  if (row >= 0 && column >= 0 && row + 1 < source->height && column + 1 < source->width) {
    const uint8_t *upper = source->pixels + (row * source->width + column) * channels;
    const uint8_t *lower = upper + source->width * channels;
    for (int c = 0; c < channels; c++) {
      result[c] = weighed(upper[c], upper[channels + c], lower[c], lower[channels + c], right, down);
    }
    return;
  }
  if (source->fill == moruFillConstant &&
      (row < -1 || column < -1 || row >= source->height || column >= source->width)) {
    memset(result, source->value, (size_t)channels);
    return;
  }
  for (int c = 0; c < channels; c++) {
    result[c] = weighed(tap(source, row, column, c, channels),
                        tap(source, row, column + 1, c, channels),
                        tap(source, row + 1, column, c, channels),
                        tap(source, row + 1, column + 1, c, channels), right, down);
  }
}

INLINE void warp(const Source *source, uint8_t *result, int64_t height, int64_t width,
                 const MoruWarp *warp, int nearest, int channels) {
  const double *m = warp->matrix;
  for (int64_t row = 0; row < height; row++) {
    double y = (double)row + 0.5;
    const float *displacement =
        warp->displacement ? warp->displacement + row * width * 2 : NULL;
    for (int64_t column = 0; column < width; column++, result += channels) {
      double x = (double)column + 0.5;
      double sourceX = m[0] * x + m[1] * y + m[2], sourceY = m[3] * x + m[4] * y + m[5];
      if (!isAffine(warp)) {
        double depth = m[6] * x + m[7] * y + m[8];
        /* Behind the eye there is nothing. */
        sourceX = depth > 1e-12 ? sourceX / depth : NAN;
        sourceY = depth > 1e-12 ? sourceY / depth : NAN;
      }
      if (displacement) {
        sourceX += displacement[2 * column];
        sourceY += displacement[2 * column + 1];
      }
      pixelAt(source, sourceX, sourceY, nearest, channels, result);
    }
  }
}

/* Warps a picture of three channels evenly from a copy of it that goes on beyond its border as far as the
   result looks, so that every pixel is found alike. Returns 0 where that copy would be much larger
   than the pictures, or there is no memory for it. */
static int warpWithin(const Source *source, uint8_t *result, int64_t height, int64_t width,
                      const MoruWarp *warp) {
  const double *m = warp->matrix;
  /* The middles of the result's corners, in pixels from the middle of the source's first one. */
  double x = 0.5 * (m[0] + m[1]) + m[2] - 0.5, y = 0.5 * (m[3] + m[4]) + m[5] - 0.5;
  double wide = (double)(width - 1), high = (double)(height - 1);
  double left = x + fmin(0, m[0] * wide) + fmin(0, m[1] * high);
  double right = x + fmax(0, m[0] * wide) + fmax(0, m[1] * high);
  double top = y + fmin(0, m[3] * wide) + fmin(0, m[4] * high);
  double bottom = y + fmax(0, m[3] * wide) + fmax(0, m[4] * high);
  if (!(fabs(left) < 1e6 && fabs(right) < 1e6 && fabs(top) < 1e6 && fabs(bottom) < 1e6)) return 0;
  /* A pixel more than rounding could need, the four around a point, and a row for the bytes behind. */
  MoruCopy copy = {.left = (int64_t)floor(left) - 1, .top = (int64_t)floor(top) - 1,
                   .fill = source->fill, .value = source->value};
  MoruPictureSize size = {(int64_t)floor(bottom) + 4 - copy.top,
                          (int64_t)floor(right) + 4 - copy.left, 3};
  int64_t most = 4 * (source->height * source->width + height * width) + 4096;
  if (size.width > most / size.height) return 0;
  uint8_t *pixels = malloc((size_t)(size.height * size.width * 3));
  if (!pixels) return 0;
  MoruPictureSize whole = {source->height, source->width, 3};
  moruCopyPicture(source->pixels, whole, pixels, size.height, size.width, &copy);
  for (int64_t row = 0; row < height; row++) {
    warpColours(pixels, size.width * 3, x - (double)copy.left + m[1] * (double)row,
                y - (double)copy.top + m[4] * (double)row, m[0], m[3], width,
                result + row * width * 3);
  }
  free(pixels);
  return 1;
}

void moruWarpPicture(const uint8_t *pixels, MoruPictureSize size, uint8_t *result, int64_t height,
                     int64_t width, const MoruWarp *how) {
  Source source = {pixels, size.height, size.width, how->fill, how->value};
  int isEven = isAffine(how) && !how->nearest && !how->displacement;
  if (size.channels == 3) {
    if (isEven && warpWithin(&source, result, height, width, how)) return;
    if (how->nearest) warp(&source, result, height, width, how, 1, 3);
    else warp(&source, result, height, width, how, 0, 3);
  } else {
    if (how->nearest) warp(&source, result, height, width, how, 1, 1);
    else warp(&source, result, height, width, how, 0, 1);
  }
}

INLINE void copyPixels(const Source *source, uint8_t *result, int64_t height, int64_t width,
                       const MoruCopy *copy, int channels) {
  int64_t step = copy->mirrorsColumns ? -1 : 1;
  /* The columns of the result that lie within the source. */
  int64_t first = copy->mirrorsColumns ? copy->left - source->width + 1 : -copy->left;
  int64_t end = copy->mirrorsColumns ? copy->left + 1 : source->width - copy->left;
  first = first < 0 ? 0 : first > width ? width : first;
  end = end > width ? width : end < first ? first : end;
  for (int64_t y = 0; y < height; y++, result += width * channels) {
    int64_t place = copy->mirrorsRows ? copy->top - y : copy->top + y;
    int64_t row = inside(place, source->height, source->fill);
    if (row < 0) {
      memset(result, source->value, (size_t)(width * channels));
      continue;
    }
    for (int64_t x = 0; x < width; x++) {
      if (x == first) x = end;
      if (x >= width) break;
      int64_t column = inside(copy->left + step * x, source->width, source->fill);
      const uint8_t *pixel =
          source->pixels + (row * source->width + (column < 0 ? 0 : column)) * channels;
      for (int c = 0; c < channels; c++) {
        result[x * channels + c] = column < 0 ? source->value : pixel[c];
      }
    }
    if (first == end) continue;
    const uint8_t *pixels =
        source->pixels + (row * source->width + copy->left + step * first) * channels;
    if (step == 1) {
      memcpy(result + first * channels, pixels, (size_t)((end - first) * channels));
    } else {
      for (int64_t x = first; x < end; x++, pixels -= channels) {
        for (int c = 0; c < channels; c++) result[x * channels + c] = pixels[c];
      }
    }
  }
}

void moruCopyPicture(const uint8_t *pixels, MoruPictureSize size, uint8_t *result, int64_t height,
                     int64_t width, const MoruCopy *copy) {
  Source source = {pixels, size.height, size.width, copy->fill, copy->value};
  if (size.channels == 3) copyPixels(&source, result, height, width, copy, 3);
  else copyPixels(&source, result, height, width, copy, 1);
}
