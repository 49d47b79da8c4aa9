import MoruArchive
import MoruGraph

/// The mean of `−target · log p − (1 − target) · log(1 − p)` over samples and labels.
///
/// - Shapes: target and prediction alike; a target `[batch]` fits a prediction `[batch, 1]`.
public struct BinaryCrossentropyMetric: AlignedMetric {
  public static let kind = "binaryCrossentropy"
  /// Whether predictions are logits rather than probabilities.
  public let fromLogits: Bool
  /// How far labels are drawn towards one half, between 0 and 1.
  public let labelSmoothing: Double

  /// The mean cross-entropy of yes-or-no labels.
  public init(fromLogits: Bool = false, labelSmoothing: Double = 0) {
    self.fromLogits = fromLogits
    self.labelSmoothing = labelSmoothing
  }

  public var isBetterGreater: Bool { false }

  func values(_ target: Tensor, _ prediction: Tensor) -> Tensor {
    let target = smoothed(target, by: labelSmoothing, classes: 2)
    return MoruGraph.binaryCrossentropy(target, prediction, fromLogits: fromLogits)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case fromLogits, labelSmoothing }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    fromLogits = try fields.value(.fromLogits, default: false)
    labelSmoothing = try fields.number(.labelSmoothing, default: 0, in: 0...1)
  }
}

extension Metric where Self == BinaryCrossentropyMetric {
  /// The mean cross-entropy of yes-or-no labels.
  public static var binaryCrossentropy: Self { .init() }
  /// The mean cross-entropy of yes-or-no labels.
  public static func binaryCrossentropy(
    fromLogits: Bool = false, labelSmoothing: Double = 0
  ) -> Self {
    .init(fromLogits: fromLogits, labelSmoothing: labelSmoothing)
  }
}
