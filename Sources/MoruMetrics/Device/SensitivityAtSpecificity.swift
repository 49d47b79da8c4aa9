import MoruArchive
import MoruGraph

/// The greatest sensitivity, `true positives / positives`, of a threshold at which the
/// specificity, `true negatives / negatives`, is at least `specificity`; 0 if it is so at none.
///
/// Thresholds are {0, 1/(n − 1), …, 1} for n = `thresholdCount`.
///
/// - Shapes: target and prediction alike; a target `[batch]` fits a prediction `[batch, 1]`.
public struct SensitivityAtSpecificity: ThresholdMetric {
  public static let kind = "sensitivityAtSpecificity"
  /// The least specificity, between 0 and 1.
  public let specificity: Double
  /// Number of thresholds that are tried, at least 1.
  public let thresholdCount: Int
  /// The only label that counts, by its place on the last axis; all if nil.
  public let classId: Int?

  /// The greatest sensitivity at which the specificity is at least so much.
  public init(specificity: Double = 0.5, thresholdCount: Int = 200, classId: Int? = nil) {
    self.specificity = specificity
    self.thresholdCount = thresholdCount
    self.classId = classId
  }

  public var isBetterGreater: Bool { true }

  var counting: ThresholdCounting {
    ThresholdCounting(thresholds: evenThresholds(thresholdCount), classId: classId)
  }

  func value(_ counts: ThresholdCounts) -> Double {
    zip(counts.recall, counts.specificity).reduce(0) { $1.1 >= specificity ? max($0, $1.0) : $0 }
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case specificity, thresholdCount, classId
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    specificity = try fields.number(.specificity, default: 0.5, in: 0...1)
    thresholdCount = try fields.positive(.thresholdCount, default: 200)
    classId = try fields.optionalNumber(.classId, atLeast: 0)
  }
}

extension Metric where Self == SensitivityAtSpecificity {
  /// The greatest sensitivity at which the specificity is at least so much.
  public static func sensitivityAtSpecificity(
    _ specificity: Double, thresholdCount: Int = 200, classId: Int? = nil
  ) -> Self {
    .init(specificity: specificity, thresholdCount: thresholdCount, classId: classId)
  }
}
