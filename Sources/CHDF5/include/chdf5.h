// A narrow C interface to libhdf5: a file's whole content as one stream of records, and the few calls
// that write a file into memory.
//
// Files from outside are read in a child process of their own. libhdf5 trusts what it reads: damaged
// files make it run out of its buffers, loop or ask for any amount of memory. The child can only end;
// its memory and processor time are limited.
//
// Debian's libhdf5 is built without its lock. Callers hold one of their own around every call but
// `chdf5_wait`, so that no child is forked while a thread of the parent is inside the library.

#ifndef CHDF5_H
#define CHDF5_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define CHDF5_MAX_RANK 32

/// The first byte of a record.
enum {
  CHDF5_GROUP = 'G',      ///< name; what follows lies in it
  CHDF5_LEAVE = 'L',      ///< the end of a group
  CHDF5_ATTRIBUTE = 'A',  ///< name, values; of the group that we are in
  CHDF5_DATASET = 'D',    ///< name, values
  CHDF5_END = 'E',        ///< the file is complete
  CHDF5_FAILURE = 'F'     ///< place, reason; also where a value is about to begin
};

/// What values are: the byte after a name. Then follow the rank (one byte), that many sizes of eight
/// bytes, and the elements; texts have their length before them as names do, in four bytes.
enum {
  CHDF5_FLOAT32 = 'f',
  CHDF5_FLOAT64 = 'd',
  CHDF5_INT32 = 'i',
  CHDF5_INT64 = 'l',
  CHDF5_INT8 = 'c',       ///< written only: such are read as CHDF5_INT32
  CHDF5_UINT8 = 'u',
  CHDF5_BOOL = 'b',
  CHDF5_TEXT = 's',
  CHDF5_OTHER = 'o'  ///< of a type that is not read: no elements follow
};

/// What is read, and how far.
typedef struct {
  const char *path;         ///< the file, or NULL
  int descriptor;           ///< what the path is open as, or -1
  const void *bytes;        ///< the file's bytes if there is no path
  size_t byte_count;        ///< how many
  uint64_t content_limit;   ///< most bytes of all elements together
  uint32_t object_limit;    ///< most groups, datasets and attributes together
  uint32_t depth_limit;     ///< most groups inside each other
  uint32_t seconds_limit;   ///< most seconds of processor time
} chdf5_request;

/// Starts a child that writes the records of a file.
///
/// - Parameter child: The process, for `chdf5_wait`.
/// - Returns: Where to read the records, or -1 with errno set.
int chdf5_start(const chdf5_request *request, pid_t *child);

/// Waits for the end of the child, whose records were read to their end; ends it if they are not wanted.
///
/// - Returns: 0, or the signal that ended it by itself.
int chdf5_wait(pid_t child, bool is_wanted);

/// A file, or a group of one, that is being written; negative for none.
typedef int64_t chdf5_place;

/// An empty file in memory.
chdf5_place chdf5_create(void);

/// A new group; the caller leaves it.
chdf5_place chdf5_enter(chdf5_place parent, const char *name);
void chdf5_leave(chdf5_place group);

/// Writes numbers as a dataset in `parent` or as an attribute of it.
///
/// - Returns: Whether that went well.
bool chdf5_write_numbers(
  chdf5_place parent, const char *name, bool is_attribute, char kind, int rank,
  const uint64_t *sizes, const void *elements);

/// Writes texts as an attribute or dataset: one by itself if `rank` is 0, else a list. `width` is 0 for
/// texts of variable length that end in 0 each; otherwise each has so many bytes, padded with 0.
bool chdf5_write_texts(
  chdf5_place parent, const char *name, bool is_attribute, int rank,
  uint64_t count, size_t width, const void *texts);

/// The bytes of a file that was written; the caller frees them and closes the file.
void *chdf5_bytes(chdf5_place file, size_t *count);
void chdf5_close(chdf5_place file);

#endif
