import MoruArchive
import MoruGraph

/// The mean over samples of `−Σ target · log p`, for class distributions.
///
/// - Shapes: target and prediction `[batch, …, classes]`.
public struct CategoricalCrossentropyMetric: AlignedMetric {
  public static let kind = "categoricalCrossentropy"
  /// Whether predictions are logits rather than probabilities.
  public let fromLogits: Bool
  /// The part of each target that is spread over all classes alike, between 0 and 1.
  public let labelSmoothing: Double

  /// The mean cross-entropy of class distributions.
  public init(fromLogits: Bool = false, labelSmoothing: Double = 0) {
    self.fromLogits = fromLogits
    self.labelSmoothing = labelSmoothing
  }

  public var isBetterGreater: Bool { false }

  func values(_ target: Tensor, _ prediction: Tensor) -> Tensor {
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

extension Metric where Self == CategoricalCrossentropyMetric {
  /// The mean cross-entropy of class distributions.
  public static var categoricalCrossentropy: Self { .init() }
  /// The mean cross-entropy of class distributions.
  public static func categoricalCrossentropy(
    fromLogits: Bool = false, labelSmoothing: Double = 0
  ) -> Self {
    .init(fromLogits: fromLogits, labelSmoothing: labelSmoothing)
  }
}
