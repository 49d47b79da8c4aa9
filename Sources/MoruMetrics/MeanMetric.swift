import MoruArchive
import MoruGraph
import MoruTensors

/// A metric that is the mean over all samples of one number each.
protocol MeanMetric: Metric {
  /// One number for each sample, or for each place of it.
  func values(target: Tensor, prediction: Tensor) -> Tensor

  /// Which of the values count at all, 0 or 1, or Boolean; nil if all do.
  func counts(target: Tensor, prediction: Tensor) -> Tensor?
}

extension MeanMetric {
  func counts(target: Tensor, prediction: Tensor) -> Tensor? { nil }

  public func sums(target: Tensor, prediction: Tensor, sampleWeight: Tensor?) -> [Tensor] {
    if let failed = [target, prediction].first(where: { $0.error != nil }) {
      return [failed, failed]
    }
    let values = values(target: target, prediction: prediction)
    var weights = weights(Self.kind, sampleWeight, of: values)
    if let counts = counts(target: target, prediction: prediction) {
      weights = weights * counts.converted(to: .float64)
    }
    return [(values.converted(to: .float64) * weights).sum(), weights.sum()]
  }

  public func value(sums: [[Double]]) -> Double { sums[0][0] / sums[1][0] }
}

/// A mean of targets in the prediction's own shape.
protocol AlignedMetric: MeanMetric {
  /// One number for each sample, of targets in the prediction's type and shape.
  func values(_ target: Tensor, _ prediction: Tensor) -> Tensor
}

extension AlignedMetric {
  func values(target: Tensor, prediction: Tensor) -> Tensor {
    let truth = alignedTarget(Self.kind, target, prediction)
    return truth.error == nil ? values(truth, prediction) : truth
  }
}

/// How much each of some values counts, in Float64 and of the values' shape, so that nothing
/// broadcasts by accident.
///
/// - Parameters:
///   - kind: The metric's kind, for messages.
///   - sampleWeight: `[batch]`, or with further axes of the values; 1 if nil.
///   - values: What is to be counted, batch axis first.
func weights(_ kind: String, _ sampleWeight: Tensor?, of values: Tensor) -> Tensor {
  guard values.error == nil else { return values }
  guard let sampleWeight else { return .ones(values.shape, dtype: .float64) }
  guard sampleWeight.error == nil else { return sampleWeight }
  let missing = [Int](repeating: 1, count: max(values.rank - sampleWeight.rank, 0))
  let shape = Shape(sampleWeight.shape.dimensions + missing)
  guard shape.first == values.shape.first, shape.broadcast(with: values.shape) == values.shape
  else {
    return .failure(
      kind, [sampleWeight, values],
      Mismatch(
        "sample weights do not fit values of shape \(values.shape)",
        "Pass one weight for each sample, or for each of its time steps."))
  }
  return sampleWeight.converted(to: .float64).reshaped(to: shape).broadcast(to: values.shape)
}
