import MoruArchive
import MoruGraph

/// The greatest recall, `true positives / positives`, of a threshold at which the
/// precision, `true positives / yeses`, is at least `precision`; 0 if it is so at none.
///
/// Thresholds are {0, 1/(n − 1), …, 1} for n = `thresholdCount`.
///
/// - Shapes: target and prediction alike; a target `[batch]` fits a prediction `[batch, 1]`.
public struct RecallAtPrecision: ThresholdMetric {
  public static let kind = "recallAtPrecision"
  /// The least precision, between 0 and 1.
  public let precision: Double
  /// Number of thresholds that are tried, at least 1.
  public let thresholdCount: Int
  /// The only label that counts, by its place on the last axis; all if nil.
  public let classId: Int?

  /// The greatest recall at which the precision is at least so much.
  public init(precision: Double = 0.5, thresholdCount: Int = 200, classId: Int? = nil) {
    self.precision = precision
    self.thresholdCount = thresholdCount
    self.classId = classId
  }

  public var isBetterGreater: Bool { true }

  var counting: ThresholdCounting {
    ThresholdCounting(thresholds: evenThresholds(thresholdCount), classId: classId)
  }

  func value(_ counts: ThresholdCounts) -> Double {
    zip(counts.recall, counts.precision).reduce(0) { $1.1 >= precision ? max($0, $1.0) : $0 }
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case precision, thresholdCount, classId
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    precision = try fields.number(.precision, default: 0.5, in: 0...1)
    thresholdCount = try fields.positive(.thresholdCount, default: 200)
    classId = try fields.optionalNumber(.classId, atLeast: 0)
  }
}

extension Metric where Self == RecallAtPrecision {
  /// The greatest recall at which the precision is at least so much.
  public static func recallAtPrecision(
    _ precision: Double, thresholdCount: Int = 200, classId: Int? = nil
  ) -> Self {
    .init(precision: precision, thresholdCount: thresholdCount, classId: classId)
  }
}
