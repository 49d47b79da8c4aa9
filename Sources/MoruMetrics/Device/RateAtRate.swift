import Foundation
import MoruArchive
import MoruGraph

/// The greatest recall at which the precision is at least so much; see `RateAtRate`.
public typealias RecallAtPrecision = RateAtRate<RecallRule, PrecisionRule>

/// The greatest precision at which the recall is at least so much; see `RateAtRate`.
public typealias PrecisionAtRecall = RateAtRate<PrecisionRule, RecallRule>

/// The greatest sensitivity at which the specificity is at least so much; see `RateAtRate`.
public typealias SensitivityAtSpecificity = RateAtRate<SensitivityRule, SpecificityRule>

/// The greatest specificity at which the sensitivity is at least so much; see `RateAtRate`.
public typealias SpecificityAtSensitivity = RateAtRate<SpecificityRule, SensitivityRule>

/// The greatest value of a rate, `Best`, of a threshold at which another one, `Held`, is at least so
/// much; 0 if it is so at none.
///
/// Thresholds are {0, 1/(n − 1), …, 1} for n = `thresholdCount`. In files the least value of the other
/// rate has that rate's name: `{kind: recallAtPrecision, precision: 0.9}`.
///
/// - Shapes: target and prediction alike; a target `[batch]` fits a prediction `[batch, 1]`.
public struct RateAtRate<Best: ThresholdRule, Held: ThresholdRule>: ThresholdMetric {
  public static var kind: String { "\(Best.word)At\(Held.word.capitalized)" }
  /// The least value of the other rate, between 0 and 1.
  public let least: Double
  /// Number of thresholds that are tried, at least 1.
  public let thresholdCount: Int
  /// The only label that counts, by its place on the last axis; all if nil.
  public let classId: Int?

  /// The greatest value of a rate at which the other one is at least so much.
  public init(_ least: Double = 0.5, thresholdCount: Int = 200, classId: Int? = nil) {
    self.least = least
    self.thresholdCount = thresholdCount
    self.classId = classId
  }

  public var isBetterGreater: Bool { true }

  var counting: ThresholdCounting {
    ThresholdCounting(thresholds: evenThresholds(thresholdCount), classId: classId)
  }

  func value(_ counts: [ThresholdCounts]) -> Double {
    counts.filter { Held.value($0) >= least }.map(Best.value).reduce(0, max)
  }

  /// The keys; `least` has the name of the rate that is held.
  private enum CodingKeys: CodingKey, CaseIterable {
    case least, thresholdCount, classId

    var stringValue: String {
      switch self {
      case .least: Held.word
      case .thresholdCount: "thresholdCount"
      case .classId: "classId"
      }
    }
    var intValue: Int? { nil }

    init?(stringValue: String) {
      guard let key = Self.allCases.first(where: { $0.stringValue == stringValue }) else {
        return nil
      }
      self = key
    }
    init?(intValue: Int) { nil }
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    least = try fields.number(.least, default: 0.5, in: 0...1)
    thresholdCount = try fields.positive(.thresholdCount, default: 200)
    classId = try fields.optionalNumber(.classId, atLeast: 0)
  }
}

extension Metric where Self == RecallAtPrecision {
  /// The greatest recall at which the precision is at least so much.
  public static func recallAtPrecision(
    _ precision: Double, thresholdCount: Int = 200, classId: Int? = nil
  ) -> Self {
    .init(precision, thresholdCount: thresholdCount, classId: classId)
  }
}

extension Metric where Self == PrecisionAtRecall {
  /// The greatest precision at which the recall is at least so much.
  public static func precisionAtRecall(
    _ recall: Double, thresholdCount: Int = 200, classId: Int? = nil
  ) -> Self {
    .init(recall, thresholdCount: thresholdCount, classId: classId)
  }
}

extension Metric where Self == SensitivityAtSpecificity {
  /// The greatest sensitivity at which the specificity is at least so much.
  public static func sensitivityAtSpecificity(
    _ specificity: Double, thresholdCount: Int = 200, classId: Int? = nil
  ) -> Self {
    .init(specificity, thresholdCount: thresholdCount, classId: classId)
  }
}

extension Metric where Self == SpecificityAtSensitivity {
  /// The greatest specificity at which the sensitivity is at least so much.
  public static func specificityAtSensitivity(
    _ sensitivity: Double, thresholdCount: Int = 200, classId: Int? = nil
  ) -> Self {
    .init(sensitivity, thresholdCount: thresholdCount, classId: classId)
  }
}
