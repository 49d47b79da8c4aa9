import Foundation
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
/// labels (`exact_match`, `hamming_loss`); none of other outputs.
///
/// The balanced accuracy is the mean recall of the classes that the samples have. Samples count alike.
///
/// - Throws: `MetricsError` for answers that are not of such samples, or not finite.
@Sendable public func standardFigures(_ answers: HeldAnswers) throws -> [String: Double] {
  switch answers.truth {
  case .classes(let truth, let labels):
    guard let predicted = try answers.output.classes(of: answers.predictions) else { return [:] }
    let matrix = try ConfusionMatrix(
      truth: truth.map(Int.init), predicted: predicted, labels: labels)
    let report = ClassificationReport(matrix)
    let present = report.classes.filter { $0.support > 0 }
    var figures = [
      "accuracy": report.accuracy.value, "f1_macro": report.macroAverage.f1,
      "balanced_accuracy": present.reduce(0) { $0 + $1.recall } / Double(present.count),
    ]
    if let probabilities = try answers.output.probabilities(of: answers.predictions) {
      figures["log_loss"] = logLoss(truth, probabilities)
    }
    return figures
  case .values(let truth): return try figures(ofNumbers: truth, answers)
  case .labelSets(let truth, let labels):
    guard case .labelSet(_, let thresholds) = answers.output.meaning else { return [:] }
    let report = try MultiLabelReport(
      truth: truth, scores: answers.predictions, labels: labels, thresholds: thresholds)
    return ["exact_match": report.exactMatch.value, "hamming_loss": report.hammingLoss]
  case .tensor: return [:]
  }
}

/// `−Σ ln p(truth) / n`, with probabilities no smaller than Float32 can tell from 0 beside 1.
private func logLoss(_ truth: [Int32], _ probabilities: [[Double]]) -> Double {
  let smallest = Double(Float.ulpOfOne)
  let logarithms = zip(truth, probabilities).map { truth, row in
    log(min(max(row[Int(truth)], smallest), 1 - smallest))
  }
  return -logarithms.reduce(0, +) / Double(max(logarithms.count, 1))
}

/// Where the true numbers do not vary there is no `r2`.
private func figures(ofNumbers truth: [Float], _ answers: HeldAnswers) throws -> [String: Double] {
  guard answers.predictions.count == truth.count, !truth.isEmpty else { return [:] }
  let predicted = try answers.predictions.converted(to: .float64).array(of: Double.self)
  let truth = truth.map(Double.init)
  let count = Double(truth.count)
  let mean = truth.reduce(0, +) / count
  let squares = zip(truth, predicted).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
  let variation = truth.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
  var figures = [
    "mean_absolute_error": zip(truth, predicted).reduce(0) { $0 + abs($1.0 - $1.1) } / count,
    "root_mean_squared_error": (squares / count).squareRoot(),
  ]
  if variation > 0 { figures["r2"] = 1 - squares / variation }
  return figures
}
