#include <string.h>

#include "CPictures.h"
#include "kernels.h"

INLINE uint8_t rounded(float value) {
  value += 0.5f;
  value = value < 0 ? 0 : value;
  value = value > 255 ? 255 : value;
  return (uint8_t)(int)value;
}

/* Weights of ITU-R BT.601 in parts of 65536. */
INLINE int32_t luma(int32_t red, int32_t green, int32_t blue) {
  return (19595 * red + 38470 * green + 7471 * blue + 32768) >> 16;
}

WIDE void moruBlendValue(uint8_t *pixels, int64_t count, float factor, float value) {
  float offset = (1 - factor) * value;
  for (int64_t i = 0; i < count; i++) pixels[i] = rounded(factor * (float)pixels[i] + offset);
}

WIDE void moruBlendLuma(uint8_t *pixels, int64_t pixelCount, float factor) {
  float rest = 1 - factor;
  for (int64_t i = 0; i < pixelCount; i++) {
    uint8_t *pixel = pixels + 3 * i;
    float grey = rest * (float)luma(pixel[0], pixel[1], pixel[2]);
    pixel[0] = rounded(factor * (float)pixel[0] + grey);
    pixel[1] = rounded(factor * (float)pixel[1] + grey);
    pixel[2] = rounded(factor * (float)pixel[2] + grey);
  }
}

WIDE void moruBlendPicture(uint8_t *pixels, const uint8_t *other, int64_t count, float factor) {
  float rest = 1 - factor;
  for (int64_t i = 0; i < count; i++) {
    pixels[i] = rounded(factor * (float)pixels[i] + rest * (float)other[i]);
  }
}

void moruLookUp(uint8_t *pixels, int64_t pixelCount, int64_t channels, const uint8_t *tables) {
  for (int64_t i = 0; i < pixelCount * channels; i += channels) {
    for (int64_t channel = 0; channel < channels; channel++) {
      pixels[i + channel] = tables[256 * channel + pixels[i + channel]];
    }
  }
}

INLINE float least(float a, float b) { return a < b ? a : b; }
INLINE float greatest(float a, float b) { return a > b ? a : b; }

/* One channel of a hue in sixths of a turn: 1 near it, 0 opposite to it. */
INLINE float share(float hue, float offset) {
  float k = hue + offset;
  k = k >= 6 ? k - 6 : k;
  return greatest(0, least(1, least(k, 4 - k)));
}

WIDE void moruTurnHue(uint8_t *pixels, int64_t pixelCount, float turn) {
  float sixths = 6 * turn;
  for (int64_t i = 0; i < pixelCount; i++) {
    uint8_t *pixel = pixels + 3 * i;
    float red = pixel[0], green = pixel[1], blue = pixel[2];
    float top = greatest(red, greatest(green, blue));
    float spread = top - least(red, least(green, blue));
    float part = spread > 0 ? 1 / spread : 0;
    float hue = top == red     ? (green - blue) * part
                : top == green ? (blue - red) * part + 2
                               : (red - green) * part + 4;
    hue += sixths;
    hue = hue < 0 ? hue + 6 : hue;
    hue = hue >= 6 ? hue - 6 : hue;
    hue = hue < 0 ? hue + 6 : hue;
    pixel[0] = rounded(top - spread * share(hue, 5));
    pixel[1] = rounded(top - spread * share(hue, 3));
    pixel[2] = rounded(top - spread * share(hue, 1));
  }
}

WIDE uint64_t moruLumaSum(const uint8_t *pixels, int64_t pixelCount, int64_t channels) {
  uint64_t sum = 0;
  if (channels != 3) {
    for (int64_t i = 0; i < pixelCount; i++) sum += pixels[i];
    return sum;
  }
  for (int64_t i = 0; i < pixelCount; i++) {
    sum += (uint64_t)luma(pixels[3 * i], pixels[3 * i + 1], pixels[3 * i + 2]);
  }
  return sum;
}
