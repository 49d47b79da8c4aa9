// Bilinear algorithms that compute several results of a one-dimensional correlation with few
// products: y = Aᵀ[(G w) ⊙ (B x)].
//
// n results of k taps need n + k − 1 products (Winograd 1980, doi:10.1137/1.9781611970364). They are
// values of polynomials at the roots of M(x) = xᶻ·∏(x² − r²), z = 0 or 1, and at infinity:
//
//   A: powers 0..<n of a root; G: powers 0..<k over M′(root); B: coefficients of M / (x − root).
//
// Roots come in pairs ±r, whose rows share sums. They were chosen for the least growth of rounding
// errors among numbers of few binary digits.

#ifndef CK_BILINEAR_H
#define CK_BILINEAR_H

enum { CK_MAX_POINTS = 11, CK_MAX_OUTPUTS = 8, CK_MAX_TAPS = 5, CK_MAX_INPUTS = 11 };

typedef struct {
  int taps;     ///< of the window
  int points;   ///< products
  int pairs;    ///< the first 2 · pairs points are r, −r
  int inputs;   ///< that a tile reads
  int step;     ///< inputs between the starts of neighbouring tiles
  int outputs;  ///< of a tile
  float a[CK_MAX_POINTS][CK_MAX_OUTPUTS], g[CK_MAX_POINTS][CK_MAX_TAPS];
  float b[CK_MAX_POINTS][CK_MAX_INPUTS];
} ck_bilinear;

// Powers of a root r over a number d; the row of infinity.
#define POWERS_2(r, d) 1 / (d), (r) / (d)
#define POWERS_3(r, d) POWERS_2(r, d), (r) * (r) / (d)
#define POWERS_4(r, d) POWERS_3(r, d), (r) * (r) * (r) / (d)
#define POWERS_5(r, d) POWERS_4(r, d), (r) * (r) * (r) * (r) / (d)
#define LAST_2 0, 1
#define LAST_3 0, 0, 1
#define LAST_4 0, 0, 0, 1
#define LAST_5 0, 0, 0, 0, 1

// For M = (x² − r²)(x² − s²), 5 points: coefficients of M / (x − r), M′(r), coefficients of M.
#define QUOTIENT_5(r, s) -(r) * (s) * (s), -(s) * (s), r, 1, 0
#define SLOPE_5(r, s) (2 * (r) * ((r) * (r) - (s) * (s)))
#define PRODUCT_5(r, s) (r) * (r) * (s) * (s), 0, -((r) * (r) + (s) * (s)), 0, 1
// For M = x(x² − r²)(x² − s²), 6 points.
#define QUOTIENT_6(r, s) 0, QUOTIENT_5(r, s)
#define SLOPE_6(r, s) ((r) * SLOPE_5(r, s))
#define SLOPE_6_AT_0(r, s) ((r) * (r) * (s) * (s))
#define PRODUCT_6(r, s) 0, PRODUCT_5(r, s)
// For M = (x² − r²)(x² − s²)(x² − t²), 7 points.
#define QUOTIENT_7(r, s, t) \
  (r) * (s) * (s) * (t) * (t), (s) * (s) * (t) * (t), -(r) * ((s) * (s) + (t) * (t)), \
      -((s) * (s) + (t) * (t)), r, 1, 0
#define SLOPE_7(r, s, t) (2 * (r) * ((r) * (r) - (s) * (s)) * ((r) * (r) - (t) * (t)))
#define PRODUCT_7(r, s, t) \
  -(r) * (r) * (s) * (s) * (t) * (t), 0, \
      (r) * (r) * ((s) * (s) + (t) * (t)) + (s) * (s) * (t) * (t), 0, \
      -((r) * (r) + (s) * (s) + (t) * (t)), 0, 1
// For M = x(x² − r²)(x² − s²)(x² − t²), 8 points.
#define QUOTIENT_8(r, s, t) 0, QUOTIENT_7(r, s, t)
#define SLOPE_8(r, s, t) ((r) * SLOPE_7(r, s, t))
#define SLOPE_8_AT_0(r, s, t) (-(r) * (r) * (s) * (s) * (t) * (t))
#define PRODUCT_8(r, s, t) 0, PRODUCT_7(r, s, t)

