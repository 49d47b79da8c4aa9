// Vector kernels of the CPU executor.
//
// Kernels are written once and compiled for three instruction sets (x86-64-v4, -v3, baseline; one
// on other processors); the best one the machine has is chosen at run time. All of them share
// oneDNN's OpenMP threads, so that the two never compete for cores.
//
// Sizes are in elements unless named bytes. Pointers need no alignment beyond an element's.

#ifndef CKERNELS_H
#define CKERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Most axes that a loop over strided memory has; graphs with more are refused.
#define CK_MAX_RANK 32

// MARK: - Threads

typedef void (*ck_body)(void *context, int64_t begin, int64_t end, int thread);

/// Number of processors this process may use.
int ck_processor_count(void);
/// Sets how many threads oneDNN uses when called from the calling thread.
void ck_set_thread_count(int threads);
/// Splits 0..<count into `threads` equal ranges at multiples of `unit` and calls `body` once for
/// each that is not empty, on the shared threads. The split depends on the arguments alone.
void ck_parallel(int threads, int64_t count, int64_t unit, ck_body body, void *context);
/// The processor's name for itself; empty where it has none.
const char *ck_processor_name(void);
/// The name of the instruction set that the kernels use: `x86-64-v4`, `x86-64-v3`, `baseline`.
const char *ck_instruction_set(void);

// MARK: - Elementwise programs

/// Elements of CK_BF16 are only copied, and converted from and to Float32.
typedef enum {
  CK_F32, CK_F64, CK_BF16, CK_I32, CK_I64, CK_I8, CK_U8, CK_BOOL, CK_TYPE_COUNT
} ck_type;

typedef enum {
  CK_COPY, CK_NEGATE, CK_ABSOLUTE, CK_SIGN, CK_EXP, CK_EXPM1, CK_LOG, CK_LOG1P, CK_SQRT, CK_RSQRT,
  CK_SIN, CK_COS, CK_TANH, CK_LOGISTIC, CK_ERF, CK_FLOOR, CK_CEILING, CK_ROUND_EVEN, CK_NOT,
  CK_IS_FINITE,
  CK_ADD, CK_SUBTRACT, CK_MULTIPLY, CK_DIVIDE, CK_POWER, CK_MAXIMUM, CK_MINIMUM, CK_REMAINDER,
  CK_AND, CK_OR,
  CK_EQUAL, CK_NOT_EQUAL, CK_LESS, CK_LESS_EQUAL, CK_GREATER, CK_GREATER_EQUAL,
  CK_SELECT,  ///< a ? b : c, where a is Boolean and the type is b's
  CK_OPERATION_COUNT
} ck_operation;

/// Computes `count` elements of `d` from those of `a`, `b` and `c`; `d` may be one of them.
typedef void (*ck_function)(void *d, const void *a, const void *b, const void *c, int64_t count);

/// The function of an operation whose operands have `type`; NULL where it has no meaning.
ck_function ck_elementwise_function(ck_operation operation, ck_type type);
/// The function that changes elements of one type into another: floating to whole numbers
/// truncates and saturates, NaN becomes 0, anything but 0 becomes `true`; BFloat16 is rounded to
/// nearest, ties to even. NULL between BFloat16 and other types than Float32.
ck_function ck_convert_function(ck_type from, ck_type to);

/// Elements that a program works on at a time, so that intermediates stay in the first cache.
#define CK_BLOCK 512

/// Most registers and results of one program.
#define CK_MAX_REGISTERS 512
#define CK_MAX_RESULTS 64
/// Most phases of one program.
#define CK_MAX_PHASES 64

typedef enum { CK_SUM, CK_MAX, CK_MIN, CK_PRODUCT } ck_reduction;

/// How an operand's register is filled: by pointing into memory, with one value, along strides, or
/// along strides once for all rows, which are equal.
typedef enum { CK_LINEAR, CK_SINGLE, CK_STRIDED, CK_REPEATED } ck_load;

/// Where a register's values come from.
typedef struct {
  const void *data;
  int element_bytes;
  ck_load mode;
  bool is_per_row;  ///< one element for each row instead of each element of the domain
  uint64_t phases;  ///< bit p: phase p reads it
  int64_t strides[CK_MAX_RANK];  ///< in elements, along the program's (outer) axes
  int64_t row_bytes;    ///< for machine code: distance between rows, 0 if they are one
  int64_t group_bytes;  ///< for machine code: distance between groups, beside that of their rows
} ck_operand;

