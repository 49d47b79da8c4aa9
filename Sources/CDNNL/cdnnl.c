#include "cdnnl.h"

#include <dnnl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

#define ONEDNN_3 (DNNL_VERSION_MAJOR >= 3)

struct cdnnl_context {
  dnnl_engine_t engine;
  dnnl_stream_t stream;
};

struct cdnnl_layout {
  dnnl_memory_desc_t descriptor;
};

struct cdnnl_primitive {
  dnnl_stream_t stream;
  dnnl_primitive_desc_t descriptor;
  dnnl_primitive_t primitive;
  dnnl_memory_t memories[CDNNL_ROLE_COUNT];
  dnnl_exec_arg_t arguments[CDNNL_ROLE_COUNT];
  int argument_count;
};

static const int role_arguments[CDNNL_ROLE_COUNT] = {
  [CDNNL_SOURCE] = DNNL_ARG_SRC,
  [CDNNL_WEIGHTS] = DNNL_ARG_WEIGHTS,
  [CDNNL_BIAS] = DNNL_ARG_BIAS,
  [CDNNL_DESTINATION] = DNNL_ARG_DST,
  [CDNNL_SOURCE_GRADIENT] = DNNL_ARG_DIFF_SRC,
  [CDNNL_WEIGHTS_GRADIENT] = DNNL_ARG_DIFF_WEIGHTS,
  [CDNNL_BIAS_GRADIENT] = DNNL_ARG_DIFF_BIAS,
  [CDNNL_DESTINATION_GRADIENT] = DNNL_ARG_DIFF_DST,
  // The residual is the first thing that an epilogue adds.
  [CDNNL_RESIDUAL] = DNNL_ARG_ATTR_MULTIPLE_POST_OP(0) | DNNL_ARG_SRC_1,
  [CDNNL_SCRATCHPAD] = DNNL_ARG_SCRATCHPAD,
};

// MARK: - Differences between oneDNN 2 and 3

// A memory descriptor is a value in version 2 and a handle in version 3.
#if ONEDNN_3
typedef const_dnnl_memory_desc_t descriptor_view;
#define VIEW(layout) ((layout) ? (descriptor_view)(layout)->descriptor : NULL)
#else
typedef const dnnl_memory_desc_t *descriptor_view;
#define VIEW(layout) ((layout) ? (descriptor_view) & (layout)->descriptor : NULL)
#endif

static cdnnl_layout *layout_from_view(descriptor_view view) {
  cdnnl_layout *layout = calloc(1, sizeof(*layout));
  if (!layout) return NULL;
#if ONEDNN_3
  if (dnnl_memory_desc_clone(&layout->descriptor, view) != dnnl_success) {
    free(layout);
    return NULL;
  }
#else
  layout->descriptor = *view;
#endif
  return layout;
}

static const dnnl_data_type_t data_types[] = {
  [CDNNL_F32] = dnnl_f32, [CDNNL_I8] = dnnl_s8, [CDNNL_U8] = dnnl_u8
};

cdnnl_layout *cdnnl_layout_strided(
    cdnnl_type type, int rank, const int64_t *dimensions, const int64_t *strides) {
  cdnnl_layout *layout = calloc(1, sizeof(*layout));
  if (!layout) return NULL;
#if ONEDNN_3
  dnnl_status_t status = dnnl_memory_desc_create_with_strides(
      &layout->descriptor, rank, dimensions, data_types[type], strides);
#else
  dnnl_status_t status = dnnl_memory_desc_init_by_strides(
      &layout->descriptor, rank, dimensions, data_types[type], strides);
#endif
  if (status == dnnl_success) return layout;
  free(layout);
  return NULL;
}

cdnnl_layout *cdnnl_layout_any(cdnnl_type type, int rank, const int64_t *dimensions) {
  cdnnl_layout *layout = calloc(1, sizeof(*layout));
  if (!layout) return NULL;
#if ONEDNN_3
  dnnl_status_t status = dnnl_memory_desc_create_with_tag(
      &layout->descriptor, rank, dimensions, data_types[type], dnnl_format_tag_any);
#else
  dnnl_status_t status = dnnl_memory_desc_init_by_tag(
      &layout->descriptor, rank, dimensions, data_types[type], dnnl_format_tag_any);
#endif
  if (status == dnnl_success) return layout;
  free(layout);
  return NULL;
}

