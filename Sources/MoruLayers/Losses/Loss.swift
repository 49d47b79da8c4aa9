public import MoruArchive
public import MoruGraph
public import MoruTensors

/// How far predictions are from targets, as a number to make small.
public protocol Loss: NamedPart {
  /// Whether predictions are logits, so that they are scores rather than probabilities.
  var takesLogits: Bool { get }

  /// The loss of each sample (and of each place, for predictions with inner axes).
  ///
  /// A loss that is given values it is not defined for returns `Tensor.failure`.
  ///
  /// - Parameter target: What is true, batch axis first.
  /// - Parameter prediction: What the model says, batch axis first.
  func values(target: Tensor, prediction: Tensor) -> Tensor

  /// Which of the losses count, Boolean and of their shape; nil if all do. The others are 0, and the
  /// mean is that of those that count.
  func counts(target: Tensor) -> Tensor?

  /// What is wrong with the targets of a data set, if the loss is not made for such values.
  ///
  /// - Parameter targets: All targets, batch axis first.
  /// - Parameter output: The shape of the model's output for one sample.
  func complaint(about targets: HostTensor, output: Shape) -> Mismatch?
}

extension Loss {
  public var takesLogits: Bool { false }

  public func counts(target: Tensor) -> Tensor? { nil }

  public func complaint(about targets: HostTensor, output: Shape) -> Mismatch? { nil }

  /// The mean of the losses, each multiplied by its sample's weight: Keras's `sum_over_batch_size`,
  /// which divides by the number of losses that count, whatever the weights.
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
    guard values.error == nil else { return values }
    let weights = sampleWeight.map { aligned($0, to: values) }
    let mean = (weights.map { values * $0 } ?? values).mean()
    guard let counts = counts(target: target) else { return mean }
    // What the weights hide is left out of the divisor already: a mask of the same places does so.
    let weighs =
      weights.map { ($0.broadcast(to: values.shape) .!= 0).converted(to: values.dtype) }
      ?? .ones(values.shape, dtype: values.dtype)
    return mean * weighs.sum() / maximum(select(counts, weighs, 0).sum(), 1)
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

/// A loss of targets in the prediction's own shape.
protocol AlignedLoss: Loss {
  /// The loss of each sample, of targets in the prediction's type and shape.
  func losses(_ target: Tensor, _ prediction: Tensor) -> Tensor

  /// Why the loss is not made for such targets and outputs, before their shapes are compared.
  func complaint(_ target: Tensor, _ prediction: Tensor) -> Mismatch?
}

extension AlignedLoss {
  public func values(target: Tensor, prediction: Tensor) -> Tensor {
    if let failed = [target, prediction].first(where: { $0.error != nil }) { return failed }
    if let complaint = complaint(target, prediction) {
      return .failure(Self.kind, [target, prediction], complaint)
    }
    let target = alignedTarget(Self.kind, target, prediction)
    return target.error == nil ? losses(target, prediction) : target
  }

  func complaint(_ target: Tensor, _ prediction: Tensor) -> Mismatch? { nil }
}