/// What an instruction works on: each element; one element for each row; or it spreads a row's
/// element over the row; or reduces a row to one element.
typedef enum { CK_EACH, CK_EACH_ROW, CK_SPREAD, CK_REDUCE } ck_scope;

/// One operation between registers. Registers 0..<operand_count hold the operands.
typedef struct {
  ck_scope scope;
  ck_function function;    ///< for CK_EACH and CK_EACH_ROW
  ck_reduction reduction;  ///< for CK_REDUCE
  int element_bytes;       ///< of the destination
  int destination;
  int a, b, c;
} ck_instruction;

/// A walk over a row: instructions first..<rows_first work on elements, those of
/// rows_first..<end afterwards on rows.
typedef struct {
  int first, rows_first, end;
} ck_phase;

/// What a register beyond the operands' holds: a block, a whole long row, or one element a row.
typedef enum { CK_BLOCK_REGISTER, CK_LONG_REGISTER, CK_ROW_REGISTER } ck_register;

/// What is kept of a register: each value, one value of each row, or a reduction over everything,
/// over all rows' elements, over the outer axis, or that and the squared distances from its mean.
typedef enum {
  CK_STORE, CK_STORE_ROWS, CK_REDUCE_ALL, CK_REDUCE_ALL_ROWS, CK_REDUCE_OUTER, CK_MOMENTS_OUTER
} ck_keep;

/// Where a register's values go.
typedef struct {
  void *data;
  void *squares;  ///< for CK_MOMENTS_OUTER: sums of squared distances from the mean
  int element_bytes;
  int source;
  int phase;  ///< the phase that makes the source
  ck_keep mode;
  ck_reduction reduction;
} ck_result;

/// How machine code walks over a domain: over elements, along columns of rows, or row by row.
typedef enum { CK_WALK_ELEMENTS, CK_WALK_COLUMNS, CK_WALK_ROWS } ck_walk;

/// Machine code that walks over a part of a domain, `count` rows of it or elements.
///
/// Its table has the addresses of the operands, three for each result (memory or running
/// reductions, running squares and what both are distances from), and of saved rows. Code that goes
/// from row to row leaves the addresses behind the last one there.
typedef void (*ck_code)(void **places, int64_t count);

/// Memory that holds and runs machine code; NULL if the system gives none.
ck_code ck_map_code(const void *bytes, size_t count);
void ck_unmap_code(ck_code code, size_t count);

/// A fused chain of elementwise operations over `count` elements of a row-major domain.
///
/// The domain is walked in rows. Short rows share a block; a long one takes several. Each phase
/// walks over the same rows again while they are in the first cache, so that reductions over a row
/// can be used by what follows.
typedef struct {
  int rank;
  int outer_rank;  ///< the axes that number the rows
  int64_t dimensions[CK_MAX_RANK];
  int64_t count;
  int64_t row;  ///< elements of a row; only the last row may be shorter, if no phase needs rows
  int operand_count, instruction_count, result_count, phase_count;
  int register_count;  ///< beyond the operands'
  const ck_operand *operands;
  const ck_register *registers;
  const ck_instruction *instructions;
  const ck_phase *phases;
  const ck_result *results;
  /// For each instruction, the result whose memory it writes directly, or −1.
  const int *direct;
  /// Machine code for the domain, or NULL. What its rows do not fill is left to the interpreter.
  ck_code code;
  ck_walk walk;
  int64_t copies;   ///< rows that a walk along columns takes as one long row; else 1
  int64_t group;    ///< elements that machine code walks over with the same steady operands
  int saved_count;  ///< rows of four bytes an element that machine code keeps between phases
} ck_program;

/// Bytes of scratch memory that `ck_run` needs.
size_t ck_program_scratch_bytes(const ck_program *program, int threads);
void ck_run(const ck_program *program, int threads, void *scratch);

// MARK: - Products

/// Distances between neighbours along the axes of a batch of matrices, in elements.
typedef struct {
  int64_t outer, inner, row, column;
} ck_strides;

/// Products of m × k and k × n matrices. The batch has two axes, so that matrices which lie between
/// one another, as those of attention's heads, need not be gathered; the columns of the results are
/// neighbours.
typedef struct {
  int64_t outer, inner, m, k, n;
  ck_strides left, right, result;
  bool is_clipped;  ///< whether results stay within `low` and `high`; NaN stays NaN
  float low, high;
} ck_product;

/// Elements of the panel that each thread needs.
#define CK_PANEL_ELEMENTS (384 * 64)