// Rows of one of two interleaved algorithms.
#define EVEN_2(...) EVEN_2_(__VA_ARGS__)
#define EVEN_2_(a, b) a, 0, b
#define EVEN_3(...) EVEN_3_(__VA_ARGS__)
#define EVEN_3_(a, b, c) a, 0, b, 0, c
#define EVEN_4(...) EVEN_4_(__VA_ARGS__)
#define EVEN_4_(a, b, c, d) a, 0, b, 0, c, 0, d
#define EVEN_5(...) EVEN_5_(__VA_ARGS__)
#define EVEN_5_(a, b, c, d, e) a, 0, b, 0, c, 0, d, 0, e
#define EVEN_6(...) EVEN_6_(__VA_ARGS__)
#define EVEN_6_(a, b, c, d, e, f) a, 0, b, 0, c, 0, d, 0, e, 0, f
#define ODD_2(...) 0, EVEN_2(__VA_ARGS__)
#define ODD_4(...) 0, EVEN_4(__VA_ARGS__)
#define ODD_5(...) 0, EVEN_5(__VA_ARGS__)

// Roots for 5, 6, 7 and 8 points.
#define R5 0.5
#define S5 1.25
#define R6 0.625
#define S6 1.625
#define R7 0.375
#define S7 0.875
#define T7 1.625
#define R8 0.5
#define S8 1.0
#define T8 2.0

#define G_5(r, s) POWERS_2(r, SLOPE_5(r, s))
#define G_6(r, s) POWERS_3(r, SLOPE_6(r, s))
#define G_7(r, s, t) POWERS_3(r, SLOPE_7(r, s, t))
#define G_8(r, s, t) POWERS_5(r, SLOPE_8(r, s, t))

/// Four results of three taps.
static const ck_bilinear ck_bilinear_4x3 = {
  .taps = 3, .points = 6, .pairs = 2, .inputs = 6, .step = 4, .outputs = 4,
  .a = {{POWERS_4(R6, 1)}, {POWERS_4(-R6, 1)}, {POWERS_4(S6, 1)}, {POWERS_4(-S6, 1)},
        {1}, {LAST_4}},
  .g = {{G_6(R6, S6)}, {G_6(-R6, S6)}, {G_6(S6, R6)}, {G_6(-S6, R6)},
        {1 / SLOPE_6_AT_0(R6, S6)}, {LAST_3}},
  .b = {{QUOTIENT_6(R6, S6)}, {QUOTIENT_6(-R6, S6)}, {QUOTIENT_6(S6, R6)}, {QUOTIENT_6(-S6, R6)},
        {PRODUCT_5(R6, S6)}, {PRODUCT_6(R6, S6)}}};

/// Three results of three taps.
static const ck_bilinear ck_bilinear_3x3 = {
  .taps = 3, .points = 5, .pairs = 2, .inputs = 5, .step = 3, .outputs = 3,
  .a = {{POWERS_3(R5, 1)}, {POWERS_3(-R5, 1)}, {POWERS_3(S5, 1)}, {POWERS_3(-S5, 1)}, {LAST_3}},
  .g = {{POWERS_3(R5, SLOPE_5(R5, S5))}, {POWERS_3(-R5, SLOPE_5(-R5, S5))},
        {POWERS_3(S5, SLOPE_5(S5, R5))}, {POWERS_3(-S5, SLOPE_5(-S5, R5))}, {LAST_3}},
  .b = {{QUOTIENT_5(R5, S5)}, {QUOTIENT_5(-R5, S5)}, {QUOTIENT_5(S5, R5)}, {QUOTIENT_5(-S5, R5)},
        {PRODUCT_5(R5, S5)}}};

/// Five results of three taps.
static const ck_bilinear ck_bilinear_5x3 = {
  .taps = 3, .points = 7, .pairs = 3, .inputs = 7, .step = 5, .outputs = 5,
  .a = {{POWERS_5(R7, 1)}, {POWERS_5(-R7, 1)}, {POWERS_5(S7, 1)}, {POWERS_5(-S7, 1)},
        {POWERS_5(T7, 1)}, {POWERS_5(-T7, 1)}, {LAST_5}},
  .g = {{G_7(R7, S7, T7)}, {G_7(-R7, S7, T7)}, {G_7(S7, R7, T7)}, {G_7(-S7, R7, T7)},
        {G_7(T7, R7, S7)}, {G_7(-T7, R7, S7)}, {LAST_3}},
  .b = {{QUOTIENT_7(R7, S7, T7)}, {QUOTIENT_7(-R7, S7, T7)}, {QUOTIENT_7(S7, R7, T7)},
        {QUOTIENT_7(-S7, R7, T7)}, {QUOTIENT_7(T7, R7, S7)}, {QUOTIENT_7(-T7, R7, S7)},
        {PRODUCT_7(R7, S7, T7)}}};

