#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <hdf5/serial/hdf5.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "chdf5.h"

// MARK: The stream

typedef struct {
  int descriptor;
  size_t used;
  uint8_t buffer[1 << 16];
} stream;

typedef struct {
  const chdf5_request *request;
  stream out;
  uint64_t content;  // bytes of elements so far
  uint32_t objects;
  char path[4096];  // where we are, for messages
} reader;

static void flush(stream *out) {
  size_t done = 0;
  while (done < out->used) {
    ssize_t count = write(out->descriptor, out->buffer + done, out->used - done);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) _exit(1);  // the parent no longer listens
    done += (size_t)count;
  }
  out->used = 0;
}

static void put(stream *out, const void *bytes, size_t count) {
  const uint8_t *from = bytes;
  while (count > 0) {
    size_t room = sizeof out->buffer - out->used, part = count < room ? count : room;
    memcpy(out->buffer + out->used, from, part);
    out->used += part;
    from += part;
    count -= part;
    if (out->used == sizeof out->buffer) flush(out);
  }
}

static void put_byte(stream *out, uint8_t byte) { put(out, &byte, 1); }

static void put_text(stream *out, const char *text, size_t length) {
  uint32_t count = (uint32_t)length;
  put(out, &count, sizeof count);
  put(out, text, count);
}

static herr_t note(unsigned place, const H5E_error2_t *error, void *text) {
  if (place == 0 && error->desc) *(const char **)text = error->desc;
  return 0;
}

/// Says what is wrong and ends the child. Without a reason, the library's own words.
static _Noreturn void fail(reader *self, const char *reason) {
  const char *words = NULL;
  if (!reason) H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, note, &words);
  if (!reason) reason = words ? words : "it cannot be understood";
  put_byte(&self->out, CHDF5_FAILURE);
  put_text(&self->out, self->path, strlen(self->path));
  put_text(&self->out, reason, strlen(reason));
  flush(&self->out);
  _exit(1);
}

static void need(reader *self, bool holds, const char *reason) {
  if (!holds) fail(self, reason);
}

/// Lengthens the path; the returned length shortens it again.
static size_t descend(reader *self, const char *name) {
  size_t length = strlen(self->path);
  snprintf(self->path + length, sizeof self->path - length, "%s%s", length > 0 ? "/" : "", name);
  return length;
}

// MARK: Values

/// How elements of a type are handed over, and the type that they are read as.
static char kind_of(hid_t type, hid_t *memory) {
  size_t size = H5Tget_size(type);
  *memory = H5I_INVALID_HID;
  switch (H5Tget_class(type)) {
    case H5T_FLOAT:
      if (size > 8) return CHDF5_OTHER;
      *memory = H5Tcopy(size <= 4 ? H5T_NATIVE_FLOAT : H5T_NATIVE_DOUBLE);
      return size <= 4 ? CHDF5_FLOAT32 : CHDF5_FLOAT64;
    case H5T_INTEGER: {
      if (size > 8) return CHDF5_OTHER;
      bool has_sign = H5Tget_sign(type) != H5T_SGN_NONE;
      if (size == 1 && !has_sign) {
        *memory = H5Tcopy(H5T_NATIVE_UINT8);
        return CHDF5_UINT8;
      }
      bool is_wide = size > 4 || (size == 4 && !has_sign);
      *memory = H5Tcopy(is_wide ? H5T_NATIVE_INT64 : H5T_NATIVE_INT32);
      return is_wide ? CHDF5_INT64 : CHDF5_INT32;
    }
    case H5T_ENUM: {
      // h5py's Booleans.
      int8_t no = 1, yes = 0;
      if (size != 1 || H5Tget_nmembers(type) != 2 || H5Tenum_valueof(type, "FALSE", &no) < 0
        || H5Tenum_valueof(type, "TRUE", &yes) < 0 || no != 0 || yes != 1)
        return CHDF5_OTHER;
      *memory = H5Tcopy(type);
      return CHDF5_BOOL;
    }
    case H5T_STRING:
      *memory = H5Tcopy(type);
      return CHDF5_TEXT;
    default: return CHDF5_OTHER;
  }
}

