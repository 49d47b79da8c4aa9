public import MoruData
import MoruMetrics
public import MoruModels
public import MoruTensors

/// What an output said about samples that its model has not learned from, and what is true of them.
public struct HeldAnswers: Sendable {
  /// What the output means.
  public let output: ModelOutput
  /// `[samples, …]`
  public let predictions: HostTensor
  /// What is true of the samples.
  public let truth: Dataset.Targets
  /// How much each sample counts; all alike if nil.
  public let sampleWeights: [Float]?
}

/// Finds out what answers come to, by name.
public typealias FoldFigures = @Sendable (HeldAnswers) throws -> [String: Double]

/// The figures of classes (`accuracy`, `balanced_accuracy`, `f1_macro`, `log_loss` where there are
/// probabilities), of numbers (`mean_absolute_error`, `root_mean_squared_error`, `r2`) and of sets of
/// labels (`exact_match`, `hamming_loss`); none of other outputs, and no `r2` where the true numbers do not
/// vary. Samples count alike.
///
/// - Throws: `MetricsError` for answers that are not of such samples, or not finite.
@Sendable public func standardFigures(_ answers: HeldAnswers) throws -> [String: Double] {
  switch answers.truth {
  case .classes(let truth, let labels):
    guard let predicted = try answers.output.classes(of: answers.predictions) else { return [:] }
    let truth = truth.map(Int.init)
    let figures = try ClassificationFigures(
      truth: truth, predicted: predicted, classCount: labels.count)
    var found = [
      "accuracy": figures.accuracy, "balanced_accuracy": figures.balancedAccuracy,
      "f1_macro": figures.average(.macro, of: \.f1),
    ]
    found["log_loss"] = try answers.output.probabilities(of: answers.predictions)?
      .logLoss(truth: truth)
    return found
  case .values(let truth):
    guard answers.predictions.count == truth.count else { return [:] }
    let figures = try RegressionFigures(
      truth: truth.map(Double.init),
      predicted: answers.predictions.converted(to: .float64).array(of: Double.self))
    var found = [
      "mean_absolute_error": figures.meanAbsoluteError,
      "root_mean_squared_error": figures.rootMeanSquaredError,
    ]
    found["r2"] = figures.r2
    return found
  case .labelSets(let truth, let labels):
    guard case .labelSet(_, let thresholds) = answers.output.meaning else { return [:] }
    let report = try MultiLabelReport(
      truth: truth, scores: answers.predictions, labels: labels, thresholds: thresholds)
    return ["exact_match": report.exactMatch.value, "hamming_loss": report.hammingLoss]
  case .tensor: return [:]
  }
}
