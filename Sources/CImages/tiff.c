#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tiffio.h>

#include "CImages.h"

typedef struct {
  const uint8_t *bytes;
  size_t count;
  size_t offset;
  char *message;
} Source;

static tmsize_t readBytes(thandle_t handle, void *target, tmsize_t length) {
  Source *source = handle;
  if (length < 0 || source->offset > source->count) return 0;
  size_t left = source->count - source->offset;
  size_t size = (size_t)length < left ? (size_t)length : left;
  memcpy(target, source->bytes + source->offset, size);
  source->offset += size;
  return (tmsize_t)size;
}

static tmsize_t writeBytes(thandle_t handle, void *bytes, tmsize_t length) {
  (void)handle, (void)bytes, (void)length;
  return 0;
}

static toff_t seek(thandle_t handle, toff_t offset, int origin) {
  Source *source = handle;
  if (origin == SEEK_CUR) offset += source->offset;
  if (origin == SEEK_END) offset += source->count;
  source->offset = (size_t)offset;
  return offset;
}

static int closeSource(thandle_t handle) {
  (void)handle;
  return 0;
}

static toff_t size(thandle_t handle) { return ((Source *)handle)->count; }

/* libtiff reports damage and reads on; the first report counts here. */
static int noteError(TIFF *tiff, void *data, const char *module, const char *format,
                     va_list arguments) {
  (void)tiff, (void)module;
  Source *source = data;
  if (!source->message[0]) vsnprintf(source->message, moruImageMessageSize, format, arguments);
  return 1;
}

static int ignoreWarning(TIFF *tiff, void *data, const char *module, const char *format,
                         va_list arguments) {
  (void)tiff, (void)data, (void)module, (void)format, (void)arguments;
  return 1;
}

static TIFF *openTIFF(Source *source) {
  TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
  if (!options) return NULL;
  TIFFOpenOptionsSetMaxSingleMemAlloc(options, 512 << 20);
  TIFFOpenOptionsSetErrorHandlerExtR(options, noteError, source);
  TIFFOpenOptionsSetWarningHandlerExtR(options, ignoreWarning, source);
  TIFF *tiff = TIFFClientOpenExt("picture", "rm", source, readBytes, writeBytes, seek, closeSource,
                                 size, NULL, NULL, options);
  TIFFOpenOptionsFree(options);
  return tiff;
}

static int readHeader(TIFF *tiff, MoruImageHeader *header) {
  uint16_t samples = 1, photometric = PHOTOMETRIC_RGB;
  TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLESPERPIXEL, &samples);
  TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &photometric);
  if (!TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &header->width) ||
      !TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &header->height)) {
    return -1;
  }
  int isGrey = photometric == PHOTOMETRIC_MINISBLACK || photometric == PHOTOMETRIC_MINISWHITE;
  header->channels = samples == 1 && isGrey ? 1 : 3;
  return 0;
}

/* Colours are premultiplied with alpha, so that white shines through by what alpha leaves. */
static void copyOverWhite(const uint32_t *raster, size_t count, uint32_t channels,
                          uint8_t *pixels) {
  for (size_t i = 0; i < count; i++) {
    uint32_t pixel = raster[i], white = 255 - TIFFGetA(pixel);
    uint32_t colors[3] = {TIFFGetR(pixel) + white, TIFFGetG(pixel) + white,
                          TIFFGetB(pixel) + white};
    for (uint32_t c = 0; c < channels; c++) {
      pixels[i * channels + c] = (uint8_t)(colors[c] > 255 ? 255 : colors[c]);
    }
  }
}

/* The orientation that leaves rows and columns as they are stored: libtiff mirrors pictures that were
 * taken upright or head down, and leaves axes that change places to others. */
static int storedOrientation(TIFF *tiff) {
  uint16_t orientation = ORIENTATION_TOPLEFT;
  TIFFGetFieldDefaulted(tiff, TIFFTAG_ORIENTATION, &orientation);
  return orientation >= ORIENTATION_LEFTTOP && orientation <= ORIENTATION_LEFTBOT
             ? orientation - 4
             : orientation;
}

static int decode(TIFF *tiff, Source *source, uint8_t *pixels, size_t capacity) {
  MoruImageHeader header;
  if (readHeader(tiff, &header) != 0) return -1;
  size_t count = (size_t)header.width * header.height;
  if (count == 0 || capacity / header.channels != count) return -1;
  uint32_t *raster = malloc(count * sizeof *raster);
  if (!raster) {
    snprintf(source->message, moruImageMessageSize, "out of memory");
    return -1;
  }
  int done = TIFFReadRGBAImageOriented(tiff, header.width, header.height, raster,
                                       storedOrientation(tiff), 1);
  if (done && !source->message[0]) copyOverWhite(raster, count, header.channels, pixels);
  free(raster);
  return done && !source->message[0] ? 0 : -1;
}

static int readTIFF(const uint8_t *bytes, size_t count, MoruImageHeader *header, uint8_t *pixels,
                    size_t capacity, char *message) {
  Source source = {bytes, count, 0, message};
  message[0] = 0;
  TIFF *tiff = openTIFF(&source);
  int result = -1;
  if (tiff) {
    result = header ? readHeader(tiff, header) : decode(tiff, &source, pixels, capacity);
    TIFFClose(tiff);
  }
  if (result != 0 && !message[0]) snprintf(message, moruImageMessageSize, "it cannot be decoded");
  return result;
}

int moruReadTIFFHeader(const uint8_t *bytes, size_t count, MoruImageHeader *header,
                       char *message) {
  return readTIFF(bytes, count, header, NULL, 0, message);
}

int moruDecodeTIFF(const uint8_t *bytes, size_t count, uint8_t *pixels, size_t capacity,
                   char *message) {
  return readTIFF(bytes, count, NULL, pixels, capacity, message);
}