static size_t width_of(char kind) {
  switch (kind) {
    case CHDF5_FLOAT64:
    case CHDF5_INT64: return 8;
    case CHDF5_FLOAT32:
    case CHDF5_INT32: return 4;
    default: return 1;
  }
}

/// What an attribute or dataset holds, before it is written.
typedef struct {
  hid_t object;
  bool is_attribute;
  int rank;
  hsize_t sizes[CHDF5_MAX_RANK];
  uint64_t count;
} values;

/// Counts elements of some width against the limit and reads them.
static void *read_elements(reader *self, const values *found, hid_t type, size_t width) {
  need(
    self, width > 0 && found->count <= self->request->content_limit / width,
    "it unfolds to more than it may");
  self->content += found->count * width;
  need(self, self->content <= self->request->content_limit, "it unfolds to more than it may");
  void *bytes = calloc(found->count ? found->count : 1, width);
  need(self, bytes != NULL, "its elements do not fit in memory");
  herr_t status = found->is_attribute
    ? H5Aread(found->object, type, bytes)
    : H5Dread(found->object, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes);
  if (status < 0) fail(self, NULL);
  return bytes;
}

/// Writes all that stands before elements. Nothing may fail behind it.
static void put_head(reader *self, const values *found, char kind) {
  put_byte(&self->out, (uint8_t)kind);
  put_byte(&self->out, (uint8_t)found->rank);
  for (int axis = 0; axis < found->rank; axis++) put(&self->out, &found->sizes[axis], 8);
}

static void put_texts(reader *self, const values *found, hid_t type) {
  bool is_variable = H5Tis_variable_str(type) > 0;
  size_t width = is_variable ? sizeof(char *) : H5Tget_size(type);
  // What the parent keeps of an empty text.
  need(
    self, found->count <= (self->request->content_limit - self->content) / 16,
    "it unfolds to more than it may");
  self->content += 16 * found->count;
  char *bytes = read_elements(self, found, type, width);
  for (uint64_t place = 0; is_variable && place < found->count; place++) {
    const char *text = ((char **)bytes)[place];
    self->content += text ? strlen(text) : 0;
    need(self, self->content <= self->request->content_limit, "it unfolds to more than it may");
  }
  put_head(self, found, CHDF5_TEXT);
  for (uint64_t place = 0; place < found->count; place++) {
    const char *text = is_variable ? ((char **)bytes)[place] : bytes + place * width;
    size_t length = !text ? 0 : is_variable ? strlen(text) : strnlen(text, width);
    put_text(&self->out, text ? text : "", length);
  }
  free(bytes);  // texts of variable length stay: the child ends soon
}

/// Writes what an attribute or dataset holds.
static void put_values(reader *self, hid_t object, hid_t space, hid_t type, bool is_attribute) {
  values found = {.object = object, .is_attribute = is_attribute, .count = 1};
  if (space < 0 || type < 0) fail(self, NULL);
  found.rank = H5Sget_simple_extent_ndims(space);
  need(self, found.rank >= 0 && found.rank <= CHDF5_MAX_RANK, "it has too many axes");
  if (found.rank > 0 && H5Sget_simple_extent_dims(space, found.sizes, NULL) < 0) fail(self, NULL);
  for (int axis = 0; axis < found.rank; axis++) {
    hsize_t size = found.sizes[axis];
    need(
      self, size == 0 || found.count <= self->request->content_limit / size,
      "it unfolds to more than it may");
    found.count *= size;
  }
  bool is_empty = H5Sget_simple_extent_type(space) == H5S_NULL;
  hid_t memory;
  char kind = is_empty ? CHDF5_OTHER : kind_of(type, &memory);
  if (kind == CHDF5_OTHER) return put_head(self, &found, kind);
  if (kind == CHDF5_TEXT) {
    put_texts(self, &found, memory);
  } else {
    void *bytes = read_elements(self, &found, memory, width_of(kind));
    put_head(self, &found, kind);
    put(&self->out, bytes, found.count * width_of(kind));
    free(bytes);
  }
  H5Tclose(memory);
}

