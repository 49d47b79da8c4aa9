#include <stdio.h>
#include <webp/decode.h>

#include "CImages.h"

static int fail(char *message, const char *text) {
  snprintf(message, moruImageMessageSize, "%s", text);
  return -1;
}

static const char *statusText(VP8StatusCode status) {
  switch (status) {
    case VP8_STATUS_OUT_OF_MEMORY: return "out of memory";
    case VP8_STATUS_BITSTREAM_ERROR: return "the data are damaged";
    case VP8_STATUS_UNSUPPORTED_FEATURE: return "it uses a feature that is not supported";
    case VP8_STATUS_NOT_ENOUGH_DATA: return "the data end early";
    default: return "it cannot be decoded";
  }
}

int moruReadWebPHeader(const uint8_t *bytes, size_t count, MoruImageHeader *header,
                       char *message) {
  WebPBitstreamFeatures features;
  VP8StatusCode status = WebPGetFeatures(bytes, count, &features);
  if (status != VP8_STATUS_OK) return fail(message, statusText(status));
  if (features.has_animation) return fail(message, "it is animated");
  header->width = (uint32_t)features.width;
  header->height = (uint32_t)features.height;
  header->channels = features.has_alpha ? 4 : 3;
  return 0;
}

int moruDecodeWebP(const uint8_t *bytes, size_t count, uint8_t *pixels, size_t capacity,
                   char *message) {
  MoruImageHeader header;
  if (moruReadWebPHeader(bytes, count, &header, message) != 0) return -1;
  size_t stride = (size_t)header.width * header.channels;
  if (capacity / header.height != stride) return fail(message, "the header changed");
  WebPDecoderConfig config;
  if (!WebPInitDecoderConfig(&config)) return fail(message, "another version of libwebp");
  config.output.colorspace = header.channels == 4 ? MODE_RGBA : MODE_RGB;
  config.output.is_external_memory = 1;
  config.output.u.RGBA.rgba = pixels;
  config.output.u.RGBA.stride = (int)stride;
  config.output.u.RGBA.size = capacity;
  VP8StatusCode status = WebPDecode(bytes, count, &config);
  WebPFreeDecBuffer(&config.output);
  return status == VP8_STATUS_OK ? 0 : fail(message, statusText(status));
}
