import MoruArchive
public import MoruGraph
import MoruTensors

/// How far predictions are from targets, as a number to make small.
public protocol Loss: Codable, Sendable {
  /// The name in files and messages: `meanSquaredError`.
  static var kind: String { get }

  /// Whether predictions are logits, so that they are scores rather than probabilities.
  var takesLogits: Bool { get }

  /// The loss of each sample (and of each place, for predictions with inner axes).
  ///
  /// A loss that is given values it is not defined for returns `Tensor.failure`.
  ///
  /// - Parameter target: What is true, batch axis first.
  /// - Parameter prediction: What the model says, batch axis first.
  func values(target: Tensor, prediction: Tensor) -> Tensor
}

extension Loss {
  public var takesLogits: Bool { false }

  /// The mean of the losses, each multiplied by its sample's weight: Keras's `sum_over_batch_size`,
  /// which divides by the number of losses whatever the weights.
  ///
  /// - Parameters:
  ///   - target: What is true, batch axis first.
  ///   - prediction: What the model says, batch axis first.
  ///   - sampleWeight: `[batch]`, or with further axes that broadcast to those of the losses; nil
  ///     for 1.
  public func callAsFunction(
    target: Tensor, prediction: Tensor, sampleWeight: Tensor? = nil
  ) -> Tensor {
    let values = values(target: target, prediction: prediction)
    guard let sampleWeight, values.error == nil else { return values.mean() }
    return (values * aligned(sampleWeight, to: values)).mean()
  }

  /// Weights with an axis for each of the losses', so that none broadcasts by accident.
  private func aligned(_ weights: Tensor, to values: Tensor) -> Tensor {
    guard weights.error == nil else { return weights }
    let missing = max(values.rank - weights.rank, 0)
    let shape = Shape(weights.shape.dimensions + [Int](repeating: 1, count: missing))
    guard shape.first == values.shape.first, shape.broadcast(with: values.shape) == values.shape
    else {
      return .failure(
        Self.kind, [weights, values],
        Mismatch(
          "sample weights do not fit the losses of shape \(values.shape)",
          "Pass one weight for each sample."))
    }
    return weights.converted(to: values.dtype).reshaped(to: shape)
  }
}

/// Checks that whole-number targets fit class scores; one of them fails otherwise.
func classTargets(_ kind: String, _ target: Tensor, _ prediction: Tensor) -> Tensor? {
  if let failed = [target, prediction].first(where: { $0.error != nil }) { return failed }
  let batch = prediction.shape.dimensions.dropLast()
  guard prediction.rank >= 2, target.shape.dimensions.elementsEqual(batch), target.dtype.isInteger
  else {
    return .failure(
      kind, [target, prediction],
      Mismatch(
        "targets are not one class number for each row of scores",
        "Pass whole-number targets of shape \(Array(batch)), or use categoricalCrossentropy "
          + "for one-hot ones."))
  }
  return nil
}

/// Targets in the prediction's type and shape, so that nothing broadcasts by accident.
func alignedTarget(_ kind: String, _ target: Tensor, _ prediction: Tensor) -> Tensor {
  if let failed = [target, prediction].first(where: { $0.error != nil }) { return failed }
  let isColumn = target.shape.dimensions + [1] == prediction.shape.dimensions
  if target.shape == prediction.shape || isColumn {
    return target.converted(to: prediction.dtype).reshaped(to: prediction.shape)
  }
  return .failure(
    kind, [target, prediction],
    Mismatch(
      "targets and predictions differ in shape",
      "Make the model's output \(Array(target.shape.dimensions.dropFirst())) per sample."))
}

/// Keras's margin that keeps probabilities away from 0 and 1.
let probabilityMargin = 1e-7

/// `log p` for each class: exact from logits, clipped from probabilities.
func logProbabilities(_ prediction: Tensor, fromLogits: Bool) -> Tensor {
  if fromLogits { return logSoftmax(prediction) }
  if let logits = prediction.softmaxLogits { return logSoftmax(logits) }
  let sum = prediction.sum(axes: [-1], keepingAxes: true)
  return log(clip(prediction / sum, Tensor(probabilityMargin), Tensor(1 - probabilityMargin)))
}
