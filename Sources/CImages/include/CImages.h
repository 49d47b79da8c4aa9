#ifndef C_IMAGES_H
#define C_IMAGES_H

#include <stddef.h>
#include <stdint.h>

#include "CPictures.h"

/* What a picture's header says. PNG: 1 grey, 2 grey and alpha, 3 RGB, 4 RGB and alpha. JPEG and
   TIFF: 1 or 3; WebP: 3 or 4. Always 8 bits a channel. */
typedef struct {
  uint32_t width;
  uint32_t height;
  uint32_t channels;
} MoruImageHeader;

/* Room for the library's own words on what went wrong. */
enum { moruImageMessageSize = 200 };

/* Each function returns 0, or -1 with a text in `message`. They print nothing, never leave through
   longjmp, and free what they allocate. `pixels` must hold width * height * channels bytes, as the
   header function told. */
int moruReadPNGHeader(const uint8_t *bytes, size_t count, MoruImageHeader *header, char *message);
int moruDecodePNG(const uint8_t *bytes, size_t count, uint8_t *pixels, size_t capacity,
                  char *message);
int moruReadJPEGHeader(const uint8_t *bytes, size_t count, MoruImageHeader *header, char *message);
int moruDecodeJPEG(const uint8_t *bytes, size_t count, uint8_t *pixels, size_t capacity,
                   char *message);

/* A part of a JPEG picture at 1 / denominator of its size: 1, 2, 4 or 8. Before the call the part that is
   wanted, in pixels at that size and inside the picture; after it what there is in `pixels`, which
   may begin earlier and be wider. */
typedef struct {
  uint32_t denominator;
  uint32_t left;
  uint32_t top;
  uint32_t width;
  uint32_t height;
  uint32_t channels;
} MoruJPEGPart;

/* Columns that may be decoded beside those that are wanted. */
enum { moruJPEGPartSpare = 64 };

int moruDecodeJPEGPart(const uint8_t *bytes, size_t count, MoruJPEGPart *part, uint8_t *pixels,
                       size_t capacity, char *message);
int moruReadWebPHeader(const uint8_t *bytes, size_t count, MoruImageHeader *header, char *message);
int moruDecodeWebP(const uint8_t *bytes, size_t count, uint8_t *pixels, size_t capacity,
                   char *message);
/* Of several pictures in a TIFF file the first one. Transparent pixels are laid over white. */
int moruReadTIFFHeader(const uint8_t *bytes, size_t count, MoruImageHeader *header, char *message);
int moruDecodeTIFF(const uint8_t *bytes, size_t count, uint8_t *pixels, size_t capacity,
                   char *message);

/* Channels: 1 or 3. `*size` is the room in `bytes` before the call and the bytes written after. */
size_t moruPNGSizeBound(uint32_t width, uint32_t height, uint32_t channels);
int moruEncodePNG(const uint8_t *pixels, uint32_t width, uint32_t height, uint32_t channels,
                  uint8_t *bytes, size_t *size, char *message);

#endif