void cdnnl_layout_destroy(cdnnl_layout *layout) {
  if (!layout) return;
#if ONEDNN_3
  dnnl_memory_desc_destroy(layout->descriptor);
#endif
  free(layout);
}

static int layout_blocks(const cdnnl_layout *layout, const int64_t **sizes, const int64_t **axes) {
#if ONEDNN_3
  int count = 0;
  const dnnl_dims_t *size_view = NULL, *axis_view = NULL;
  dnnl_memory_desc_query(layout->descriptor, dnnl_query_inner_nblks_s32, &count);
  dnnl_memory_desc_query(layout->descriptor, dnnl_query_inner_blks, &size_view);
  dnnl_memory_desc_query(layout->descriptor, dnnl_query_inner_idxs, &axis_view);
  if (!size_view || !axis_view) return 0;
  *sizes = *size_view;
  *axes = *axis_view;
  return count;
#else
  const dnnl_blocking_desc_t *blocking = &layout->descriptor.format_desc.blocking;
  *sizes = blocking->inner_blks;
  *axes = blocking->inner_idxs;
  return blocking->inner_nblks;
#endif
}

static int layout_axes(
    const cdnnl_layout *layout, const int64_t **dimensions, const int64_t **strides) {
#if ONEDNN_3
  int rank = 0;
  const dnnl_dims_t *size_view = NULL, *stride_view = NULL;
  dnnl_memory_desc_query(layout->descriptor, dnnl_query_ndims_s32, &rank);
  dnnl_memory_desc_query(layout->descriptor, dnnl_query_dims, &size_view);
  dnnl_memory_desc_query(layout->descriptor, dnnl_query_strides, &stride_view);
  if (!size_view || !stride_view) return 0;
  *dimensions = *size_view;
  *strides = *stride_view;
  return rank;
#else
  *dimensions = layout->descriptor.dims;
  *strides = layout->descriptor.format_desc.blocking.strides;
  return layout->descriptor.format_kind == dnnl_blocked ? layout->descriptor.ndims : 0;
#endif
}

static dnnl_status_t describe_convolution(
    dnnl_primitive_desc_t *result, dnnl_engine_t engine, dnnl_primitive_attr_t attributes,
    dnnl_primitive_desc_t hint, cdnnl_direction direction, descriptor_view source,
    descriptor_view weights, descriptor_view bias, descriptor_view destination,
    const int64_t *strides, const int64_t *dilations, const int64_t *low, const int64_t *high) {
  // Never `auto`: its choice of Winograd is sometimes many times slower.
  const dnnl_alg_kind_t algorithm = dnnl_convolution_direct;
  const dnnl_prop_kind_t forward =
      direction == CDNNL_INFERENCE ? dnnl_forward_inference : dnnl_forward_training;
#if ONEDNN_3
  switch (direction) {
    case CDNNL_FORWARD:
    case CDNNL_INFERENCE:
      return dnnl_convolution_forward_primitive_desc_create(
          result, engine, forward, algorithm, source, weights, bias, destination, strides,
          dilations, low, high, attributes);
    case CDNNL_BACKWARD_DATA:
      return dnnl_convolution_backward_data_primitive_desc_create(
          result, engine, algorithm, source, weights, destination, strides, dilations, low, high,
          hint, attributes);
    case CDNNL_BACKWARD_WEIGHTS:
      return dnnl_convolution_backward_weights_primitive_desc_create(
          result, engine, algorithm, source, weights, bias, destination, strides, dilations, low,
          high, hint, attributes);
  }
  return dnnl_invalid_arguments;
#else
  dnnl_convolution_desc_t operation;
  dnnl_status_t status = dnnl_invalid_arguments;
  switch (direction) {
    case CDNNL_FORWARD:
    case CDNNL_INFERENCE:
      status = dnnl_dilated_convolution_forward_desc_init(
          &operation, forward, algorithm, source, weights, bias, destination, strides, dilations,
          low, high);
      break;
    case CDNNL_BACKWARD_DATA:
      status = dnnl_dilated_convolution_backward_data_desc_init(
          &operation, algorithm, source, weights, destination, strides, dilations, low, high);
      break;
    case CDNNL_BACKWARD_WEIGHTS:
      status = dnnl_dilated_convolution_backward_weights_desc_init(
          &operation, algorithm, source, weights, bias, destination, strides, dilations, low,
          high);
      break;
  }
  if (status != dnnl_success) return status;
  return dnnl_primitive_desc_create(result, &operation, attributes, engine, hint);
#endif
}

