import MoruTensors

/// `eˣ`, elementwise.
public func exp(_ x: Tensor) -> Tensor { .apply(.unary(.exponential), x) }
/// `eˣ − 1`, elementwise, exact near 0.
public func expm1(_ x: Tensor) -> Tensor { .apply(.unary(.exponentialMinusOne), x) }
/// Natural logarithm, elementwise.
public func log(_ x: Tensor) -> Tensor { .apply(.unary(.logarithm), x) }
/// `log(1 + x)`, elementwise, exact near 0.
public func log1p(_ x: Tensor) -> Tensor { .apply(.unary(.logarithmPlusOne), x) }
/// Square root, elementwise.
public func sqrt(_ x: Tensor) -> Tensor { .apply(.unary(.squareRoot), x) }
/// `1/√x`, elementwise.
public func rsqrt(_ x: Tensor) -> Tensor { .apply(.unary(.reciprocalSquareRoot), x) }
/// Sine of radians, elementwise.
public func sin(_ x: Tensor) -> Tensor { .apply(.unary(.sine), x) }
/// Cosine of radians, elementwise.
public func cos(_ x: Tensor) -> Tensor { .apply(.unary(.cosine), x) }
/// Hyperbolic tangent, elementwise.
public func tanh(_ x: Tensor) -> Tensor { .apply(.unary(.tanh), x) }
/// The logistic function `1/(1 + e⁻ˣ)`, elementwise.
public func sigmoid(_ x: Tensor) -> Tensor { .apply(.unary(.logistic), x) }
/// The error function `2/√π ∫₀ˣ e^(−t²) dt`, elementwise.
public func erf(_ x: Tensor) -> Tensor { .apply(.unary(.erf), x) }
/// The greatest whole number not above `x`, elementwise.
public func floor(_ x: Tensor) -> Tensor { .apply(.unary(.floor), x) }
/// The least whole number not below `x`, elementwise.
public func ceil(_ x: Tensor) -> Tensor { .apply(.unary(.ceiling), x) }
/// The nearest whole number, halves to the even one, elementwise.
public func round(_ x: Tensor) -> Tensor { .apply(.unary(.roundNearestEven), x) }
/// `|x|`, elementwise.
public func abs(_ x: Tensor) -> Tensor { .apply(.unary(.absolute), x) }
/// −1, 0 or 1 by the sign of `x`, elementwise.
public func sign(_ x: Tensor) -> Tensor { .apply(.unary(.sign), x) }
/// Whether `x` is neither infinite nor NaN, elementwise, to Booleans.
public func isFinite(_ x: Tensor) -> Tensor { .apply(.unary(.isFinite), x) }
/// `x^y`, elementwise with broadcasting.
public func pow(_ x: Tensor, _ y: Tensor) -> Tensor { .elementwise(.power, x, y) }
/// The greater of two, elementwise with broadcasting; NaN if either is.
public func maximum(_ x: Tensor, _ y: Tensor) -> Tensor { .elementwise(.maximum, x, y) }
/// The lesser of two, elementwise with broadcasting; NaN if either is.
public func minimum(_ x: Tensor, _ y: Tensor) -> Tensor { .elementwise(.minimum, x, y) }
/// `x²`, elementwise.
public func square(_ x: Tensor) -> Tensor { x * x }

/// `x` moved into `[low, high]`, elementwise with broadcasting.
public func clip(_ x: Tensor, _ low: Tensor, _ high: Tensor) -> Tensor {
  minimum(maximum(x, low), high)
}

/// `x` where `condition` (Boolean) holds, `y` elsewhere, elementwise with broadcasting.
public func select(_ condition: Tensor, _ x: Tensor, _ y: Tensor) -> Tensor {
  let values = Tensor.aligned([x, y])
  guard let shape = condition.shape.broadcast(with: values[0].shape),
    values[0].shape == values[1].shape
  else { return .apply(.select, condition, values[0], values[1]) }
  return .apply(
    .select, condition.broadcast(to: shape), values[0].broadcast(to: shape),
    values[1].broadcast(to: shape))
}
