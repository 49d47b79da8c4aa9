#include <stdio.h>

#include <jpeglib.h>
#include <jerror.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "CImages.h"

/* libjpeg's error manager first, so that a pointer to it is a pointer to this. */
typedef struct {
  struct jpeg_error_mgr manager;
  jmp_buf escape;
  char *message;
} ErrorHandler;

static void fail(j_common_ptr info) {
  ErrorHandler *handler = (ErrorHandler *)info->err;
  char text[JMSG_LENGTH_MAX];
  info->err->format_message(info, text);
  snprintf(handler->message, moruImageMessageSize, "%s", text);
  longjmp(handler->escape, 1);
}

/* libjpeg warns and paints grey where data are missing or damaged; here that is an error. Only
   warnings that leave every pixel right are let pass. */
static void judgeWarning(j_common_ptr info, int level) {
  if (level >= 0) return;
  switch (info->err->msg_code) {
    case JWRN_EXTRANEOUS_DATA:
    case JWRN_ADOBE_XFORM:
    case JWRN_TOO_MUCH_DATA:
      return;
    default:
      fail(info);
  }
}

static void printNothing(j_common_ptr info) { (void)info; }

/* A small progressive file can ask for thousands of passes over a large picture. */
static void limitScans(j_common_ptr info) {
  if (!info->is_decompressor || ((j_decompress_ptr)info)->input_scan_number <= 500) return;
  snprintf(((ErrorHandler *)info->err)->message, moruImageMessageSize,
           "more than 500 progressive scans");
  longjmp(((ErrorHandler *)info->err)->escape, 1);
}

static void readPart(j_decompress_ptr info, MoruJPEGPart *part, uint8_t *pixels, size_t capacity) {
  info->scale_num = 1;
  info->scale_denom = part->denominator;
  jpeg_start_decompress(info);
  if (part->width == 0 || part->left >= info->output_width ||
      part->width > info->output_width - part->left || part->top >= info->output_height ||
      part->height > info->output_height - part->top) {
    ERREXIT(info, JERR_BAD_STATE);
  }
  JDIMENSION left = part->left, width = part->width;
  if (width < info->output_width) jpeg_crop_scanline(info, &left, &width);
  part->left = left;
  part->width = info->output_width;
  part->channels = (uint32_t)info->out_color_components;
  size_t stride = (size_t)part->width * part->channels;
  if (part->height == 0 || capacity / part->height < stride) ERREXIT(info, JERR_BAD_STATE);
  if (part->top > 0) jpeg_skip_scanlines(info, part->top);
  while (info->output_scanline < part->top + part->height) {
    JSAMPROW row = pixels + (info->output_scanline - part->top) * stride;
    jpeg_read_scanlines(info, &row, 1);
  }
  jpeg_abort_decompress(info);
}

static int readJPEG(const uint8_t *bytes, size_t count, MoruImageHeader *header,
                    MoruJPEGPart *part, uint8_t *pixels, size_t capacity, char *message) {
  struct jpeg_decompress_struct info;
  struct jpeg_progress_mgr progress;
  ErrorHandler handler;
  memset(&info, 0, sizeof info);
  memset(&progress, 0, sizeof progress);
  info.err = jpeg_std_error(&handler.manager);
  handler.manager.error_exit = fail;
  handler.manager.emit_message = judgeWarning;
  handler.manager.output_message = printNothing;
  handler.message = message;
  progress.progress_monitor = limitScans;
  if (setjmp(handler.escape)) {
    jpeg_destroy_decompress(&info);
    return -1;
  }
  jpeg_create_decompress(&info);
  info.progress = &progress;
  jpeg_mem_src(&info, bytes, count);
  jpeg_read_header(&info, TRUE);
  info.out_color_space = info.jpeg_color_space == JCS_GRAYSCALE ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_calc_output_dimensions(&info);
  if (header) {
    header->width = info.output_width;
    header->height = info.output_height;
    header->channels = (uint32_t)info.out_color_components;
  }
  if (part) {
    readPart(&info, part, pixels, capacity);
  } else if (pixels) {
    size_t stride = (size_t)info.output_width * (size_t)info.out_color_components;
    if (capacity / info.output_height != stride) ERREXIT(&info, JERR_BAD_STATE);
    jpeg_start_decompress(&info);
    while (info.output_scanline < info.output_height) {
      JSAMPROW row = pixels + info.output_scanline * stride;
      jpeg_read_scanlines(&info, &row, 1);
    }
    jpeg_finish_decompress(&info);
  }
  jpeg_destroy_decompress(&info);
  return 0;
}

int moruReadJPEGHeader(const uint8_t *bytes, size_t count, MoruImageHeader *header,
                       char *message) {
  return readJPEG(bytes, count, header, NULL, NULL, 0, message);
}

int moruDecodeJPEG(const uint8_t *bytes, size_t count, uint8_t *pixels, size_t capacity,
                   char *message) {
  return readJPEG(bytes, count, NULL, NULL, pixels, capacity, message);
}

int moruDecodeJPEGPart(const uint8_t *bytes, size_t count, MoruJPEGPart *part, uint8_t *pixels,
                       size_t capacity, char *message) {
  return readJPEG(bytes, count, NULL, part, pixels, capacity, message);
}

/* `*bytes` is the caller's to free, also where -1 is returned. */
static int encodeJPEG(const uint8_t *pixels, MoruPictureSize size, int quality,
                      unsigned char **bytes, unsigned long *count, char *message) {
  struct jpeg_compress_struct info;
  ErrorHandler handler;
  memset(&info, 0, sizeof info);
  info.err = jpeg_std_error(&handler.manager);
  handler.manager.error_exit = fail;
  handler.manager.output_message = printNothing;
  handler.message = message;
  if (setjmp(handler.escape)) {
    jpeg_destroy_compress(&info);
    return -1;
  }
  jpeg_create_compress(&info);
  jpeg_mem_dest(&info, bytes, count);
  info.image_width = (JDIMENSION)size.width;
  info.image_height = (JDIMENSION)size.height;
  info.input_components = (int)size.channels;
  info.in_color_space = size.channels == 3 ? JCS_RGB : JCS_GRAYSCALE;
  jpeg_set_defaults(&info);
  jpeg_set_quality(&info, quality, TRUE);
  jpeg_start_compress(&info, TRUE);
  while (info.next_scanline < info.image_height) {
    JSAMPROW row = (JSAMPROW)(pixels + (int64_t)info.next_scanline * size.width * size.channels);
    jpeg_write_scanlines(&info, &row, 1);
  }
  jpeg_finish_compress(&info);
  jpeg_destroy_compress(&info);
  return 0;
}

int moruThroughJPEG(uint8_t *pixels, MoruPictureSize size, int quality) {
  char message[moruImageMessageSize];
  unsigned char *bytes = NULL;
  unsigned long count = 0;
  int status = encodeJPEG(pixels, size, quality, &bytes, &count, message);
  if (status == 0) {
    status = moruDecodeJPEG(bytes, count, pixels,
                            (size_t)(size.height * size.width * size.channels), message);
  }
  free(bytes);
  return status;
}
