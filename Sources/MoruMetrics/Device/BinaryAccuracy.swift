import MoruArchive
import MoruGraph

/// The fraction of right answers to yes-or-no questions, over samples and labels.
///
/// - Shapes: target and prediction alike; a target `[batch]` fits a prediction `[batch, 1]`.
public struct BinaryAccuracy: AlignedMetric {
  public static let kind = "binaryAccuracy"
  /// Above which a score means yes; 0 for logits.
  public let threshold: Double

  /// The fraction of right yes-or-no answers.
  public init(threshold: Double = 0.5) { self.threshold = threshold }

  public var isBetterGreater: Bool { true }

  func values(_ target: Tensor, _ prediction: Tensor) -> Tensor {
    (prediction .> Tensor(threshold)) .== (target .> 0.5)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case threshold }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    threshold = try fields.number(.threshold, default: 0.5, in: -1e9...1e9)
  }
}

extension Metric where Self == BinaryAccuracy {
  /// The fraction of right yes-or-no answers.
  public static var binaryAccuracy: Self { .init() }
  /// The fraction of right yes-or-no answers.
  public static func binaryAccuracy(threshold: Double) -> Self { .init(threshold: threshold) }
}
