import MoruArchive
import MoruGraph

/// The greatest specificity, `true negatives / negatives`, of a threshold at which the
/// sensitivity, `true positives / positives`, is at least `sensitivity`; 0 if it is so at none.
///
/// Thresholds are {0, 1/(n − 1), …, 1} for n = `thresholdCount`.
///
/// - Shapes: target and prediction alike; a target `[batch]` fits a prediction `[batch, 1]`.
public struct SpecificityAtSensitivity: ThresholdMetric {
  public static let kind = "specificityAtSensitivity"
  /// The least sensitivity, between 0 and 1.
  public let sensitivity: Double
  /// Number of thresholds that are tried, at least 1.
  public let thresholdCount: Int
  /// The only label that counts, by its place on the last axis; all if nil.
  public let classId: Int?

  /// The greatest specificity at which the sensitivity is at least so much.
  public init(sensitivity: Double = 0.5, thresholdCount: Int = 200, classId: Int? = nil) {
    self.sensitivity = sensitivity
    self.thresholdCount = thresholdCount
    self.classId = classId
  }

  public var isBetterGreater: Bool { true }

  var counting: ThresholdCounting {
    ThresholdCounting(thresholds: evenThresholds(thresholdCount), classId: classId)
  }

  func value(_ counts: ThresholdCounts) -> Double {
    zip(counts.specificity, counts.recall).reduce(0) { $1.1 >= sensitivity ? max($0, $1.0) : $0 }
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case sensitivity, thresholdCount, classId
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    sensitivity = try fields.number(.sensitivity, default: 0.5, in: 0...1)
    thresholdCount = try fields.positive(.thresholdCount, default: 200)
    classId = try fields.optionalNumber(.classId, atLeast: 0)
  }
}

extension Metric where Self == SpecificityAtSensitivity {
  /// The greatest specificity at which the sensitivity is at least so much.
  public static func specificityAtSensitivity(
    _ sensitivity: Double, thresholdCount: Int = 200, classId: Int? = nil
  ) -> Self {
    .init(sensitivity: sensitivity, thresholdCount: thresholdCount, classId: classId)
  }
}