static dnnl_status_t describe_matmul(
    dnnl_primitive_desc_t *result, dnnl_engine_t engine, dnnl_primitive_attr_t attributes,
    descriptor_view source, descriptor_view weights, descriptor_view bias,
    descriptor_view destination) {
#if ONEDNN_3
  return dnnl_matmul_primitive_desc_create(
      result, engine, source, weights, bias, destination, attributes);
#else
  dnnl_matmul_desc_t operation;
  dnnl_status_t status = dnnl_matmul_desc_init(&operation, source, weights, bias, destination);
  if (status != dnnl_success) return status;
  return dnnl_primitive_desc_create(result, &operation, attributes, engine, NULL);
#endif
}

static dnnl_status_t append_function(
    dnnl_post_ops_t operations, dnnl_alg_kind_t function, float alpha, float beta) {
#if ONEDNN_3
  return dnnl_post_ops_append_eltwise(operations, function, alpha, beta);
#else
  return dnnl_post_ops_append_eltwise(operations, 1, function, alpha, beta);
#endif
}

static dnnl_status_t set_scales(dnnl_primitive_attr_t attributes, cdnnl_epilogue epilogue) {
#if ONEDNN_3
  (void)attributes;
  (void)epilogue;
  return dnnl_unimplemented;
#else
  // Features are the second axis of pictures and of matrices.
  return dnnl_primitive_attr_set_output_scales(
      attributes, epilogue.scale_count, 1 << 1, epilogue.scales);
#endif
}

bool cdnnl_scales_features(void) { return !ONEDNN_3; }

static descriptor_view query_descriptor(const_dnnl_primitive_desc_t descriptor, int argument) {
  return dnnl_primitive_desc_query_md(descriptor, dnnl_query_exec_arg_md, argument);
}

// MARK: - Context

// Some virtual machines announce AMX while the leaf that describes its tiles is empty; oneDNN
// would then choose kernels that die with an illegal instruction.
static void cap_instruction_set(void) {
#if defined(__x86_64__)
  unsigned a = 0, b = 0, c = 0, d = 0;
  if (!__get_cpuid_count(7, 0, &a, &b, &c, &d) || !(d & (1u << 24))) return;
  if (__get_cpuid_count(0x1D, 0, &a, &b, &c, &d) && a != 0) return;
  dnnl_set_max_cpu_isa(dnnl_cpu_isa_avx512_core_bf16);
#endif
}

cdnnl_context *cdnnl_context_create(void) {
  static pthread_once_t probe = PTHREAD_ONCE_INIT;
  pthread_once(&probe, cap_instruction_set);
  cdnnl_context *context = calloc(1, sizeof(*context));
  if (!context) return NULL;
  if (dnnl_engine_create(&context->engine, dnnl_cpu, 0) == dnnl_success &&
      dnnl_stream_create(&context->stream, context->engine, dnnl_stream_in_order) == dnnl_success)
    return context;
  cdnnl_context_destroy(context);
  return NULL;
}

void cdnnl_context_destroy(cdnnl_context *context) {
  if (!context) return;
  if (context->stream) dnnl_stream_destroy(context->stream);
  if (context->engine) dnnl_engine_destroy(context->engine);
  free(context);
}

const char *cdnnl_version(void) {
  static char text[48];
  const dnnl_version_t *version = dnnl_version();
  snprintf(text, sizeof(text), "%d.%d.%d", version->major, version->minor, version->patch);
  return text;
}

// MARK: - Layouts

