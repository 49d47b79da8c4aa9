import MoruArchive
import MoruGraph

/// How often yes was said wrongly, over samples and labels; the sum of their weights if there are any.
///
/// - Shapes: target and prediction alike; a target `[batch]` fits a prediction `[batch, 1]`.
public struct FalsePositives: ThresholdMetric {
  public static let kind = "falsePositives"
  /// Above which a score means yes, each between 0 and 1; the figure is the mean over them.
  public let thresholds: [Double]

  /// How often yes was said wrongly.
  public init(thresholds: [Double] = [0.5]) { self.thresholds = thresholds }

  public var isBetterGreater: Bool { false }

  var counting: ThresholdCounting { ThresholdCounting(thresholds: thresholds) }

  func value(_ counts: ThresholdCounts) -> Double { mean(counts.falsePositives) }

  private enum CodingKeys: String, CodingKey, CaseIterable { case thresholds }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    thresholds = try fields.thresholds(.thresholds) ?? [0.5]
  }
}

extension Metric where Self == FalsePositives {
  /// How often yes was said wrongly.
  public static var falsePositives: Self { .init() }
  /// How often yes was said wrongly.
  public static func falsePositives(thresholds: [Double]) -> Self { .init(thresholds: thresholds) }
}
