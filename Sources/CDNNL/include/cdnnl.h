// A narrow C interface to oneDNN's primitives on Float32 and on whole numbers of one byte.
//
// oneDNN 2.x and 3.x create primitives through different calls. Everything that differs stays in
// cdnnl.c, so that Swift sees one interface. A function that makes something returns NULL when
// oneDNN has no implementation for it; callers then use their own kernels.

#ifndef CDNNL_H
#define CDNNL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CDNNL_MAX_RANK 12

/// An engine and an in-order stream. Use it on one thread only.
typedef struct cdnnl_context cdnnl_context;
/// How a tensor's elements lie in memory: oneDNN's memory descriptor.
typedef struct cdnnl_layout cdnnl_layout;
/// A primitive with its memory objects, ready to execute once buffers are bound.
typedef struct cdnnl_primitive cdnnl_primitive;

/// The types of elements.
typedef enum { CDNNL_F32, CDNNL_I8, CDNNL_U8 } cdnnl_type;

/// The tensors of a primitive.
typedef enum {
  CDNNL_SOURCE,
  CDNNL_WEIGHTS,
  CDNNL_BIAS,
  CDNNL_DESTINATION,
  CDNNL_SOURCE_GRADIENT,
  CDNNL_WEIGHTS_GRADIENT,
  CDNNL_BIAS_GRADIENT,
  CDNNL_DESTINATION_GRADIENT,
  CDNNL_RESIDUAL,  ///< what an epilogue adds
  CDNNL_SCRATCHPAD,
  CDNNL_ROLE_COUNT
} cdnnl_role;

/// Which part of an operation a primitive computes. `CDNNL_INFERENCE` is a forward pass whose
/// weights stay the same for many runs, so that they may be transformed ahead.
typedef enum {
  CDNNL_FORWARD,
  CDNNL_INFERENCE,
  CDNNL_BACKWARD_DATA,
  CDNNL_BACKWARD_WEIGHTS
} cdnnl_direction;

/// A function of each element of a result.
typedef enum {
  CDNNL_IDENTITY,
  CDNNL_RELU,  ///< max(x, 0)
  CDNNL_CLIP,  ///< min(max(x, low), high)
  CDNNL_SWISH  ///< x · logistic(x)
} cdnnl_activation;

/// What is done with each element of a result before it is stored, in this order: it is multiplied
/// by its feature's scale, a tensor is added, the activation is applied, and it is multiplied by a
/// factor. Whole numbers are then rounded, halves to the even one, and moved into their type's range.
typedef struct {
  const float *scales;  ///< one for each feature, or NULL
  int64_t scale_count;
  const cdnnl_layout *residual;  ///< layout of the tensor that is added, or NULL
  cdnnl_activation activation;
  float low, high;
  float factor;  ///< what results are multiplied by in the end; 0 stands for 1
} cdnnl_epilogue;

/// A convolution's window; each array has `rank` entries.
typedef struct {
  int rank;
  const int64_t *strides;
  const int64_t *dilations;  ///< 1 is dense
  const int64_t *padding_low;
  const int64_t *padding_high;
} cdnnl_window;

/// Makes a context. The first call also caps the instruction set on machines that announce AMX
/// without having it.
cdnnl_context *cdnnl_context_create(void);
void cdnnl_context_destroy(cdnnl_context *context);

/// Whether epilogues may scale features, which products of whole numbers need: not with oneDNN 3.
bool cdnnl_scales_features(void);

/// The version of the library that is loaded: `2.6.3`.
const char *cdnnl_version(void);

/// A layout given by the distance in elements between neighbours along each axis.
cdnnl_layout *cdnnl_layout_strided(
    cdnnl_type type, int rank, const int64_t *dimensions, const int64_t *strides);
/// A layout that the primitive it is given to chooses.
cdnnl_layout *cdnnl_layout_any(cdnnl_type type, int rank, const int64_t *dimensions);
void cdnnl_layout_destroy(cdnnl_layout *layout);
bool cdnnl_layout_equal(const cdnnl_layout *a, const cdnnl_layout *b);
/// Bytes of memory that a tensor of this layout takes, padding included.
size_t cdnnl_layout_bytes(const cdnnl_layout *layout);
/// Number of axes.
int cdnnl_layout_rank(const cdnnl_layout *layout);
/// Writes oneDNN's name of the order, such as `acdb` or `aBcd16b`, to `text`: axes from the outermost
/// to the innermost one, in capitals where they are blocked, then the blocks.
void cdnnl_layout_describe(const cdnnl_layout *layout, char *text, size_t capacity);

/// A direct convolution over [batch, channels, spatial…] with weights [(groups,) out, in, spatial…].
///
/// `source`, `weights` and `destination` stand for the gradients in the backward directions;
/// `bias` may be NULL. An epilogue is for forward directions.
cdnnl_primitive *cdnnl_convolution(
    cdnnl_context *context, cdnnl_direction direction, const cdnnl_layout *source,
    const cdnnl_layout *weights, const cdnnl_layout *bias, const cdnnl_layout *destination,
    cdnnl_window window, cdnnl_epilogue epilogue);

/// A batched matrix product: source [b…, m, k], weights [b…, k, n], destination [b…, m, n].
cdnnl_primitive *cdnnl_matmul(
    cdnnl_context *context, const cdnnl_layout *source, const cdnnl_layout *weights,
    const cdnnl_layout *bias, const cdnnl_layout *destination, cdnnl_epilogue epilogue);

/// A copy from one layout to another; its roles are source and destination.
cdnnl_primitive *cdnnl_reorder(
    cdnnl_context *context, const cdnnl_layout *source, const cdnnl_layout *destination);

void cdnnl_primitive_destroy(cdnnl_primitive *primitive);
/// The layout that the primitive expects of one of its tensors, to be destroyed by the caller;
/// NULL if it has no such tensor.
cdnnl_layout *cdnnl_primitive_layout(const cdnnl_primitive *primitive, cdnnl_role role);
/// Bytes of scratch memory to bind as `CDNNL_SCRATCHPAD`.
size_t cdnnl_primitive_scratchpad_bytes(const cdnnl_primitive *primitive);
/// The name of the implementation, such as `jit:avx512_core`.
const char *cdnnl_primitive_implementation(const cdnnl_primitive *primitive);
/// Gives one of the primitive's tensors its memory.
void cdnnl_primitive_bind(cdnnl_primitive *primitive, cdnnl_role role, void *memory);
/// Runs the primitive; every tensor it has must have been bound.
bool cdnnl_primitive_execute(const cdnnl_primitive *primitive);

#endif