/// Refuses what a file of weights has no need of: bytes in other files, and filters that load code.
static void check_storage(reader *self, hid_t dataset) {
  hid_t settings = H5Dget_create_plist(dataset);
  if (settings < 0) fail(self, NULL);
  need(self, H5Pget_external_count(settings) == 0, "its elements lie in other files");
  need(self, H5Pget_layout(settings) != H5D_VIRTUAL, "its elements lie in other files");
  int filters = H5Pget_nfilters(settings);
  need(self, filters >= 0 && filters <= 3, "it has more filters than are read");
  for (int place = 0; place < filters; place++) {
    unsigned flags;
    size_t values = 0;
    H5Z_filter_t filter =
      H5Pget_filter2(settings, (unsigned)place, &flags, &values, NULL, 0, NULL, NULL);
    need(
      self,
      filter == H5Z_FILTER_DEFLATE || filter == H5Z_FILTER_SHUFFLE
        || filter == H5Z_FILTER_FLETCHER32,
      "it is compressed in another way than gzip");
  }
  H5Pclose(settings);
}

// MARK: Groups

static void count_object(reader *self) {
  need(self, ++self->objects <= self->request->object_limit, "it holds too many objects");
}

static void put_attributes(reader *self, hid_t object, hsize_t count) {
  for (hsize_t place = 0; place < count; place++) {
    count_object(self);
    hid_t attribute = H5Aopen_by_idx(
      object, ".", H5_INDEX_NAME, H5_ITER_INC, place, H5P_DEFAULT, H5P_DEFAULT);
    if (attribute < 0) fail(self, NULL);
    char name[1024];
    ssize_t length = H5Aget_name(attribute, sizeof name, name);
    need(self, length > 0 && length < (ssize_t)sizeof name, "the name of an attribute is too long");
    size_t outer = descend(self, name);
    put_byte(&self->out, CHDF5_ATTRIBUTE);
    put_text(&self->out, name, (size_t)length);
    put_values(self, attribute, H5Aget_space(attribute), H5Aget_type(attribute), true);
    self->path[outer] = 0;
    H5Aclose(attribute);
  }
}

static void put_group(reader *self, hid_t group, uint32_t depth);

/// Writes the object behind a link of a group.
static void put_link(reader *self, hid_t group, hsize_t place, uint32_t depth) {
  count_object(self);
  char name[1024];
  ssize_t length = H5Lget_name_by_idx(
    group, ".", H5_INDEX_NAME, H5_ITER_INC, place, name, sizeof name, H5P_DEFAULT);
  if (length < 0) fail(self, NULL);
  need(self, length > 0 && length < (ssize_t)sizeof name, "a name in it is too long");
  size_t outer = descend(self, name);
  H5L_info_t link;
  if (H5Lget_info(group, name, &link, H5P_DEFAULT) < 0) fail(self, NULL);
  need(self, link.type == H5L_TYPE_HARD, "it is a link to another place or file");
  hid_t object = H5Oopen(group, name, H5P_DEFAULT);
  if (object < 0) fail(self, NULL);
  H5O_info_t facts;
  if (H5Oget_info2(object, &facts, H5O_INFO_BASIC | H5O_INFO_NUM_ATTRS) < 0) fail(self, NULL);
  need(
    self, facts.type == H5O_TYPE_GROUP || facts.type == H5O_TYPE_DATASET,
    "it is neither a group nor a dataset");
  bool is_group = facts.type == H5O_TYPE_GROUP;
  put_byte(&self->out, is_group ? CHDF5_GROUP : CHDF5_DATASET);
  put_text(&self->out, name, (size_t)length);
  if (is_group) {
    put_attributes(self, object, facts.num_attrs);
    put_group(self, object, depth + 1);
    put_byte(&self->out, CHDF5_LEAVE);
  } else {
    check_storage(self, object);
    put_values(self, object, H5Dget_space(object), H5Dget_type(object), false);
  }
  H5Oclose(object);
  self->path[outer] = 0;
}