int cdnnl_layout_rank(const cdnnl_layout *layout) {
  const int64_t *dimensions = NULL, *strides = NULL;
  return layout_axes(layout, &dimensions, &strides);
}

bool cdnnl_layout_equal(const cdnnl_layout *a, const cdnnl_layout *b) {
  return dnnl_memory_desc_equal(VIEW(a), VIEW(b)) != 0;
}

size_t cdnnl_layout_bytes(const cdnnl_layout *layout) {
  return dnnl_memory_desc_get_size(VIEW(layout));
}

void cdnnl_layout_describe(const cdnnl_layout *layout, char *text, size_t capacity) {
  const int64_t *dimensions = NULL, *strides = NULL, *sizes = NULL, *axes = NULL;
  int rank = layout_axes(layout, &dimensions, &strides);
  int count = rank ? layout_blocks(layout, &sizes, &axes) : 0;
  if (capacity <= (size_t)rank) return;
  snprintf(text, capacity, "%s", rank ? "" : "packed");
  int order[CDNNL_MAX_RANK];
  for (int axis = 0; axis < rank; ++axis) {
    // An axis of size 1 may stand anywhere; it goes behind those that it ties with.
    int place = axis;
    for (; place > 0; --place) {
      int other = order[place - 1];
      bool is_outside = strides[axis] > strides[other] ||
                        (strides[axis] == strides[other] && dimensions[other] == 1 &&
                         dimensions[axis] > 1);
      if (!is_outside) break;
      order[place] = other;
    }
    order[place] = axis;
  }
  size_t used = 0;
  for (; used < (size_t)rank; ++used) {
    bool is_blocked = false;
    for (int block = 0; block < count; ++block) is_blocked |= axes[block] == order[used];
    text[used] = (char)((is_blocked ? 'A' : 'a') + order[used]);
    text[used + 1] = 0;
  }
  for (int block = 0; block < count && used < capacity; ++block) {
    int written = snprintf(
        text + used, capacity - used, "%lld%c", (long long)sizes[block], (char)('a' + axes[block]));
    if (written < 0) return;
    used += (size_t)written;
  }
}

// MARK: - Primitives

// Scratch memory is given by the caller, so that primitives can share it.
static dnnl_primitive_attr_t make_attributes(void) {
  dnnl_primitive_attr_t attributes = NULL;
  if (dnnl_primitive_attr_create(&attributes) != dnnl_success) return NULL;
  dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user);
  return attributes;
}

static dnnl_status_t append_activation(dnnl_post_ops_t operations, cdnnl_epilogue epilogue) {
  switch (epilogue.activation) {
    case CDNNL_IDENTITY: return dnnl_success;
    case CDNNL_RELU: return append_function(operations, dnnl_eltwise_relu, 0, 0);
    case CDNNL_CLIP:
      return append_function(operations, dnnl_eltwise_clip, epilogue.low, epilogue.high);
    case CDNNL_SWISH: return append_function(operations, dnnl_eltwise_swish, 1, 0);
  }
  return dnnl_invalid_arguments;
}

// Once in an epilogue: where two of these operations have different factors, oneDNN 2.6 multiplies by
// one of them twice.
static dnnl_status_t append_factor(dnnl_post_ops_t operations, float factor) {
  if (factor == 0 || factor == 1) return dnnl_success;
  return append_function(operations, dnnl_eltwise_linear, factor, 0);
}

static dnnl_primitive_attr_t make_epilogue(cdnnl_epilogue epilogue) {
  dnnl_primitive_attr_t attributes = make_attributes();
  dnnl_post_ops_t operations = NULL;
  if (!attributes || dnnl_post_ops_create(&operations) != dnnl_success) return attributes;
  dnnl_status_t status = dnnl_success;
  if (epilogue.scales) status = set_scales(attributes, epilogue);
  if (status == dnnl_success && epilogue.residual)
    status = dnnl_post_ops_append_binary(operations, dnnl_binary_add, VIEW(epilogue.residual));
  if (status == dnnl_success) status = append_activation(operations, epilogue);
  if (status == dnnl_success) status = append_factor(operations, epilogue.factor);
  if (status == dnnl_success) status = dnnl_primitive_attr_set_post_ops(attributes, operations);
  dnnl_post_ops_destroy(operations);
  if (status == dnnl_success) return attributes;
  dnnl_primitive_attr_destroy(attributes);
  return NULL;
}

