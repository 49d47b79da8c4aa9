#ifndef C_ZLIB_H
#define C_ZLIB_H

#include <zlib.h>

/* inflateInit2 is a macro over the size of z_stream, which Swift cannot import. 15 + 16: a gzip
   wrapper around the largest window. */
static inline int moruInflateGzipInit(z_stream *stream) { return inflateInit2(stream, 15 + 16); }

/* −15: the largest window without a wrapper. */
static inline int moruInflateRawInit(z_stream *stream) { return inflateInit2(stream, -15); }

#endif