/// y = clip(left · right + bias); `bias` has n elements or is NULL. Reads, but does not use, up to
/// a cache line past the end of `right` if its columns are neighbours.
///
/// The same bits for every number of threads. `panels` holds CK_PANEL_ELEMENTS for each of them.
///
/// Source: Goto and van de Geijn 2008, doi:10.1145/1356052.1356053; the left matrix is not copied.
void ck_product_f32(
    const ck_product *product, float *y, const float *left, const float *right, const float *bias,
    float *panels, int threads);

// MARK: - Loops over rows

/// Most values of a loop over rows.
#define CK_MAX_ROW_VALUES 512

/// Where the rows of a value lie: in shared memory, or in a thread's own if `data` is NULL.
typedef struct {
  void *data;
  int64_t step_bytes;  ///< distance between steps in shared memory
  int64_t row_bytes;   ///< distance between rows; 0 if all rows are one
  int64_t offset;      ///< place in the thread's memory in even steps
  int64_t odd_offset;  ///< place in odd steps: carries change places with their successors
} ck_row_value;

typedef enum { CK_ROW_FUNCTION, CK_ROW_FILL, CK_ROW_PRODUCT, CK_ROW_CODE } ck_row_kind;

/// Most addresses that machine code for rows is given.
#define CK_MAX_ROW_PLACES 128

/// One operation on all rows of a step.
///
/// A function computes rows of `width` elements; unused operands repeat the first one. A fill
/// spreads the single element at `a`. A product is `c + a · weights`, `c` being −1 if there is none.
/// Machine code reads and writes the values at `places`, first those that it reads; it walks over
/// elements if these are flat, and else from row to row.
typedef struct {
  ck_row_kind kind;
  ck_function function;
  int destination, a, b, c;
  int64_t width;
  int element_bytes;
  bool is_flat;  ///< every operand's rows lie without gaps
  const float *weights;
  int64_t inner;
  ck_code code;
  const int *places;
  int operand_count, place_count;
} ck_row_instruction;

/// A loop of `length` steps over `rows` rows that do not depend on one another.
typedef struct {
  int64_t rows, length;
  bool is_reversed;
  int64_t chunk;  ///< most rows that a thread takes through the loop at a time
  int value_count, before_count, step_count, after_count;
  const ck_row_value *values;
  const ck_row_instruction *before, *steps, *after;
  size_t local_bytes;  ///< of each thread's own memory
} ck_row_loop;

/// Bytes of packed weights.
size_t ck_packed_bytes(int64_t inner, int64_t columns);
/// Brings [inner, columns] weights into the order in which products read them.
void ck_pack_weights(
    float *packed, const float *weights, int64_t inner, int64_t columns, int64_t row_stride,
    int64_t column_stride, int threads);
/// Runs a loop; `scratch` holds `local_bytes` for each thread.
void ck_run_row_loop(const ck_row_loop *loop, int threads, void *scratch);

// MARK: - Copies

/// Copies between strided memories: transposes, slices, broadcasts, joins.
///
/// Strides are in elements and may be zero (source) or negative.
void ck_copy_strided(
    void *destination, const int64_t *destination_strides, const void *source,
    const int64_t *source_strides, const int64_t *dimensions, int rank, int element_bytes,
    int threads);

/// Whether none of `count` Float32 elements is NaN or infinite.
bool ck_is_finite_f32(const void *values, int64_t count);

/// Fills `count` elements with one value.
void ck_fill(void *destination, const void *value, int64_t count, int element_bytes, int threads);

/// Rows `indices[i]` of [outer, size, inner] memory as [outer, count, inner]; indices are clamped.
void ck_gather(
    void *destination, const void *source, const void *indices, bool wide, int64_t outer,
    int64_t size, int64_t inner, int64_t count, int element_bytes, int threads);

// MARK: - Along one axis, and general products

/// The place of the first greatest element, or of the first NaN, along the middle axis of
/// [outer, size, inner] memory.
void ck_arg_max(
    int32_t *y, const void *x, ck_type type, int64_t outer, int64_t size, int64_t inner,
    int threads);
/// Running sums along the middle axis; whole numbers wrap around.
void ck_cumulative_sum(
    void *y, const void *x, ck_type type, int64_t outer, int64_t size, int64_t inner,
    bool is_exclusive, bool is_reversed, int threads);
/// Adds [outer, count, inner] rows in order to the rows `indices[i]` of [outer, size, inner] zeros;
/// indices are clamped.
void ck_scatter_add(
    void *y, const void *x, ck_type type, const void *indices, bool wide, int64_t outer,
    int64_t count, int64_t size, int64_t inner, int threads);
