/// How often a yes-or-no answer was right and wrong, and every figure that follows from it.
///
/// Counts are sums of weights, so that they need not be whole. 0 ÷ 0 counts as 0 throughout, as with
/// scikit-learn's `zero_division=0`.
public struct BinaryCounts: Codable, Sendable, Equatable {
  /// Yes, said rightly.
  public let truePositives: Double
  /// Yes, said wrongly: type I errors, false alarms.
  public let falsePositives: Double
  /// No, said rightly.
  public let trueNegatives: Double
  /// No, said wrongly: type II errors, misses.
  public let falseNegatives: Double

  /// Counts made elsewhere, each at least 0.
  public init(
    truePositives: Double, falsePositives: Double, trueNegatives: Double, falseNegatives: Double
  ) {
    self.truePositives = truePositives
    self.falsePositives = falsePositives
    self.trueNegatives = trueNegatives
    self.falseNegatives = falseNegatives
  }

  /// Counts answers.
  ///
  /// - Parameter truth: Whether yes is true, for each sample.
  /// - Parameter predicted: Whether the model says yes.
  /// - Parameter weights: How much each sample counts, at least 0; all alike if nil.
  /// - Throws: `MetricsError` if there are no samples, or lengths or weights do not fit.
  public init(
    truth: [Bool], predicted: [Bool], weights: [Double]? = nil
  ) throws(MetricsError) {
    try Checks.pairs(truth: truth.count, predicted: predicted.count, weights: weights)
    var sums = SIMD4<Double>(repeating: 0)
    for place in truth.indices {
      sums[(truth[place] ? 2 : 0) + (predicted[place] ? 1 : 0)] += weights?[place] ?? 1
    }
    self.init(
      truePositives: sums[3], falsePositives: sums[1], trueNegatives: sums[0],
      falseNegatives: sums[2])
  }

  /// The samples for which yes is true, `TP + FN`.
  public var positives: Double { truePositives + falseNegatives }
  /// The samples for which no is true, `TN + FP`.
  public var negatives: Double { trueNegatives + falsePositives }
  /// The samples for which the model says yes, `TP + FP`.
  public var predictedPositives: Double { truePositives + falsePositives }
  /// The samples for which the model says no, `TN + FN`.
  public var predictedNegatives: Double { trueNegatives + falseNegatives }
  /// All samples.
  public var total: Double { positives + negatives }

  /// The share of yes among what is true, `(TP + FN) / all`, 0…1.
  public var prevalence: Double { ratio(positives, total) }
  /// The share judged right, `(TP + TN) / all`, 0…1.
  public var accuracy: Double { ratio(truePositives + trueNegatives, total) }
  /// The share judged wrong, `(FP + FN) / all`, 0…1.
  public var errorRate: Double { ratio(falsePositives + falseNegatives, total) }
  /// The share of right ones among the yeses, `TP / (TP + FP)`, 0…1.
  public var precision: Double { ratio(truePositives, predictedPositives) }
  /// The share found of what is truly yes (sensitivity), `TP / (TP + FN)`, 0…1.
  public var recall: Double { ratio(truePositives, positives) }
  /// The share found of what is truly no, `TN / (TN + FP)`, 0…1.
  public var specificity: Double { ratio(trueNegatives, negatives) }
  /// The share of right ones among the noes, `TN / (TN + FN)`, 0…1.
  public var negativePredictiveValue: Double { ratio(trueNegatives, predictedNegatives) }
  /// The rate of type I errors, `FP / (FP + TN)`, 0…1.
  public var falsePositiveRate: Double { ratio(falsePositives, negatives) }
  /// The rate of type II errors, `FN / (FN + TP)`, 0…1.
  public var falseNegativeRate: Double { ratio(falseNegatives, positives) }
  /// The harmonic mean of precision and recall, `2·TP / (2·TP + FP + FN)`, 0…1.
  public var f1: Double { fScore(beta: 1) }
  /// The mean of recall and specificity, 0…1; one of them alone where only one class has samples.
  public var balancedAccuracy: Double {
    if positives == 0 { return specificity }
    return negatives == 0 ? recall : (recall + specificity) / 2
  }

  /// `(1 + β²)·TP / ((1 + β²)·TP + β²·FN + FP)`, 0…1.
  ///
  /// - Parameter beta: How many times as much recall counts as precision, above 0.
  public func fScore(beta: Double) -> Double {
    let square = beta * beta
    return ratio(
      (1 + square) * truePositives,
      (1 + square) * truePositives + square * falseNegatives + falsePositives)
  }

  /// Matthews's correlation coefficient, −1…1,
  /// `(TP·TN − FP·FN) / √((TP+FP)(TP+FN)(TN+FP)(TN+FN))`.
  ///
  /// - Source: Matthews 1975, doi:10.1016/0005-2795(75)90109-9.
  public var matthewsCorrelation: Double {
    // Square roots factor by factor: their product cannot overflow where the counts do not.
    let spread =
      predictedPositives.squareRoot() * positives.squareRoot() * negatives.squareRoot()
      * predictedNegatives.squareRoot()
    return ratio(truePositives * trueNegatives - falsePositives * falseNegatives, spread)
  }

  /// The agreement beyond chance, `(p₀ − pₑ) / (1 − pₑ)`, at most 1.
  ///
  /// - Source: Cohen 1960, doi:10.1177/001316446002000104.
  public var cohenKappa: Double {
    let product = truePositives * trueNegatives - falsePositives * falseNegatives
    return ratio(2 * product, predictedPositives * negatives + positives * predictedNegatives)
  }

  /// The same rates of errors among samples of which another share is yes: what a test set of another
  /// class ratio says of the field. Counts become shares that sum to 1.
  ///
  /// - Parameter share: The field's share of yes, 0…1.
  /// - Throws: `badShares` for a share outside 0…1; `classWithoutSamples` if nothing here tells how
  ///   samples of a class fare that the field has.
  public func restated(atPositiveShare share: Double) throws(MetricsError) -> BinaryCounts {
    guard (0...1).contains(share) else { throw .badShares(sum: share) }
    if share > 0, positives == 0 { throw .classWithoutSamples(index: 1) }
    if share < 1, negatives == 0 { throw .classWithoutSamples(index: 0) }
    return BinaryCounts(
      truePositives: share * recall, falsePositives: (1 - share) * falsePositiveRate,
      trueNegatives: (1 - share) * specificity, falseNegatives: share * falseNegativeRate)
  }
}
