import MoruArchive
public import MoruGraph
public import MoruTensors

/// `−Σ target · log p`: the cross-entropy of class distributions (one-hot targets, say) against
/// class scores. End the model with softmax.
///
/// - Shapes: target and prediction `[batch, …, classes] → [batch, …]`.
public struct CategoricalCrossentropy: AlignedLoss {
  public static let kind = "categoricalCrossentropy"
  /// Whether predictions are logits rather than probabilities.
  public let fromLogits: Bool
  /// The part of each target that is spread over all classes alike, between 0 and 1.
  public let labelSmoothing: Double

  /// Cross-entropy of class distributions.
  public init(fromLogits: Bool = false, labelSmoothing: Double = 0) {
    self.fromLogits = fromLogits
    self.labelSmoothing = labelSmoothing
  }

  public var takesLogits: Bool { fromLogits }

  public func complaint(about targets: HostTensor, output: Shape) -> Mismatch? {
    complaintAboutDistributions(targets)
  }

  func complaint(_ target: Tensor, _ prediction: Tensor) -> Mismatch? {
    complaintAboutDistribution(target, prediction, fromLogits: fromLogits)
  }

  func losses(_ target: Tensor, _ prediction: Tensor) -> Tensor {
    let target = smoothed(target, by: labelSmoothing, classes: target.shape.last ?? 1)
    return -(target * logProbabilities(prediction, fromLogits: fromLogits)).sum(axes: [-1])
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case fromLogits, labelSmoothing }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    fromLogits = try fields.value(.fromLogits, default: false)
    labelSmoothing = try fields.number(.labelSmoothing, default: 0, in: 0...1)
  }
}

extension Loss where Self == CategoricalCrossentropy {
  /// `−Σ target · log p` for distributions and probabilities.
  public static var categoricalCrossentropy: Self { .init() }
  /// `−Σ target · log p` for distributions and logits or probabilities.
  public static func categoricalCrossentropy(
    fromLogits: Bool = false, labelSmoothing: Double = 0
  ) -> Self {
    .init(fromLogits: fromLogits, labelSmoothing: labelSmoothing)
  }
}
