import MoruArchive
import MoruGraph
import MoruTensors

/// The fraction of samples all of whose labels are answered rightly: subset accuracy, the strictest
/// figure of a multi-label classifier.
///
/// - Shapes: target and prediction `[batch, …, labels]`.
public struct ExactMatch: AlignedMetric {
  public static let kind = "exactMatch"
  /// Above which a score means yes; 0 for logits.
  public let threshold: Double

  /// The fraction of samples without a wrong label.
  public init(threshold: Double = 0.5) { self.threshold = threshold }

  public var isBetterGreater: Bool { true }

  func values(_ target: Tensor, _ prediction: Tensor) -> Tensor {
    ((prediction .> Tensor(threshold)) .== (target .> 0.5)).converted(to: .float32)
      .min(axes: [-1])
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case threshold }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    threshold = try fields.number(.threshold, default: 0.5, in: -1e9...1e9)
  }
}

extension Metric where Self == ExactMatch {
  /// The fraction of samples without a wrong label.
  public static var exactMatch: Self { .init() }
  /// The fraction of samples without a wrong label.
  public static func exactMatch(threshold: Double) -> Self { .init(threshold: threshold) }
}