static void put_group(reader *self, hid_t group, uint32_t depth) {
  need(self, depth <= self->request->depth_limit, "its groups nest too deep");
  H5G_info_t facts;
  if (H5Gget_info(group, &facts) < 0) fail(self, NULL);
  for (hsize_t place = 0; place < facts.nlinks; place++) put_link(self, group, place, depth);
}

// MARK: The child

static void set_limit(int what, rlim_t value) {
  struct rlimit limit = {value, value};
  setrlimit(what, &limit);
}

static void limit_resources(const chdf5_request *request) {
  unsigned long pages = 0;
  FILE *status = fopen("/proc/self/statm", "r");
  if (status) {
    if (fscanf(status, "%lu", &pages) != 1) pages = 0;
    fclose(status);
  }
  rlim_t here = (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE);
  // Twice the content, for the library's own copies.
  set_limit(
    RLIMIT_AS, here + 2 * request->content_limit + 2 * request->byte_count + ((rlim_t)256 << 20));
  set_limit(RLIMIT_CPU, request->seconds_limit);
  set_limit(RLIMIT_CORE, 0);
}

static _Noreturn void read_file(const chdf5_request *request, int descriptor) {
  static reader self;
  self = (reader){.request = request, .out.descriptor = descriptor};
  limit_resources(request);
  if (H5open() < 0 || H5Eset_auto2(H5E_DEFAULT, NULL, NULL) < 0) fail(&self, "HDF5 does not start");
  H5PLset_loading_state(0);
  hid_t access = H5Pcreate(H5P_FILE_ACCESS);
  // Reading needs no lock of the file, which some file systems refuse.
  H5Pset_file_locking(access, false, true);
  if (request->path) {
    H5Pset_fapl_sec2(access);
  } else {
    H5Pset_fapl_core(access, 1 << 20, false);
    if (H5Pset_file_image(access, (void *)request->bytes, request->byte_count) < 0)
      fail(&self, NULL);
  }
  hid_t file = H5Fopen(request->path ? request->path : "file", H5F_ACC_RDONLY, access);
  if (file < 0) fail(&self, NULL);
  hid_t root = H5Gopen2(file, "/", H5P_DEFAULT);
  H5O_info_t facts;
  if (root < 0 || H5Oget_info2(root, &facts, H5O_INFO_BASIC | H5O_INFO_NUM_ATTRS) < 0)
    fail(&self, NULL);
  put_attributes(&self, root, facts.num_attrs);
  put_group(&self, root, 0);
  put_byte(&self.out, CHDF5_END);
  flush(&self.out);
  _exit(0);
}

/// Closes what the parent had open but the pipe and the file: its locks and connections end with it.
static void close_others(int one, int other) {
  int low = one < other ? one : other, high = one < other ? other : one;
  if (low > 3) close_range(3, (unsigned)low - 1, 0);
  if (high > low + 1) close_range((unsigned)(low < 3 ? 3 : low + 1), (unsigned)high - 1, 0);
  close_range((unsigned)high + 1, ~0U, 0);
}

int chdf5_start(const chdf5_request *request, pid_t *child) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return -1;
  pid_t process = fork();
  if (process == 0) {
    // A signal that the parent would handle ends the child.
    for (int number = 1; number < NSIG; number++) signal(number, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    close_others(ends[1], request->descriptor);
    read_file(request, ends[1]);
  }
  int error = errno;
  close(ends[1]);
  if (process < 0) {
    close(ends[0]);
    errno = error;
    return -1;
  }
  *child = process;
  return ends[0];
}

int chdf5_wait(pid_t child, bool is_wanted) {
  int status = 0;
  if (!is_wanted) kill(child, SIGKILL);
  pid_t ended;
  do ended = waitpid(child, &status, 0);
  while (ended < 0 && errno == EINTR);
  return is_wanted && ended == child && WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}
