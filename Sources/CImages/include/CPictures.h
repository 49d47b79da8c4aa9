#ifndef C_PICTURES_H
#define C_PICTURES_H

#include <stdint.h>

/* Kernels on pictures of 8-bit channels, row by row, channels beside each other; 1 or 3 of them.
   None of them allocates unless it says so. */

typedef struct {
  int64_t height;
  int64_t width;
  int64_t channels;
} MoruPictureSize;

/* What is seen beyond the border. */
typedef enum { moruFillConstant, moruFillNearest, moruFillReflect, moruFillWrap } MoruFill;

/* Where the pixels of a result come from: the point (x, y) of the result, counted from its upper left
   corner in pixels, so that the middle of the first pixel is (0.5, 0.5), comes from
   matrix · (x, y, 1), divided by its third element, plus the displacement. */
typedef struct {
  double matrix[9];
  /* For each pixel of the result dx, dy; NULL for none. */
  const float *displacement;
  MoruFill fill;
  uint8_t value;
  /* Takes the pixel that the point lies in; else weighs the four whose middles are around it. */
  int nearest;
} MoruWarp;

/* Allocates a copy of what the result looks at, where that helps. */
void moruWarpPicture(const uint8_t *source, MoruPictureSize size, uint8_t *result, int64_t height,
                     int64_t width, const MoruWarp *warp);

/* The same where each pixel of the result is a pixel of the source: column x of the result is
   column left + x of the source, or left - x where `mirrorsColumns`, and rows alike. */
typedef struct {
  int64_t left;
  int64_t top;
  int mirrorsColumns;
  int mirrorsRows;
  MoruFill fill;
  uint8_t value;
} MoruCopy;

void moruCopyPicture(const uint8_t *source, MoruPictureSize size, uint8_t *result, int64_t height,
                     int64_t width, const MoruCopy *copy);

/* For each place along an axis of the result the places of the source that it is made of:
   weights[place * taps + t] of starts[place] + t. */
typedef struct {
  int64_t count;
  int64_t taps;
  const int32_t *starts;
  const float *weights;
} MoruTaps;

/* The weighted mean along both axes, rounded once. `row` has room for source width * channels + 4
   floats. */
void moruResamplePicture(const uint8_t *source, MoruPictureSize size, uint8_t *result,
                         const MoruTaps *rows, const MoruTaps *columns, float *row);

/* factor * pixel + (1 - factor) * other, rounded and kept in 0...255, where other is one value, the
   pixel's own luma, or the pixel of another picture. */
void moruBlendValue(uint8_t *pixels, int64_t count, float factor, float value);
void moruBlendLuma(uint8_t *pixels, int64_t pixelCount, float factor);
void moruBlendPicture(uint8_t *pixels, const uint8_t *other, int64_t count, float factor);

/* pixel[i] = table[pixel[i]] for each of `channels` tables of 256 values. */
void moruLookUp(uint8_t *pixels, int64_t pixelCount, int64_t channels, const uint8_t *tables);

/* Adds a part of a full turn to the hue of RGB pixels in the HSV model. */
void moruTurnHue(uint8_t *pixels, int64_t pixelCount, float turn);

/* The sum of 0.299 R + 0.587 G + 0.114 B, each rounded, over all pixels; of one channel, of that. */
uint64_t moruLumaSum(const uint8_t *pixels, int64_t pixelCount, int64_t channels);

/* Weighs 2 * radius + 1 pixels along both axes with the same symmetric weights, of which
   weights[0] is the middle's; beyond the border the picture is mirrored about its last pixel.
   `scratch` has room for (width + 2 * radius) * channels floats. */
void moruBlurPicture(const uint8_t *source, MoruPictureSize size, uint8_t *result,
                     const float *weights, int64_t radius, float *scratch);

/* Encodes the pixels as a JPEG picture of a quality, 1 to 100, with chroma at half the resolution, and
   decodes it again. Allocates the JPEG picture. Returns -1 where that fails; the pixels stay. */
int moruThroughJPEG(uint8_t *pixels, MoruPictureSize size, int quality);

#endif
