// Products of matrices, once per instruction set, and their choice at run time.

#include <string.h>

#include "ckernels.h"
#include "dispatch.h"

// Sixteen-lane values never leave the functions that are inlined into their callers.
#pragma clang diagnostic ignored "-Wpsabi"

#define PANEL_ROWS (CK_PANEL_ELEMENTS / 64)

// Rows and columns of one matrix of the batch.
typedef struct {
  const ck_product *product;
  float *result;
  const float *left, *right, *bias;
  int64_t rows, columns;
} ck_product_part;

#if defined(__x86_64__)
#pragma clang attribute push( \
    __attribute__((target("arch=x86-64-v4,no-prefer-256-bit"))), apply_to = function)
#define CK_SUFFIX v4
#define TILE_VECTORS 4
#define TILE_ROWS(vectors) ((vectors) == 4 ? 6 : (vectors) == 3 ? 8 : 12)
#define TILE_CASES TILE_CASES_12(1) TILE_CASES_12(2) TILE_CASES_8(3) TILE_CASES_6(4)
#include "transpose.inc"
#include "product.inc"
#include "undefine.inc"
#undef TILE_VECTORS
#undef TILE_ROWS
#undef TILE_CASES
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("arch=x86-64-v3"))), apply_to = function)
#define CK_SUFFIX v3
#define TILE_VECTORS 1
#define TILE_ROWS(vectors) 6
#define TILE_CASES TILE_CASES_6(1)
#include "transpose.inc"
#include "product.inc"
#include "undefine.inc"
#undef TILE_VECTORS
#undef TILE_ROWS
#undef TILE_CASES
#pragma clang attribute pop
#endif

// Sixteen registers of four lanes on x86, thirty-two on ARM.
#define CK_SUFFIX base
#define TILE_VECTORS 1
#if defined(__x86_64__)
#define TILE_ROWS(vectors) 2
#define TILE_CASES TILE_CASES_2(1)
#else
#define TILE_ROWS(vectors) 6
#define TILE_CASES TILE_CASES_6(1)
#endif
#include "transpose.inc"
#include "product.inc"
#include "undefine.inc"

typedef struct {
  const ck_product *product;
  float *y;
  const float *left, *right, *bias;
  float *panels;
  int64_t row_parts, column_parts;
} context;

// The part of `size` in even shares of whole `unit`s.
static int64_t boundary(int64_t size, int64_t unit, int64_t place, int64_t parts) {
  int64_t end = (size + unit - 1) / unit * place / parts * unit;
  return end < size ? end : size;
}

static void run_pieces(void *data, int64_t begin, int64_t end, int thread) {
  const context *c = data;
  const ck_product *p = c->product;
  const int64_t pieces = c->row_parts * c->column_parts;
  for (int64_t piece = begin; piece < end; ++piece) {
    const int64_t matrix = piece / pieces, place = piece % pieces;
    const int64_t outer = matrix / p->inner, inner = matrix % p->inner;
    const int64_t row_part = place / c->column_parts, column_part = place % c->column_parts;
    const int64_t row = boundary(p->m, 8, row_part, c->row_parts);
    const int64_t column = boundary(p->n, 16, column_part, c->column_parts);
    const ck_product_part part = {
        .product = p,
        .result = c->y + outer * p->result.outer + inner * p->result.inner + row * p->result.row +
                  column,
        .left = c->left + outer * p->left.outer + inner * p->left.inner + row * p->left.row,
        .right =
            c->right + outer * p->right.outer + inner * p->right.inner + column * p->right.column,
        .bias = c->bias ? c->bias + column : NULL,
        .rows = boundary(p->m, 8, row_part + 1, c->row_parts) - row,
        .columns = boundary(p->n, 16, column_part + 1, c->column_parts) - column,
    };
    if (part.rows > 0 && part.columns > 0)
      CK_SELECT_BODY(product)(&part, c->panels + thread * CK_PANEL_ELEMENTS);
  }
}

// Cuts each matrix so that all threads have equal work: what the largest part computes, copies of
// the right matrix and reads of the left one.
static void divide(context *c, int64_t parts) {
  const ck_product *p = c->product;
  int64_t least = INT64_MAX;
  for (int64_t columns = 1; columns <= parts; ++columns) {
    if (parts % columns != 0) continue;
    const int64_t n = boundary(p->n, 16, 1, columns), m = boundary(p->m, 8, 1, parts / columns);
    const int64_t rows = m > 0 ? m : p->m, width = n > 0 ? n : p->n;
    const int64_t work = rows * width + 12 * width + rows * (width + 63) / 64;
    if (work >= least) continue;
    least = work;
    c->column_parts = columns;
    c->row_parts = parts / columns;
  }
}

void ck_product_f32(
    const ck_product *product, float *y, const float *left, const float *right, const float *bias,
    float *panels, int threads) {
  context c = {product, y, left, right, bias, panels, 1, 1};
  const int64_t matrices = product->outer * product->inner;
  // Whole matrices if each thread gets many or as many as the others.
  if (matrices % threads != 0 && matrices < 8 * threads) divide(&c, threads);
  ck_parallel(threads, matrices * c.row_parts * c.column_parts, 1, run_pieces, &c);
}
