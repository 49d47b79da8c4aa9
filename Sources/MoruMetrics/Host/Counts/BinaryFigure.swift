/// A figure of yes-or-no answers by its name, so that tables, averages, slices and intervals are
/// written once for all of them.
public enum BinaryFigure: String, Codable, Sendable, CaseIterable {
  /// `(TP + TN) / all`
  case accuracy
  /// `(FP + FN) / all`
  case errorRate
  /// `TP / (TP + FP)`
  case precision
  /// `TP / (TP + FN)`
  case recall
  /// `TN / (TN + FP)`
  case specificity
  /// `TN / (TN + FN)`
  case negativePredictiveValue
  /// `FP / (FP + TN)`: type I errors
  case falsePositiveRate
  /// `FN / (FN + TP)`: type II errors
  case falseNegativeRate
  /// `2·TP / (2·TP + FP + FN)`
  case f1
  /// `(recall + specificity) / 2`
  case balancedAccuracy
  /// Matthews's correlation coefficient
  case matthewsCorrelation
  /// Agreement beyond chance
  case cohenKappa

  /// The figure's value.
  public func value(_ counts: BinaryCounts) -> Double {
    switch self {
    case .accuracy: counts.accuracy
    case .errorRate: counts.errorRate
    case .precision: counts.precision
    case .recall: counts.recall
    case .specificity: counts.specificity
    case .negativePredictiveValue: counts.negativePredictiveValue
    case .falsePositiveRate: counts.falsePositiveRate
    case .falseNegativeRate: counts.falseNegativeRate
    case .f1: counts.f1
    case .balancedAccuracy: counts.balancedAccuracy
    case .matthewsCorrelation: counts.matthewsCorrelation
    case .cohenKappa: counts.cohenKappa
    }
  }

  /// The value of a figure that is a share, with Wilson's interval; nil for other figures and for shares
  /// of nothing.
  ///
  /// - Parameter counts: Of samples that weigh 1.
  public func estimate(_ counts: BinaryCounts) -> Estimate? {
    guard let (part, whole) = share(counts), whole > 0 else { return nil }
    return Estimate(value: part / whole, interval: Interval(wilson: Int(part), of: Int(whole)))
  }

  /// How many of how many the figure is the share of; nil for figures that are no shares.
  public func share(_ counts: BinaryCounts) -> (part: Double, whole: Double)? {
    switch self {
    case .accuracy: (counts.truePositives + counts.trueNegatives, counts.total)
    case .errorRate: (counts.falsePositives + counts.falseNegatives, counts.total)
    case .precision: (counts.truePositives, counts.predictedPositives)
    case .recall: (counts.truePositives, counts.positives)
    case .specificity: (counts.trueNegatives, counts.negatives)
    case .negativePredictiveValue: (counts.trueNegatives, counts.predictedNegatives)
    case .falsePositiveRate: (counts.falsePositives, counts.negatives)
    case .falseNegativeRate: (counts.falseNegatives, counts.positives)
    case .f1, .balancedAccuracy, .matthewsCorrelation, .cohenKappa: nil
    }
  }
}
