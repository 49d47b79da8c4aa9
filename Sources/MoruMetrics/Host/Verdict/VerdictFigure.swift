/// The figures that a verdict speaks of, by name: the keys of tables of terms and of JSON.
public enum VerdictFigure: String, Codable, Sendable, CaseIterable {
  case truePositives, falsePositives, trueNegatives, falseNegatives
  case typeIErrors, typeIIErrors
  case accuracy, errorRate, precision, recall, specificity, negativePredictiveValue
  case falsePositiveRate, falseNegativeRate, f1, balancedAccuracy, matthewsCorrelation, cohenKappa
  case macroF1, weightedF1
  case rocAUC, averagePrecision, logLoss, brierScore, expectedCalibrationError
  case expectedCost
  case meanAbsoluteError, rootMeanSquaredError, medianAbsoluteError, maxError, bias, r2
  case explainedVariance, meanAbsolutePercentageError

  /// Whether a greater value is the better one.
  public var isBetterGreater: Bool {
    switch self {
    case .falsePositives, .falseNegatives, .typeIErrors, .typeIIErrors, .errorRate,
      .falsePositiveRate, .falseNegativeRate, .logLoss, .brierScore, .expectedCalibrationError,
      .expectedCost, .meanAbsoluteError, .rootMeanSquaredError, .medianAbsoluteError, .maxError,
      .bias, .meanAbsolutePercentageError:
      false
    case .truePositives, .trueNegatives, .accuracy, .precision, .recall, .specificity,
      .negativePredictiveValue, .f1, .balancedAccuracy, .matthewsCorrelation, .cohenKappa,
      .macroF1, .weightedF1, .rocAUC, .averagePrecision, .r2, .explainedVariance:
      true
    }
  }
}

/// A figure of a verdict with its interval, beside that of the baseline.
public struct VerdictEntry: Codable, Sendable, Equatable {
  /// What is said.
  public let figure: VerdictFigure
  /// Of which class; nil for a figure of all.
  public let label: String?
  /// Its value and 95 % interval.
  public let estimate: Estimate
  /// The same figure of the baseline; nil where it has none.
  public let baseline: Double?

  /// A figure with its interval.
  public init(
    _ figure: VerdictFigure, of label: String? = nil, _ estimate: Estimate, baseline: Double? = nil
  ) {
    self.figure = figure
    self.label = label
    self.estimate = estimate
    self.baseline = baseline
  }
}
