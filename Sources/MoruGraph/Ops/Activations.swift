import MoruTensors

/// Rectified linear unit, `max(x, 0)`, elementwise; slope 0 at 0.
public func relu(_ x: Tensor) -> Tensor { maximum(x, 0) }

/// `min(x, maxValue)` where `x` is above `threshold`, `negativeSlope · (x − threshold)` elsewhere,
/// elementwise.
///
/// - Parameters:
///   - x: Pre-activations.
///   - negativeSlope: The slope below the threshold.
///   - maxValue: The greatest output; none if nil.
///   - threshold: Where the positive part begins, at least 0.
public func relu(
  _ x: Tensor, negativeSlope: Double, maxValue: Double? = nil, threshold: Double = 0
) -> Tensor {
  let limit = Tensor(threshold)
  var y = threshold == 0 ? relu(x) : select(x .> limit, x, 0)
  if let maxValue { y = minimum(y, Tensor(maxValue)) }
  return negativeSlope == 0 ? y : y - Tensor(negativeSlope) * relu(limit - x)
}

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

/// Continuously differentiable exponential linear unit, `max(x, 0) + min(α (e^(x/α) − 1), 0)`,
/// elementwise.
///
/// - Source: Barron 2017, arXiv:1704.07483.
public func celu(_ x: Tensor, alpha: Double = 1) -> Tensor {
  relu(x) + Tensor(alpha) * expm1(minimum(x, 0) * Tensor(1 / alpha))
}

/// `log sigmoid(x) = −log(1 + e⁻ˣ)`, elementwise, without overflow.
public func logSigmoid(_ x: Tensor) -> Tensor { -softplus(-x) }

/// `(x + √(x² + b)) / 2`, elementwise: a soft rectifier without exponentials.
///
/// - Source: Barron 2021, arXiv:2112.11687.
public func squareplus(_ x: Tensor, b: Double = 4) -> Tensor {
  0.5 * (x + sqrt(square(x) + Tensor(b)))
}

/// 0 up to −1, `(x + 1)² / 4` up to 1, then x, elementwise: the rectifier of sparsemax's family.
///
/// - Source: Keras's `sparse_plus`, the integral of `sparseSigmoid`.
public func sparsePlus(_ x: Tensor) -> Tensor {
  select(x .>= 1, x, 0.25 * square(relu(minimum(x, 1) + 1)))
}

/// `min(max((x + 1) / 2, 0), 1)`, elementwise.
public func sparseSigmoid(_ x: Tensor) -> Tensor { clip(0.5 * x + 0.5, 0, 1) }

/// `min(max(x, −1), 1)`, elementwise.
public func hardTanh(_ x: Tensor) -> Tensor { clip(x, -1, 1) }

/// `x · hardSigmoid(x)`, elementwise; also called hard swish.
///
/// - Source: Howard et al. 2019, arXiv:1905.02244, section 5.2.
public func hardSilu(_ x: Tensor) -> Tensor { x * hardSigmoid(x) }

/// `x − threshold` above the threshold, `x + threshold` below its negative, 0 between, elementwise.
public func softShrink(_ x: Tensor, threshold: Double = 0.5) -> Tensor {
  relu(x - Tensor(threshold)) - relu(-x - Tensor(threshold))
}

/// `x` where its absolute value is above the threshold, 0 elsewhere, elementwise.
public func hardShrink(_ x: Tensor, threshold: Double = 0.5) -> Tensor {
  select(abs(x) .> Tensor(threshold), x, 0)
}

/// `x − tanh(x)`, elementwise.
public func tanhShrink(_ x: Tensor) -> Tensor { x - tanh(x) }

/// `x` above the threshold, another value elsewhere, elementwise.
public func threshold(_ x: Tensor, _ threshold: Double, value: Double) -> Tensor {
  select(x .> Tensor(threshold), x, Tensor(value))
}

/// Gated linear unit: the first half of one axis times the sigmoid of the second.
///
/// - Shapes: `[…, 2n, …] → […, n, …]`.
/// - Source: Dauphin, Fan, Auli, Grangier 2016, arXiv:1612.08083.
public func glu(_ x: Tensor, axis: Int = -1) -> Tensor {
  guard x.error == nil else { return x }
  guard let place = x.shape.axis(axis), x.shape[place] % 2 == 0 else {
    return .failure(
      "glu", [x], Mismatch("axis \(axis) has no two halves", "Choose an axis of even size."))
  }
  let half = x.shape[place] / 2
  return x.sliced(0..<half, axis: place) * sigmoid(x.sliced(half..<2 * half, axis: place))
}

/// `x / (1 + |x|)`, elementwise.
public func softsign(_ x: Tensor) -> Tensor { x / (1 + abs(x)) }

/// `x · tanh(softplus(x))`, elementwise.
///
/// - Source: Misra 2019, arXiv:1908.08681.
public func mish(_ x: Tensor) -> Tensor { x * tanh(softplus(x)) }

/// `min(max(x/6 + 1/2, 0), 1)`, elementwise.
public func hardSigmoid(_ x: Tensor) -> Tensor { clip(x * Tensor(1.0 / 6) + 0.5, 0, 1) }

/// `min(max(x/5 + 1/2, 0), 1)`, elementwise: the hard sigmoid of Keras before version 3 and of ONNX.
public func steepHardSigmoid(_ x: Tensor) -> Tensor { clip(0.2 * x + 0.5, 0, 1) }

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

/// The point of the probability simplex nearest to `x` along one axis: like softmax, but small
/// entries become 0 exactly.
///
/// Entry i is `max(xᵢ − τ, 0)` with τ such that the sum is 1. Entries are compared pair by pair, which
/// takes room for n² numbers.
///
/// - Source: Martins, Astudillo 2016, arXiv:1602.02068.
public func sparsemax(_ x: Tensor, axis: Int = -1) -> Tensor {
  guard x.error == nil else { return x }
  guard let place = x.shape.axis(axis) else { return x.noAxis("sparsemax", axis) }
  let shifted = x - x.max(axes: [place], keepingAxes: true).stoppingGradient()
  let rows = shifted.expanded(at: place + 1)
  let columns = shifted.expanded(at: place)
  let isAbove = (columns .>= rows).converted(to: x.dtype)
  let count = isAbove.sum(axes: [place + 1])
  let sum = (isAbove * columns).sum(axes: [place + 1])
  // The entries of the support are those that stay above the threshold of their own rank.
  let support = (1 + count * shifted .> sum).converted(to: x.dtype).stoppingGradient()
  let total = (support * shifted).sum(axes: [place], keepingAxes: true)
  let threshold = (total - 1) / support.sum(axes: [place], keepingAxes: true)
  return relu(shifted - threshold)
}

/// `log softmax(x)` along one axis, without overflow.
public func logSoftmax(_ x: Tensor, axis: Int = -1) -> Tensor {
  let shifted = x - x.max(axes: [axis], keepingAxes: true).stoppingGradient()
  return shifted - log(exp(shifted).sum(axes: [axis], keepingAxes: true))
}