static bool add_tensor(
    cdnnl_context *context, cdnnl_primitive *primitive, cdnnl_role role, descriptor_view view) {
  if (dnnl_memory_create(&primitive->memories[role], view, context->engine, DNNL_MEMORY_NONE) !=
      dnnl_success)
    return false;
  primitive->arguments[primitive->argument_count++] =
      (dnnl_exec_arg_t){.arg = role_arguments[role], .memory = primitive->memories[role]};
  return true;
}

// Takes over `descriptor`; makes the primitive and a memory object for each of its tensors.
static cdnnl_primitive *finish(
    cdnnl_context *context, dnnl_primitive_desc_t descriptor, const cdnnl_role *roles,
    int role_count, cdnnl_epilogue epilogue) {
  cdnnl_primitive *result = calloc(1, sizeof(*result));
  if (!result) {
    dnnl_primitive_desc_destroy(descriptor);
    return NULL;
  }
  result->stream = context->stream;
  result->descriptor = descriptor;
  bool fine = dnnl_primitive_create(&result->primitive, descriptor) == dnnl_success;
  for (int index = 0; fine && index <= role_count; ++index) {
    cdnnl_role role = index < role_count ? roles[index] : CDNNL_SCRATCHPAD;
    descriptor_view view = query_descriptor(descriptor, role_arguments[role]);
    if (!view || dnnl_memory_desc_get_size(view) == 0) continue;
    fine = add_tensor(context, result, role, view);
  }
  if (fine && epilogue.residual)
    fine = add_tensor(context, result, CDNNL_RESIDUAL, VIEW(epilogue.residual));
  if (fine) return result;
  cdnnl_primitive_destroy(result);
  return NULL;
}

static int roles_of(cdnnl_direction direction, bool bias, cdnnl_role roles[4]) {
  int count = 0;
  switch (direction) {
    case CDNNL_FORWARD:
    case CDNNL_INFERENCE:
      roles[count++] = CDNNL_SOURCE;
      roles[count++] = CDNNL_WEIGHTS;
      if (bias) roles[count++] = CDNNL_BIAS;
      roles[count++] = CDNNL_DESTINATION;
      break;
    case CDNNL_BACKWARD_DATA:
      roles[count++] = CDNNL_SOURCE_GRADIENT;
      roles[count++] = CDNNL_WEIGHTS;
      roles[count++] = CDNNL_DESTINATION_GRADIENT;
      break;
    case CDNNL_BACKWARD_WEIGHTS:
      roles[count++] = CDNNL_SOURCE;
      roles[count++] = CDNNL_WEIGHTS_GRADIENT;
      if (bias) roles[count++] = CDNNL_BIAS_GRADIENT;
      roles[count++] = CDNNL_DESTINATION_GRADIENT;
      break;
  }
  return count;
}

cdnnl_primitive *cdnnl_convolution(
    cdnnl_context *context, cdnnl_direction direction, const cdnnl_layout *source,
    const cdnnl_layout *weights, const cdnnl_layout *bias, const cdnnl_layout *destination,
    cdnnl_window window, cdnnl_epilogue epilogue) {
  int64_t dilations[CDNNL_MAX_RANK];
  if (window.rank > CDNNL_MAX_RANK) return NULL;
  for (int axis = 0; axis < window.rank; ++axis) dilations[axis] = window.dilations[axis] - 1;

  dnnl_primitive_attr_t attributes = make_epilogue(epilogue);
  dnnl_primitive_desc_t hint = NULL, descriptor = NULL;
  dnnl_status_t status = attributes ? dnnl_success : dnnl_out_of_memory;
  const bool is_forward = direction == CDNNL_FORWARD || direction == CDNNL_INFERENCE;
  if (status == dnnl_success && !is_forward)
    status = describe_convolution(
        &hint, context->engine, attributes, NULL, CDNNL_FORWARD, VIEW(source), VIEW(weights),
        VIEW(bias), VIEW(destination), window.strides, dilations, window.padding_low,
        window.padding_high);
  if (status == dnnl_success)
    status = describe_convolution(
        &descriptor, context->engine, attributes, hint, direction, VIEW(source), VIEW(weights),
        VIEW(bias), VIEW(destination), window.strides, dilations, window.padding_low,
        window.padding_high);
  if (hint) dnnl_primitive_desc_destroy(hint);
  if (attributes) dnnl_primitive_attr_destroy(attributes);
  if (status != dnnl_success) return NULL;
  cdnnl_role roles[4];
  return finish(context, descriptor, roles, roles_of(direction, bias != NULL, roles), epilogue);
}

