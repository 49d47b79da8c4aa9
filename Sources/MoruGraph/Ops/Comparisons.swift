import MoruTensors

// What losses and metrics share: how far a prediction is from a target. Targets are given in the
// prediction's type and shape (`alignedTarget`).

/// Targets in the prediction's type and shape, so that nothing broadcasts by accident.
///
/// - Shapes: a target like the prediction, or `[…]` for a prediction `[…, 1]`; every other pair
///   makes a tensor that carries the error.
/// - Parameter kind: The name of what compares them, for messages.
/// - Parameter target: What is true, batch axis first.
/// - Parameter prediction: What the model says, batch axis first.
public func alignedTarget(_ kind: String, _ target: Tensor, _ prediction: Tensor) -> Tensor {
  if let failed = [target, prediction].first(where: { $0.error != nil }) { return failed }
  let isColumn = target.shape.dimensions + [1] == prediction.shape.dimensions
  if target.shape == prediction.shape || isColumn {
    return target.converted(to: prediction.dtype).reshaped(to: prediction.shape)
  }
  let outputs = target.shape.dimensions.dropFirst()
  let advice =
    target.dtype.isInteger && target.rank == prediction.rank - 1
    ? "Use sparseCategoricalCrossentropy for class numbers."
    : outputs.isEmpty
      ? "Make the model's output one number per sample."
      : "Make the model's output \(Array(outputs)) per sample."
  return .failure(
    kind, [target, prediction], Mismatch("targets and predictions differ in shape", advice))
}

/// Keras's margin that keeps probabilities away from 0 and 1, and divisors away from 0.
package let probabilityMargin = 1e-7

/// `p` moved into [1e-7, 1 − 1e-7], where it has a logarithm.
package func clippedProbability(_ p: Tensor) -> Tensor {
  clip(p, Tensor(probabilityMargin), Tensor(1 - probabilityMargin))
}

/// `log p` for each class: exact from logits, clipped from probabilities, which need not sum to 1.
package func logProbabilities(_ prediction: Tensor, fromLogits: Bool) -> Tensor {
  if fromLogits { return logSoftmax(prediction) }
  if let logits = prediction.softmaxLogits { return logSoftmax(logits) }
  return log(clippedProbability(prediction / prediction.sum(axes: [-1], keepingAxes: true)))
}

/// `−target · log p − (1 − target) · log(1 − p)`, elementwise.
package func binaryCrossentropy(_ target: Tensor, _ prediction: Tensor, fromLogits: Bool) -> Tensor
{
  if let logits = fromLogits ? prediction : prediction.sigmoidLogits {
    // softplus(x) − x · target, which overflows nowhere.
    return softplus(logits) - logits * target
  }
  let p = clippedProbability(prediction)
  return -(target * log(p) + (1 - target) * log(1 - p))
}

/// `x[…, target]`: the entry of the last axis that each class number names, 0 for numbers that name
/// none. `(x […, classes], target […] whole numbers) → […]`
package func entries(of x: Tensor, at target: Tensor) -> Tensor {
  // As bytes, class 256 would be class 0.
  let numbers = target.dtype == .int32 ? target : target.converted(to: .int64)
  let isTarget =
    numbers.expanded(at: target.rank) .== .iota([x.shape[x.rank - 1]], dtype: numbers.dtype)
  return select(isTarget, x, 0).sum(axes: [-1])
}

/// `|target − prediction| / |target|`, elementwise, in percent; targets nearer to 0 than 1e-7 count
/// as 1e-7.
package func absolutePercentageError(_ target: Tensor, _ prediction: Tensor) -> Tensor {
  100 * abs((target - prediction) / maximum(abs(target), Tensor(probabilityMargin)))
}

/// `(log(1 + prediction) − log(1 + target))²`, elementwise; numbers below 1e-7 count as 1e-7.
package func squaredLogarithmicError(_ target: Tensor, _ prediction: Tensor) -> Tensor {
  let least = Tensor(probabilityMargin)
  return square(log(maximum(prediction, least) + 1) - log(maximum(target, least) + 1))
}

/// `log cosh x = x + softplus(−2x) − log 2`, elementwise, without overflow.
package func logCosh(_ x: Tensor) -> Tensor {
  x + softplus(-2 * x) - Tensor(0.69314718055994530941723212145818)
}

/// The cosine of the angle between the vectors along the last axis; 0 for vectors of length 0.
package func cosineSimilarity(_ x: Tensor, _ y: Tensor) -> Tensor {
  (unitLength(x) * unitLength(y)).sum(axes: [-1])
}

/// `x / |x|` along the last axis; vectors shorter than 1e-7 are divided by 1e-7.
package func unitLength(_ x: Tensor) -> Tensor {
  let inverse = rsqrt(square(x).sum(axes: [-1], keepingAxes: true))
  return x * minimum(inverse, Tensor(1 / probabilityMargin))
}

/// `max(1 − target · prediction, 0)`, elementwise, for targets −1 and 1; where all targets of a
/// batch are 0 or 1, they are taken for −1 and 1.
package func hinge(_ target: Tensor, _ prediction: Tensor) -> Tensor {
  let isBinary = select((target .== 0) .| (target .== 1), Tensor.ones([]), 0).min()
  let signs = select(isBinary .== 1, 2 * target - 1, target)
  return maximum(1 - signs * prediction, 0)
}

/// `max(max((1 − target) · prediction) − Σ target · prediction + 1, 0)` over the last axis.
package func categoricalHinge(_ target: Tensor, _ prediction: Tensor) -> Tensor {
  let right = (target * prediction).sum(axes: [-1])
  let wrong = ((1 - target) * prediction).max(axes: [-1])
  return maximum(wrong - right + 1, 0)
}

/// `Σ target · log(target / prediction)` over the last axis, both moved into [1e-7, 1].
package func kullbackLeibler(_ target: Tensor, _ prediction: Tensor) -> Tensor {
  let least = Tensor(probabilityMargin)
  let (p, q) = (clip(target, least, 1), clip(prediction, least, 1))
  return (p * log(p / q)).sum(axes: [-1])
}

/// `prediction − target · log(prediction + 1e-7)`, elementwise.
package func poisson(_ target: Tensor, _ prediction: Tensor) -> Tensor {
  prediction - target * log(prediction + Tensor(probabilityMargin))
}

/// Targets drawn towards all classes alike: `target · (1 − smoothing) + smoothing / classes`.
///
/// - Source: Szegedy et al. 2015, arXiv:1512.00567.
package func smoothed(_ target: Tensor, by smoothing: Double, classes: Int) -> Tensor {
  smoothing == 0
    ? target : target * Tensor(1 - smoothing) + Tensor(smoothing / Double(classes))
}
