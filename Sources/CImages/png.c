#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include "CImages.h"

typedef struct {
  const uint8_t *bytes;
  size_t count;
  size_t offset;
  char *message;
} Source;

static void fail(png_structp png, png_const_charp text) {
  Source *source = png_get_error_ptr(png);
  snprintf(source->message, moruImageMessageSize, "%s", text);
  png_longjmp(png, 1);
}

static void ignoreWarning(png_structp png, png_const_charp text) {
  (void)png;
  (void)text;
}

static void readBytes(png_structp png, png_bytep target, size_t length) {
  Source *source = png_get_io_ptr(png);
  if (length > source->count - source->offset) png_error(png, "the data end early");
  memcpy(target, source->bytes + source->offset, length);
  source->offset += length;
}

/* Reads up to the first pixel and asks for 8-bit channels, without palettes and packed bits.
   Returns the number of passes that an interlaced picture needs. */
static int start(png_structp png, png_infop info, Source *source) {
  png_set_read_fn(png, source, readBytes);
  png_set_chunk_malloc_max(png, 8 << 20);
  png_set_chunk_cache_max(png, 64);
  png_read_info(png, info);
  png_set_expand(png);
  png_set_scale_16(png);
  int passes = png_set_interlace_handling(png);
  png_read_update_info(png, info);
  return passes;
}

static int readPNG(Source *source, MoruImageHeader *header, uint8_t *pixels, size_t capacity) {
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, source, fail, ignoreWarning);
  if (!png) return -1;
  png_infop info = png_create_info_struct(png);
  if (!info || setjmp(png_jmpbuf(png))) {
    png_destroy_read_struct(&png, &info, NULL);
    return -1;
  }
  int passes = start(png, info, source);
  uint32_t width = png_get_image_width(png, info);
  uint32_t height = png_get_image_height(png, info);
  uint32_t channels = png_get_channels(png, info);
  if (header) {
    header->width = width;
    header->height = height;
    header->channels = channels;
  }
  if (pixels) {
    size_t stride = (size_t)width * channels;
    if (png_get_rowbytes(png, info) != stride || capacity / height != stride) {
      png_error(png, "the header changed between two reads");
    }
    for (int pass = 0; pass < passes; pass++) {
      for (uint32_t row = 0; row < height; row++) png_read_row(png, pixels + row * stride, NULL);
    }
    png_read_end(png, NULL);
  }
  png_destroy_read_struct(&png, &info, NULL);
  return 0;
}

int moruReadPNGHeader(const uint8_t *bytes, size_t count, MoruImageHeader *header, char *message) {
  Source source = {bytes, count, 0, message};
  snprintf(message, moruImageMessageSize, "out of memory");
  return readPNG(&source, header, NULL, 0);
}

int moruDecodePNG(const uint8_t *bytes, size_t count, uint8_t *pixels, size_t capacity,
                  char *message) {
  Source source = {bytes, count, 0, message};
  snprintf(message, moruImageMessageSize, "out of memory");
  return readPNG(&source, NULL, pixels, capacity);
}

size_t moruPNGSizeBound(uint32_t width, uint32_t height, uint32_t channels) {
  png_image image = {.version = PNG_IMAGE_VERSION, .width = width, .height = height};
  image.format = channels == 1 ? PNG_FORMAT_GRAY : PNG_FORMAT_RGB;
  return PNG_IMAGE_PNG_SIZE_MAX(image);
}

int moruEncodePNG(const uint8_t *pixels, uint32_t width, uint32_t height, uint32_t channels,
                  uint8_t *bytes, size_t *size, char *message) {
  png_image image = {.version = PNG_IMAGE_VERSION, .width = width, .height = height};
  image.format = channels == 1 ? PNG_FORMAT_GRAY : PNG_FORMAT_RGB;
  if (png_image_write_to_memory(&image, bytes, size, 0, pixels, 0, NULL)) return 0;
  snprintf(message, moruImageMessageSize, "%s", image.message);
  png_image_free(&image);
  return -1;
}