/// Four results of five taps.
static const ck_bilinear ck_bilinear_4x5 = {
  .taps = 5, .points = 8, .pairs = 3, .inputs = 8, .step = 4, .outputs = 4,
  .a = {{POWERS_4(R8, 1)}, {POWERS_4(-R8, 1)}, {POWERS_4(S8, 1)}, {POWERS_4(-S8, 1)},
        {POWERS_4(T8, 1)}, {POWERS_4(-T8, 1)}, {1}, {LAST_4}},
  .g = {{G_8(R8, S8, T8)}, {G_8(-R8, S8, T8)}, {G_8(S8, R8, T8)}, {G_8(-S8, R8, T8)},
        {G_8(T8, R8, S8)}, {G_8(-T8, R8, S8)}, {1 / SLOPE_8_AT_0(R8, S8, T8)}, {LAST_5}},
  .b = {{QUOTIENT_8(R8, S8, T8)}, {QUOTIENT_8(-R8, S8, T8)}, {QUOTIENT_8(S8, R8, T8)},
        {QUOTIENT_8(-S8, R8, T8)}, {QUOTIENT_8(T8, R8, S8)}, {QUOTIENT_8(-T8, R8, S8)},
        {PRODUCT_7(R8, S8, T8)}, {PRODUCT_8(R8, S8, T8)}}};

// Windows of five taps that move by two are windows of three taps on the even inputs and of two on
// the odd ones.
#define G_5_BY_2 \
  {{EVEN_3(G_6(R6, S6))}, {EVEN_3(G_6(-R6, S6))}, {EVEN_3(G_6(S6, R6))}, {EVEN_3(G_6(-S6, R6))}, \
   {ODD_2(G_5(R5, S5))}, {ODD_2(G_5(-R5, S5))}, {ODD_2(G_5(S5, R5))}, {ODD_2(G_5(-S5, R5))}, \
   {1 / SLOPE_6_AT_0(R6, S6)}, {EVEN_3(LAST_3)}, {ODD_2(LAST_2)}}

/// Four results of five taps that move by two inputs.
static const ck_bilinear ck_bilinear_4x5_by_2 = {
  .taps = 5, .points = 11, .pairs = 4, .inputs = 11, .step = 8, .outputs = 4,
  .a = {{POWERS_4(R6, 1)}, {POWERS_4(-R6, 1)}, {POWERS_4(S6, 1)}, {POWERS_4(-S6, 1)},
        {POWERS_4(R5, 1)}, {POWERS_4(-R5, 1)}, {POWERS_4(S5, 1)}, {POWERS_4(-S5, 1)},
        {1}, {LAST_4}, {LAST_4}},
  .g = G_5_BY_2,
  .b = {{EVEN_6(QUOTIENT_6(R6, S6))}, {EVEN_6(QUOTIENT_6(-R6, S6))}, {EVEN_6(QUOTIENT_6(S6, R6))},
        {EVEN_6(QUOTIENT_6(-S6, R6))}, {ODD_5(QUOTIENT_5(R5, S5))}, {ODD_5(QUOTIENT_5(-R5, S5))},
        {ODD_5(QUOTIENT_5(S5, R5))}, {ODD_5(QUOTIENT_5(-S5, R5))}, {EVEN_5(PRODUCT_5(R6, S6))},
        {EVEN_6(PRODUCT_6(R6, S6))}, {ODD_5(PRODUCT_5(R5, S5))}}};

/// Eight results of the transposed algorithm: windows of three and of two taps, in turn.
static const ck_bilinear ck_bilinear_8x5_by_half = {
  .taps = 5, .points = 11, .pairs = 4, .inputs = 6, .step = 4, .outputs = 8,
  .a = {{EVEN_4(POWERS_4(R6, 1))}, {EVEN_4(POWERS_4(-R6, 1))}, {EVEN_4(POWERS_4(S6, 1))},
        {EVEN_4(POWERS_4(-S6, 1))}, {ODD_4(POWERS_4(R5, 1))}, {ODD_4(POWERS_4(-R5, 1))},
        {ODD_4(POWERS_4(S5, 1))}, {ODD_4(POWERS_4(-S5, 1))}, {1}, {EVEN_4(LAST_4)},
        {ODD_4(LAST_4)}},
  .g = G_5_BY_2,
  .b = {{QUOTIENT_6(R6, S6)}, {QUOTIENT_6(-R6, S6)}, {QUOTIENT_6(S6, R6)}, {QUOTIENT_6(-S6, R6)},
        {0, QUOTIENT_5(R5, S5)}, {0, QUOTIENT_5(-R5, S5)}, {0, QUOTIENT_5(S5, R5)},
        {0, QUOTIENT_5(-S5, R5)}, {PRODUCT_5(R6, S6)}, {PRODUCT_6(R6, S6)},
        {0, PRODUCT_5(R5, S5)}}};

#endif
