import MoruArchive
import MoruGraph

/// How often no was said rightly, over samples and labels; the sum of their weights if there are any.
///
/// - Shapes: target and prediction alike; a target `[batch]` fits a prediction `[batch, 1]`.
public struct TrueNegatives: ThresholdMetric {
  public static let kind = "trueNegatives"
  /// Above which a score means yes, each between 0 and 1; the figure is the mean over them.
  public let thresholds: [Double]

  /// How often no was said rightly.
  public init(thresholds: [Double] = [0.5]) { self.thresholds = thresholds }

  public var isBetterGreater: Bool { true }

  var counting: ThresholdCounting { ThresholdCounting(thresholds: thresholds) }

  func value(_ counts: ThresholdCounts) -> Double { mean(counts.trueNegatives) }

  private enum CodingKeys: String, CodingKey, CaseIterable { case thresholds }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    thresholds = try fields.thresholds(.thresholds) ?? [0.5]
  }
}

extension Metric where Self == TrueNegatives {
  /// How often no was said rightly.
  public static var trueNegatives: Self { .init() }
  /// How often no was said rightly.
  public static func trueNegatives(thresholds: [Double]) -> Self { .init(thresholds: thresholds) }
}
