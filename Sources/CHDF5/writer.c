#include <hdf5/serial/hdf5.h>
#include <stdlib.h>

#include "chdf5.h"

chdf5_place chdf5_create(void) {
  H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
  hid_t access = H5Pcreate(H5P_FILE_ACCESS);
  H5Pset_fapl_core(access, 1 << 20, false);
  hid_t file = H5Fcreate("file", H5F_ACC_TRUNC, H5P_DEFAULT, access);
  H5Pclose(access);
  return file;
}

/// Settings for links with names in UTF-8, as h5py writes them.
static hid_t link_settings(void) {
  hid_t settings = H5Pcreate(H5P_LINK_CREATE);
  H5Pset_char_encoding(settings, H5T_CSET_UTF8);
  return settings;
}

/// Settings for objects whose files are the same whenever they are written.
static hid_t object_settings(hid_t class) {
  hid_t settings = H5Pcreate(class);
  H5Pset_obj_track_times(settings, false);
  return settings;
}

chdf5_place chdf5_enter(chdf5_place parent, const char *name) {
  hid_t link = link_settings(), object = object_settings(H5P_GROUP_CREATE);
  hid_t group = H5Gcreate2(parent, name, link, object, H5P_DEFAULT);
  H5Pclose(object);
  H5Pclose(link);
  return group;
}

void chdf5_leave(chdf5_place group) { H5Gclose(group); }

/// A type of its own that the caller closes.
static hid_t type_of(char kind) {
  switch (kind) {
    case CHDF5_FLOAT32: return H5Tcopy(H5T_IEEE_F32LE);
    case CHDF5_FLOAT64: return H5Tcopy(H5T_IEEE_F64LE);
    case CHDF5_INT32: return H5Tcopy(H5T_STD_I32LE);
    case CHDF5_INT64: return H5Tcopy(H5T_STD_I64LE);
    case CHDF5_INT8: return H5Tcopy(H5T_STD_I8LE);
    case CHDF5_UINT8: return H5Tcopy(H5T_STD_U8LE);
    case CHDF5_BOOL: {
      hid_t type = H5Tenum_create(H5T_STD_I8LE);
      int8_t value = 0;
      H5Tenum_insert(type, "FALSE", &value);
      value = 1;
      H5Tenum_insert(type, "TRUE", &value);
      return type;
    }
    default: return H5I_INVALID_HID;
  }
}

static bool write_elements(
  hid_t parent, const char *name, bool is_attribute, hid_t type, hid_t space,
  const void *elements) {
  herr_t status = -1;
  if (is_attribute) {
    hid_t settings = H5Pcreate(H5P_ATTRIBUTE_CREATE);
    H5Pset_char_encoding(settings, H5T_CSET_UTF8);
    hid_t attribute = H5Acreate2(parent, name, type, space, settings, H5P_DEFAULT);
    if (attribute >= 0) status = H5Awrite(attribute, type, elements);
    H5Aclose(attribute);
    H5Pclose(settings);
  } else {
    hid_t link = link_settings(), object = object_settings(H5P_DATASET_CREATE);
    hid_t dataset = H5Dcreate2(parent, name, type, space, link, object, H5P_DEFAULT);
    if (dataset >= 0) status = H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, elements);
    H5Dclose(dataset);
    H5Pclose(object);
    H5Pclose(link);
  }
  return status >= 0;
}

bool chdf5_write_numbers(
  chdf5_place parent, const char *name, bool is_attribute, char kind, int rank,
  const uint64_t *sizes, const void *elements) {
  hsize_t extents[CHDF5_MAX_RANK];
  if (rank > CHDF5_MAX_RANK) return false;
  for (int axis = 0; axis < rank; axis++) extents[axis] = sizes[axis];
  hid_t space = rank == 0 ? H5Screate(H5S_SCALAR) : H5Screate_simple(rank, extents, NULL);
  hid_t type = type_of(kind);
  bool is_done = write_elements(parent, name, is_attribute, type, space, elements);
  H5Tclose(type);
  H5Sclose(space);
  return is_done;
}

bool chdf5_write_texts(
  chdf5_place parent, const char *name, bool is_attribute, int rank,
  uint64_t count, size_t width, const void *texts) {
  hid_t type = H5Tcopy(H5T_C_S1);
  H5Tset_size(type, width > 0 ? width : H5T_VARIABLE);
  if (width > 0) {
    H5Tset_strpad(type, H5T_STR_NULLPAD);
  } else {
    H5Tset_cset(type, H5T_CSET_UTF8);
  }
  hsize_t extent = count;
  hid_t space = rank == 0 ? H5Screate(H5S_SCALAR) : H5Screate_simple(1, &extent, NULL);
  bool is_done;
  if (width > 0) {
    is_done = write_elements(parent, name, is_attribute, type, space, texts);
  } else {
    const char **starts = calloc(count ? count : 1, sizeof *starts);
    const char *next = texts;
    for (uint64_t place = 0; starts && place < count; place++) {
      starts[place] = next;
      while (*next) next++;
      next++;
    }
    is_done =
      starts && write_elements(parent, name, is_attribute, type, space, starts);
    free(starts);
  }
  H5Tclose(type);
  H5Sclose(space);
  return is_done;
}

void *chdf5_bytes(chdf5_place file, size_t *count) {
  if (H5Fflush(file, H5F_SCOPE_GLOBAL) < 0) return NULL;
  ssize_t size = H5Fget_file_image(file, NULL, 0);
  void *bytes = size > 0 ? malloc((size_t)size) : NULL;
  if (!bytes || H5Fget_file_image(file, bytes, (size_t)size) != size) {
    free(bytes);
    return NULL;
  }
  *count = (size_t)size;
  return bytes;
}

void chdf5_close(chdf5_place file) { H5Fclose(file); }
