import MoruArchive
import MoruGraph

/// The greatest precision, `true positives / yeses`, of a threshold at which the
/// recall, `true positives / positives`, is at least `recall`; 0 if it is so at none.
///
/// Thresholds are {0, 1/(n − 1), …, 1} for n = `thresholdCount`.
///
/// - Shapes: target and prediction alike; a target `[batch]` fits a prediction `[batch, 1]`.
public struct PrecisionAtRecall: ThresholdMetric {
  public static let kind = "precisionAtRecall"
  /// The least recall, between 0 and 1.
  public let recall: Double
  /// Number of thresholds that are tried, at least 1.
  public let thresholdCount: Int
  /// The only label that counts, by its place on the last axis; all if nil.
  public let classId: Int?

  /// The greatest precision at which the recall is at least so much.
  public init(recall: Double = 0.5, thresholdCount: Int = 200, classId: Int? = nil) {
    self.recall = recall
    self.thresholdCount = thresholdCount
    self.classId = classId
  }

  public var isBetterGreater: Bool { true }

  var counting: ThresholdCounting {
    ThresholdCounting(thresholds: evenThresholds(thresholdCount), classId: classId)
  }

  func value(_ counts: ThresholdCounts) -> Double {
    zip(counts.precision, counts.recall).reduce(0) { $1.1 >= recall ? max($0, $1.0) : $0 }
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case recall, thresholdCount, classId }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    recall = try fields.number(.recall, default: 0.5, in: 0...1)
    thresholdCount = try fields.positive(.thresholdCount, default: 200)
    classId = try fields.optionalNumber(.classId, atLeast: 0)
  }
}

extension Metric where Self == PrecisionAtRecall {
  /// The greatest precision at which the recall is at least so much.
  public static func precisionAtRecall(
    _ recall: Double, thresholdCount: Int = 200, classId: Int? = nil
  ) -> Self {
    .init(recall: recall, thresholdCount: thresholdCount, classId: classId)
  }
}
