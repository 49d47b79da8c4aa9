import Foundation
import MoruArchive
public import MoruGraph
import MoruTensors

/// The area under a curve that answers trace while the threshold of yes runs from 0 to 1, by sums over
/// `thresholdCount` thresholds: 1 is the best; 0.5 is what chance gives under the ROC curve.
///
/// - Shapes: target (0 and 1) and prediction alike; a target `[batch]` fits a prediction `[batch, 1]`.
/// - Source: Fawcett 2006, doi:10.1016/j.patrec.2005.10.010; Davis, Goadrich 2006,
///   doi:10.1145/1143844.1143874, for the interpolation between precisions; Flach, Kull 2015 for gains.
public struct AUC: Metric {
  public static let kind = "auc"

  /// What is drawn against what.
  public enum Curve: String, Codable, Sendable, CaseIterable {
    /// Recall over the part of the negatives that is taken for positive.
    case roc
    /// Precision over recall.
    case pr
    /// Precision gain over recall gain.
    case prGain
  }

  /// How high the curve is between two thresholds.
  public enum Summation: String, Codable, Sendable, CaseIterable {
    /// In the middle; for precisions by the formula of Davis and Goadrich.
    case interpolation
    /// As high as the lower end.
    case minoring
    /// As high as the higher end.
    case majoring
  }

  /// Number of thresholds, at least 2, the two ends included.
  public let thresholdCount: Int
  /// What is drawn against what.
  public let curve: Curve
  /// How high the curve is between two thresholds.
  public let summationMethod: Summation
  /// The thresholds between the ends, each between 0 and 1, instead of evenly spaced ones.
  public let thresholds: [Double]?
  /// Whether each label on the last axis has a curve of its own; the figure is their mean.
  public let multiLabel: Bool
  /// How much each label counts, at least 0; alike if nil.
  public let labelWeights: [Double]?
  /// Whether predictions are logits rather than probabilities.
  public let fromLogits: Bool

  /// The area under a curve.
  public init(
    thresholdCount: Int = 200, curve: Curve = .roc, summationMethod: Summation = .interpolation,
    thresholds: [Double]? = nil, multiLabel: Bool = false, labelWeights: [Double]? = nil,
    fromLogits: Bool = false
  ) {
    self.thresholdCount = thresholdCount
    self.curve = curve
    self.summationMethod = summationMethod
    self.thresholds = thresholds
    self.multiLabel = multiLabel
    self.labelWeights = labelWeights
    self.fromLogits = fromLogits
  }

  public var isBetterGreater: Bool { true }

  public func sums(target: Tensor, prediction: Tensor, sampleWeight: Tensor?) -> [Tensor] {
    if let labelWeights, labelWeights.count != prediction.shape.last, prediction.error == nil {
      return ThresholdCounting.failed(
        Self.kind, target, prediction,
        Mismatch(
          "there are \(labelWeights.count) label weights", "Pass one weight for each label."))
    }
    let inner = thresholds?.sorted() ?? Array(evenThresholds(thresholdCount).dropFirst().dropLast())
    let counting = ThresholdCounting(
      thresholds: inner, hasEnds: true, isPerLabel: multiLabel,
      labelWeights: multiLabel ? nil : labelWeights)
    return counting.sums(
      Self.kind, target: target, prediction: fromLogits ? sigmoid(prediction) : prediction,
      sampleWeight: sampleWeight)
  }

  public func value(sums: [[Double]]) -> Double {
    let areas = ThresholdCounts.labels(sums).map(area)
    guard multiLabel, let labelWeights else { return areas.mean }
    return ratio(zip(areas, labelWeights).map { $0 * $1 }.reduce(0, +), labelWeights.reduce(0, +))
  }

  private func area(_ counts: [ThresholdCounts]) -> Double {
    if curve == .pr, summationMethod == .interpolation { return interpolatedPrecision(counts) }
    let (x, y) = points(counts)
    return (1..<x.count).map { place in
      let (before, after) = (y[place - 1], y[place])
      let height =
        switch summationMethod {
        case .interpolation: (before + after) / 2
        case .minoring: min(before, after)
        case .majoring: max(before, after)
        }
      return (x[place - 1] - x[place]) * height
    }.reduce(0, +)
  }

  /// The curve's points, from the lowest threshold on.
  private func points(_ counts: [ThresholdCounts]) -> (x: [Double], y: [Double]) {
    switch curve {
    case .roc:
      return (
        counts.map { $0.negatives > 0 ? 1 - $0.specificity : 0 }, counts.map(\.recall)
      )
    case .pr: return (counts.map(\.recall), counts.map(\.precision))
    case .prGain:
      func gain(_ counts: ThresholdCounts, _ wrong: Double, without: Double) -> Double {
        let scale = ratio(counts.positives, counts.negatives)
        return counts.truePositives == 0 ? without : 1 - scale * wrong / counts.truePositives
      }
      return (
        counts.map { max(gain($0, $0.falseNegatives, without: 0), 0) },
        counts.map { gain($0, $0.falsePositives, without: 1) }
      )
    }
  }

  /// Between two thresholds, true and false positives grow in proportion, not precision itself.
  private func interpolatedPrecision(_ counts: [ThresholdCounts]) -> Double {
    let hits = counts.map(\.truePositives)
    let yeses = counts.map { $0.truePositives + $0.falsePositives }
    return (1..<hits.count).map { place in
      let gained = hits[place - 1] - hits[place]
      let slope = ratio(gained, max(yeses[place - 1] - yeses[place], 0))
      let intercept = hits[place] - slope * yeses[place]
      let isOpen = yeses[place - 1] > 0 && yeses[place] > 0
      let growth = isOpen ? log(yeses[place - 1] / yeses[place]) : 0
      return ratio(slope * (gained + intercept * growth), counts[place].positives)
    }.reduce(0, +)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case thresholdCount, curve, summationMethod, thresholds, multiLabel, labelWeights, fromLogits
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    thresholdCount = try fields.optionalNumber(.thresholdCount, atLeast: 2) ?? 200
    curve = try fields.value(.curve, default: .roc)
    summationMethod = try fields.value(.summationMethod, default: .interpolation)
    thresholds = try fields.thresholds(.thresholds)
    multiLabel = try fields.value(.multiLabel, default: false)
    labelWeights = try fields.optional(.labelWeights)
    fromLogits = try fields.value(.fromLogits, default: false)
  }
}

extension Metric where Self == AUC {
  /// The area under the ROC curve.
  public static var auc: Self { .init() }
  /// The area under a curve.
  public static func auc(
    thresholdCount: Int = 200, curve: AUC.Curve = .roc,
    summationMethod: AUC.Summation = .interpolation, thresholds: [Double]? = nil,
    multiLabel: Bool = false, labelWeights: [Double]? = nil, fromLogits: Bool = false
  ) -> Self {
    .init(
      thresholdCount: thresholdCount, curve: curve, summationMethod: summationMethod,
      thresholds: thresholds, multiLabel: multiLabel, labelWeights: labelWeights,
      fromLogits: fromLogits)
  }
}
