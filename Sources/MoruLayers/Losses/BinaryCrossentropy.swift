import MoruArchive
public import MoruGraph
public import MoruTensors

/// `−target · log p − (1 − target) · log(1 − p)`, the mean over the last axis: for labels each of
/// which a sample has or has not, one or many. End the model with sigmoid.
///
/// - Shapes: target and prediction `[batch, …, labels] → [batch, …]`; a target `[batch]` fits a
///   prediction `[batch, 1]`.
public struct BinaryCrossentropy: AlignedLoss {
  public static let kind = "binaryCrossentropy"
  /// Whether predictions are logits rather than probabilities.
  public let fromLogits: Bool
  /// How far labels are drawn towards one half, between 0 and 1: 0.1 makes 0 and 1 to 0.05 and 0.95.
  public let labelSmoothing: Double

  /// Cross-entropy of yes-or-no labels.
  public init(fromLogits: Bool = false, labelSmoothing: Double = 0) {
    self.fromLogits = fromLogits
    self.labelSmoothing = labelSmoothing
  }

  public var takesLogits: Bool { fromLogits }

  public func complaint(about targets: HostTensor, output: Shape) -> Mismatch? {
    complaintAboutProbabilities(targets)
  }

  func complaint(_ target: Tensor, _ prediction: Tensor) -> Mismatch? {
    complaintAboutLabels(prediction, fromLogits: fromLogits)
  }

  func losses(_ target: Tensor, _ prediction: Tensor) -> Tensor {
    let target = smoothed(target, by: labelSmoothing, classes: 2)
    return MoruGraph.binaryCrossentropy(target, prediction, fromLogits: fromLogits)
      .mean(axes: [-1])
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case fromLogits, labelSmoothing }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    fromLogits = try fields.value(.fromLogits, default: false)
    labelSmoothing = try fields.number(.labelSmoothing, default: 0, in: 0...1)
  }
}

extension Loss where Self == BinaryCrossentropy {
  /// Cross-entropy of yes-or-no labels and probabilities.
  public static var binaryCrossentropy: Self { .init() }
  /// Cross-entropy of yes-or-no labels and logits or probabilities.
  public static func binaryCrossentropy(
    fromLogits: Bool = false, labelSmoothing: Double = 0
  ) -> Self {
    .init(fromLogits: fromLogits, labelSmoothing: labelSmoothing)
  }
}