cdnnl_primitive *cdnnl_matmul(
    cdnnl_context *context, const cdnnl_layout *source, const cdnnl_layout *weights,
    const cdnnl_layout *bias, const cdnnl_layout *destination, cdnnl_epilogue epilogue) {
  dnnl_primitive_attr_t attributes = make_epilogue(epilogue);
  if (!attributes) return NULL;
  dnnl_primitive_desc_t descriptor = NULL;
  dnnl_status_t status = describe_matmul(
      &descriptor, context->engine, attributes, VIEW(source), VIEW(weights), VIEW(bias),
      VIEW(destination));
  dnnl_primitive_attr_destroy(attributes);
  if (status != dnnl_success) return NULL;
  cdnnl_role roles[4];
  return finish(
      context, descriptor, roles, roles_of(CDNNL_FORWARD, bias != NULL, roles), epilogue);
}

cdnnl_primitive *cdnnl_reorder(
    cdnnl_context *context, const cdnnl_layout *source, const cdnnl_layout *destination) {
  dnnl_primitive_attr_t attributes = make_attributes();
  if (!attributes) return NULL;
  dnnl_primitive_desc_t descriptor = NULL;
  dnnl_status_t status = dnnl_reorder_primitive_desc_create(
      &descriptor, VIEW(source), context->engine, VIEW(destination), context->engine, attributes);
  dnnl_primitive_attr_destroy(attributes);
  if (status != dnnl_success) return NULL;
  const cdnnl_role roles[2] = {CDNNL_SOURCE, CDNNL_DESTINATION};
  return finish(context, descriptor, roles, 2, (cdnnl_epilogue){0});
}

void cdnnl_primitive_destroy(cdnnl_primitive *primitive) {
  if (!primitive) return;
  for (int role = 0; role < CDNNL_ROLE_COUNT; ++role)
    if (primitive->memories[role]) dnnl_memory_destroy(primitive->memories[role]);
  if (primitive->primitive) dnnl_primitive_destroy(primitive->primitive);
  if (primitive->descriptor) dnnl_primitive_desc_destroy(primitive->descriptor);
  free(primitive);
}

cdnnl_layout *cdnnl_primitive_layout(const cdnnl_primitive *primitive, cdnnl_role role) {
  descriptor_view view = NULL;
  if (!primitive->memories[role] ||
      dnnl_memory_get_memory_desc(primitive->memories[role], &view) != dnnl_success)
    return NULL;
  return layout_from_view(view);
}

size_t cdnnl_primitive_scratchpad_bytes(const cdnnl_primitive *primitive) {
  descriptor_view view = query_descriptor(primitive->descriptor, DNNL_ARG_SCRATCHPAD);
  return view ? dnnl_memory_desc_get_size(view) : 0;
}

const char *cdnnl_primitive_implementation(const cdnnl_primitive *primitive) {
  const char *name = "";
  dnnl_primitive_desc_query(primitive->descriptor, dnnl_query_impl_info_str, 0, &name);
  return name;
}

void cdnnl_primitive_bind(cdnnl_primitive *primitive, cdnnl_role role, void *memory) {
  if (primitive->memories[role]) dnnl_memory_set_data_handle(primitive->memories[role], memory);
}

bool cdnnl_primitive_execute(const cdnnl_primitive *primitive) {
  return dnnl_primitive_execute(
             primitive->primitive, primitive->stream, primitive->argument_count,
             primitive->arguments) == dnnl_success;
}
