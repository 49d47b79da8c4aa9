import MoruArchive
import MoruGraph
import MoruTensors

/// `true positives / (true positives + false positives)`: what part of the yeses is right; 0 if there is
/// no yes. See `RateMetric`.
public typealias Precision = RateMetric<PrecisionRule>

/// `true positives / (true positives + false negatives)`: what part of what is true is found; 0 if
/// nothing is true. See `RateMetric`.
public typealias Recall = RateMetric<RecallRule>

/// How often an answer is right among some of them: the mean of a rate over thresholds.
///
/// Counted over samples and labels, unless `classId` picks one label.
///
/// - Shapes: target and prediction alike; a target `[batch]` fits a prediction `[batch, 1]`.
public struct RateMetric<Rule: ThresholdRule>: ThresholdMetric {
  public static var kind: String { Rule.word }
  /// Above which a score means yes, each between 0 and 1; the figure is the mean over them. 0.5 if
  /// nil, or whatever the score with `topK`.
  public let thresholds: [Double]?
  /// How many of the greatest scores of a sample may mean yes, at least 1; any number if nil.
  public let topK: Int?
  /// The only label that counts, by its place on the last axis; all if nil.
  public let classId: Int?

  /// The mean of the rate over thresholds.
  public init(thresholds: [Double]? = nil, topK: Int? = nil, classId: Int? = nil) {
    self.thresholds = thresholds
    self.topK = topK
    self.classId = classId
  }

  public var isBetterGreater: Bool { Rule.isBetterGreater }

  var counting: ThresholdCounting {
    ThresholdCounting(thresholds: thresholds, topK: topK, classId: classId)
  }

  func value(_ counts: [ThresholdCounts]) -> Double { counts.map(Rule.value).mean }

  private enum CodingKeys: String, CodingKey, CaseIterable { case thresholds, topK, classId }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    thresholds = try fields.thresholds(.thresholds)
    topK = try fields.optionalNumber(.topK, atLeast: 1)
    classId = try fields.optionalNumber(.classId, atLeast: 0)
  }
}

extension Metric where Self == Precision {
  /// What part of the yeses is right.
  public static var precision: Self { .init() }
  /// What part of the yeses is right.
  public static func precision(
    thresholds: [Double]? = nil, topK: Int? = nil, classId: Int? = nil
  ) -> Self {
    .init(thresholds: thresholds, topK: topK, classId: classId)
  }
}

extension Metric where Self == Recall {
  /// What part of what is true is found.
  public static var recall: Self { .init() }
  /// What part of what is true is found.
  public static func recall(
    thresholds: [Double]? = nil, topK: Int? = nil, classId: Int? = nil
  ) -> Self {
    .init(thresholds: thresholds, topK: topK, classId: classId)
  }
}