/// The dense product [batch, m, n] of [batch, m, k] and [batch, k, n] matrices, whose distances
/// between batches, rows and columns are given; whole numbers wrap around.
void ck_multiply(
    void *y, const void *x, const void *w, ck_type type, int64_t batch, int64_t m, int64_t k,
    int64_t n, const int64_t *left, const int64_t *right, int threads);
/// Reduces Float32 or Float64 memory over some of its axes, of which no two neighbours are both
/// reduced or both kept.
void ck_reduce(
    void *y, const void *x, bool is_double, ck_reduction reduction, const int64_t *sizes,
    const bool *reduced, int rank, int threads);

// MARK: - Random numbers

/// Philox4x32-10 numbers, uniform in [0, 1), of a stream under a key at a step.
void ck_uniform_f32(
    float *destination, int64_t count, uint64_t key, uint64_t step, uint32_t stream, int threads);
void ck_uniform_f64(
    double *destination, int64_t count, uint64_t key, uint64_t step, uint32_t stream, int threads);

// MARK: - Pooling

/// A window that moves over [batch, depth, height, width, channels] memory.
typedef struct {
  int64_t batch, channels;
  int64_t input[3], output[3], window[3], stride[3], padding_low[3];
} ck_pool;

/// The largest value of each window; NaN wins, positions outside the input do not count.
/// Of Float32 or of whole numbers of one byte.
void ck_max_pool(const ck_pool *pool, void *y, const void *x, ck_type type, int threads);
/// Adds dy to dx at the first largest value of each window; dx is overwritten.
void ck_max_pool_gradient_f32(
    const ck_pool *pool, float *dx, const float *x, const float *dy, int threads);
/// g at the first largest value of each window of x.
void ck_max_pool_gather_f32(
    const ck_pool *pool, float *y, const float *x, const float *g, int threads);
/// The mean of each window's values inside the input.
void ck_average_pool_f32(const ck_pool *pool, float *y, const float *x, int threads);
void ck_average_pool_gradient_f32(const ck_pool *pool, float *dx, const float *dy, int threads);

// MARK: - Convolutions

/// What follows a sum: no result lies below `low` or above `high`, and swish, x · logistic(x), is
/// applied if asked. NaN stays NaN.
typedef struct {
  float low, high;
  bool is_swish;
} ck_activation;

/// A convolution with a window of one pixel: [samples, pixels, channels] to
/// [samples, pixels, features] memory.
typedef struct {
  int64_t samples, pixels, channels, features;
  ck_activation activation;
} ck_pointwise;

/// Bytes of a packed kernel with its bias.
size_t ck_pointwise_packed_bytes(int64_t channels, int64_t features);
/// Brings a [channels, features] kernel and its bias, which may be NULL, into the order in which
/// they are read.
void ck_pack_pointwise(
    float *packed, const float *kernel, const float *bias, int64_t channels, int64_t features);
/// Bytes of scratch memory that a gate needs.
size_t ck_pointwise_scratch_bytes(const ck_pointwise *shape, int threads);
/// y = activation(kernel · (x · gate) + bias + residual). `residual` is shaped like y, `gate` is
/// [samples, channels]; either may be NULL.
void ck_pointwise_f32(
    const ck_pointwise *shape, float *y, const float *x, const float *packed,
    const float *residual, const float *gate, int threads, void *scratch);

/// A convolution of each channel with a kernel of its own: [samples, height, width, channels]
/// memory, and a square window of 3 or 5 pixels that moves by 1 or 2.
typedef struct {
  int64_t samples, channels;
  int64_t input[2], output[2], padding_low[2];
  int64_t window, stride;
  ck_activation activation;
  const ck_pointwise *expansion;  ///< what makes x of fewer channels, or NULL
} ck_depthwise;

/// Bytes of scratch memory.
size_t ck_depthwise_scratch_bytes(const ck_depthwise *shape, int threads);
/// y = activation(kernel ∗ x + bias); the kernel is [window, window, channels], `bias` may be NULL.
/// With an expansion x is its input and `packed` its kernel: what it makes is never all there.
/// `totals` gets the sums over pixels, [samples, channels], unless it is NULL.
void ck_depthwise_f32(
    const ck_depthwise *shape, float *y, const float *x, const float *packed, const float *kernel,
    const float *bias, float *totals, int threads, void *scratch);
// MARK: - Convolutions with few products

