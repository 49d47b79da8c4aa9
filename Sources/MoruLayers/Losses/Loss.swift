import MoruArchive
public import MoruGraph
import MoruTensors

/// How far predictions are from targets, as a number to make small.
public protocol Loss: Codable, Sendable {
  /// The name in files and messages: `meanSquaredError`.
  static var kind: String { get }

  /// The loss of each sample (and of each place, for predictions with inner axes).
  ///
  /// A loss that is given values it is not defined for returns `Tensor.failure`.
  ///
  /// - Parameter target: What is true, batch axis first.
  /// - Parameter prediction: What the model says, batch axis first.
  func values(target: Tensor, prediction: Tensor) -> Tensor
}

extension Loss {
  /// The mean of the losses, each multiplied by its sample's weight: Keras's `sum_over_batch_size`,
  /// which divides by the number of losses whatever the weights.
  ///
  /// - Parameters:
  ///   - target: What is true, batch axis first.
  ///   - prediction: What the model says, batch axis first.
  ///   - sampleWeight: `[batch]`, or nil for 1.
  public func callAsFunction(
    target: Tensor, prediction: Tensor, sampleWeight: Tensor? = nil
  ) -> Tensor {
    let values = values(target: target, prediction: prediction)
    guard let sampleWeight, values.error == nil else { return values.mean() }
    let inner = [Int](repeating: 1, count: values.rank - 1)
    let weights = sampleWeight.reshaped(to: Shape(sampleWeight.shape.dimensions + inner))
    return (values * weights).mean()
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
  let target = target.converted(to: prediction.dtype)
  if target.shape == prediction.shape { return target }
  if target.shape.dimensions + [1] == prediction.shape.dimensions {
    return target.reshaped(to: prediction.shape)
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
