import MoruArchive
import MoruGraph

/// The fraction of wrong answers to yes-or-no questions, over samples and labels: 1 − binary
/// accuracy.
///
/// - Shapes: target and prediction alike; a target `[batch]` fits a prediction `[batch, 1]`.
public struct HammingLoss: AlignedMetric {
  public static let kind = "hammingLoss"
  /// Above which a score means yes; 0 for logits.
  public let threshold: Double

  /// The fraction of wrong yes-or-no answers.
  public init(threshold: Double = 0.5) { self.threshold = threshold }

  public var isBetterGreater: Bool { false }

  func values(_ target: Tensor, _ prediction: Tensor) -> Tensor {
    (prediction .> Tensor(threshold)) .!= (target .> 0.5)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case threshold }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    threshold = try fields.number(.threshold, default: 0.5, in: -1e9...1e9)
  }
}

extension Metric where Self == HammingLoss {
  /// The fraction of wrong yes-or-no answers.
  public static var hammingLoss: Self { .init() }
  /// The fraction of wrong yes-or-no answers.
  public static func hammingLoss(threshold: Double) -> Self { .init(threshold: threshold) }
}
