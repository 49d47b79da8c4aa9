import MoruTensors

/// Rectified linear unit, `max(x, 0)`, elementwise; slope 0 at 0.
public func relu(_ x: Tensor) -> Tensor { maximum(x, 0) }

/// `min(max(x, 0), 6)`, elementwise.
public func relu6(_ x: Tensor) -> Tensor { minimum(relu(x), 6) }

/// `x` where positive, `slope · x` elsewhere, elementwise.
public func leakyRelu(_ x: Tensor, slope: Double = 0.2) -> Tensor {
  select(x .> 0, x, Tensor(slope) * x)
}

/// Exponential linear unit: `x` where positive, `α (eˣ − 1)` elsewhere, elementwise.
///
/// - Source: Clevert, Unterthiner, Hochreiter 2015, arXiv:1511.07289.
public func elu(_ x: Tensor, alpha: Double = 1) -> Tensor {
  // The other branch must stay finite: 0 · ∞ would be NaN in the gradient.
  let isPositive = x .> 0
  return select(isPositive, x, Tensor(alpha) * expm1(select(isPositive, 0, x)))
}

/// Scaled exponential linear unit, `λ · elu(x, α)`, which keeps mean 0 and variance 1.
///
/// - Source: Klambauer, Unterthiner, Mayr, Hochreiter 2017, arXiv:1706.02515.
public func selu(_ x: Tensor) -> Tensor {
  Tensor(1.0507009873554804934193349852946) * elu(x, alpha: 1.6732632423543772848170429916717)
}

/// Gaussian error linear unit, `x · Φ(x)`, elementwise.
///
/// - Source: Hendrycks, Gimpel 2016, arXiv:1606.08415; the exact form unless `approximate`.
public func gelu(_ x: Tensor, approximate: Bool = false) -> Tensor {
  if approximate {
    let inner = Tensor((2 / Double.pi).squareRoot()) * (x + 0.044715 * x * x * x)
    return 0.5 * x * (1 + tanh(inner))
  }
  return 0.5 * x * (1 + erf(Tensor(0.5.squareRoot()) * x))
}

/// Sigmoid-weighted linear unit (swish), `x · sigmoid(x)`, elementwise.
///
/// - Source: Elfwing, Uchibe, Doya 2017, arXiv:1702.03118.
public func silu(_ x: Tensor) -> Tensor { x * sigmoid(x) }

/// `log(1 + eˣ)`, elementwise, without overflow.
public func softplus(_ x: Tensor) -> Tensor {
  // The slope is given because that of the parts is 0 where they meet, at 0.
  (maximum(x, 0) + log1p(exp(-abs(x))))
    .aliased(.custom { cotangent, inputs in [cotangent * sigmoid(inputs[0])] }, others: [x])
}

/// `x / (1 + |x|)`, elementwise.
public func softsign(_ x: Tensor) -> Tensor { x / (1 + abs(x)) }

/// `x · tanh(softplus(x))`, elementwise.
///
/// - Source: Misra 2019, arXiv:1908.08681.
public func mish(_ x: Tensor) -> Tensor { x * tanh(softplus(x)) }

/// `min(max(x/6 + 1/2, 0), 1)`, elementwise.
public func hardSigmoid(_ x: Tensor) -> Tensor { clip(x * Tensor(1.0 / 6) + 0.5, 0, 1) }

/// `e^xᵢ / Σⱼ e^xⱼ` along one axis, without overflow.
public func softmax(_ x: Tensor, axis: Int = -1) -> Tensor {
  let exponentials = exp(x - x.max(axes: [axis], keepingAxes: true).stoppingGradient())
  let y = exponentials / exponentials.sum(axes: [axis], keepingAxes: true)
  return x.shape.axis(axis) == x.rank - 1 ? y.aliased(.softmax, others: [x]) : y
}

extension Tensor {
  /// The logits, if this tensor is their softmax over the last axis: losses start from them, which
  /// is exact where probabilities round to 0.
  public var softmaxLogits: Tensor? {
    if case .alias(.softmax) = vertex.operation { vertex.inputs[1] } else { nil }
  }

  /// The logits, if this tensor is their sigmoid.
  public var sigmoidLogits: Tensor? {
    if case .primitive(.unary(.logistic)) = vertex.operation { vertex.inputs[0] } else { nil }
  }
}

/// `log softmax(x)` along one axis, without overflow.
public func logSoftmax(_ x: Tensor, axis: Int = -1) -> Tensor {
  let shifted = x - x.max(axes: [axis], keepingAxes: true).stoppingGradient()
  return shifted - log(exp(shifted).sum(axes: [axis], keepingAxes: true))
}
