import MoruArchive
import MoruGraph
import MoruTensors

/// How often yes was said rightly; see `CountMetric`.
public typealias TruePositives = CountMetric<TruePositivesRule>

/// How often yes was said wrongly; see `CountMetric`.
public typealias FalsePositives = CountMetric<FalsePositivesRule>

/// How often no was said rightly; see `CountMetric`.
public typealias TrueNegatives = CountMetric<TrueNegativesRule>

/// How often no was said wrongly; see `CountMetric`.
public typealias FalseNegatives = CountMetric<FalseNegativesRule>

/// How often something was said, over samples and labels; the sum of their weights if there are any.
///
/// - Shapes: target and prediction alike; a target `[batch]` fits a prediction `[batch, 1]`.
public struct CountMetric<Rule: ThresholdRule>: ThresholdMetric {
  public static var kind: String { Rule.word }
  /// Above which a score means yes, each between 0 and 1; the figure is the mean over them.
  public let thresholds: [Double]

  /// The mean of the count over thresholds.
  public init(thresholds: [Double] = [0.5]) { self.thresholds = thresholds }

  public var isBetterGreater: Bool { Rule.isBetterGreater }

  var counting: ThresholdCounting { ThresholdCounting(thresholds: thresholds) }

  func value(_ counts: [ThresholdCounts]) -> Double { counts.map(Rule.value).mean }

  private enum CodingKeys: String, CodingKey, CaseIterable { case thresholds }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    thresholds = try fields.thresholds(.thresholds) ?? [0.5]
  }
}

extension Metric where Self == TruePositives {
  /// How often yes was said rightly.
  public static var truePositives: Self { .init() }
  /// How often yes was said rightly.
  public static func truePositives(thresholds: [Double]) -> Self { .init(thresholds: thresholds) }
}

extension Metric where Self == FalsePositives {
  /// How often yes was said wrongly.
  public static var falsePositives: Self { .init() }
  /// How often yes was said wrongly.
  public static func falsePositives(thresholds: [Double]) -> Self { .init(thresholds: thresholds) }
}

extension Metric where Self == TrueNegatives {
  /// How often no was said rightly.
  public static var trueNegatives: Self { .init() }
  /// How often no was said rightly.
  public static func trueNegatives(thresholds: [Double]) -> Self { .init(thresholds: thresholds) }
}

extension Metric where Self == FalseNegatives {
  /// How often no was said wrongly.
  public static var falseNegatives: Self { .init() }
  /// How often no was said wrongly.
  public static func falseNegatives(thresholds: [Double]) -> Self { .init(thresholds: thresholds) }
}