/// Windows, and how their results are computed: in square tiles with minimal filtering, nested over
/// height and width. The number before × is the edge of a tile of results.
///
/// - Source: Winograd 1980, doi:10.1137/1.9781611970364; Lavin, Gray 2015, arXiv:1509.09308.
typedef enum {
  CK_FILTER_3X3,          ///< windows of 3×3
  CK_FILTER_4X3,          ///< windows of 3×3
  CK_FILTER_5X3,          ///< windows of 3×3
  CK_FILTER_4X5,          ///< windows of 5×5
  CK_FILTER_4X5_BY_2,     ///< windows of 5×5 that move by 2
  CK_FILTER_8X5_BY_HALF,  ///< the transposed convolution of the latter
} ck_filter;

/// Sizes of a filter's tiles along one axis.
typedef struct {
  int points;   ///< products of a tile
  int inputs;   ///< inputs of a tile
  int outputs;  ///< results of a tile
} ck_filter_tile;

ck_filter_tile ck_filter_tile_of(ck_filter filter);

/// A convolution of [batch, height, width, channels] pictures to [batch, height, width, features].
typedef struct {
  ck_filter filter;
  int64_t batch, channels, features;
  int64_t input[2], output[2];  ///< height and width
  int64_t padding_low[2];       ///< for a transposed convolution that of the convolution itself
  ck_activation activation;
} ck_filtering;

/// Bytes of a kernel that has been transformed.
int64_t ck_filter_kernel_bytes(ck_filter filter, int64_t channels, int64_t features);
/// Transforms a kernel [height, width, channels, features], or, where `is_transposed`, the taps in
/// the opposite order of a kernel [height, width, features, channels].
void ck_filter_pack_f32(
    const ck_filtering *filtering, float *packed, const float *kernel, bool is_transposed,
    int threads);

int64_t ck_filtering_scratch_bytes(const ck_filtering *filtering, int threads);
/// Convolves x with a transformed kernel, adds `bias` to each pixel and `residual` to each element
/// where they are not NULL, and applies the activation.
void ck_filtering_f32(
    const ck_filtering *filtering, float *y, const float *x, const float *packed,
    const float *bias, const float *residual, float *scratch, int threads);

int64_t ck_filtering_gradient_scratch_bytes(const ck_filtering *filtering);
/// The gradient of a kernel [height, width, channels, features] from inputs and cotangents; not of
/// transposed convolutions.
void ck_filtering_kernel_gradient_f32(
    const ck_filtering *filtering, float *dkernel, const float *x, const float *dy,
    float *scratch, int threads);

// MARK: - Nearest centers

/// Most centers whose distances are summed up side by side.
#define CK_CENTER_GROUP 12

/// Rows of Float32 or Float64, and the centers that they are compared with.
typedef struct {
  bool is_double;
  const void *rows;       ///< [*, features]
  const int32_t *places;  ///< which of the rows; NULL for the first ones
  int64_t features;
  const void *centers;  ///< packed by ck_pack_centers
  int64_t count;        ///< number of centers
} ck_centers;

/// Elements of so many packed centers.
int64_t ck_packed_center_count(int64_t count, int64_t features);
/// Packs centers [count, features].
void ck_pack_centers(
    bool is_double, void *packed, const void *centers, int64_t count, int64_t features);
/// For the rows from `begin` to `end` the nearest center, the first of equally near ones, and the
/// squared distances to it and to the second nearest (infinite if there is only one), each at its
/// row's place.
void ck_nearest_centers(
    const ck_centers *centers, int64_t begin, int64_t end, int32_t *nearest, void *best,
    void *second);
/// For at most CK_CENTER_GROUP centers and the rows from `begin` to `end` the lesser of the squared
/// distance and what `bound` has for the row; for center c at `distances[c * stride + row]`.
void ck_bounded_distances(
    const ck_centers *centers, int64_t begin, int64_t end, const void *bound, void *distances,
    int64_t stride);

/// Records of a linear model lie in blocks of so many, each feature by feature; records that are
/// missing in the last block are 0.
#define CK_LINEAR_BLOCK 256

/// `outputs[unit][record] = Σ weights[unit][feature] · block[feature][record]`
void ck_linear_outputs(
    const double *block, int64_t features, const double *weights, int64_t units,
    double *outputs);
/// `gradient[unit][feature] += Σ slopes[unit][record] · block[feature][record]`
void ck_linear_gradient(
    const double *block, int64_t features, const double *slopes, int64_t units,
    double *gradient);

/// How many characters beyond ASCII the bytes hold, which begin and end between characters; -1 if they
/// are not UTF-8.
int64_t ck_utf8_characters(const uint8_t *bytes, int64_t count);

#endif
