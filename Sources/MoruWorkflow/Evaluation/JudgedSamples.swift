public import MoruMetrics
internal import MoruTensors

/// What an output says of samples, and what is true: what every figure follows from.
public enum JudgedSamples: Sendable, Equatable {
  /// Classes, with a score for each class, and the model's own way from scores to an answer.
  case classes(
    truth: [Int], scores: NumberTable, areProbabilities: Bool, labels: [String],
    rule: DecisionRule)
  /// Numbers.
  case numbers(truth: [Double], predicted: [Double])

  /// The usual figures of what the model answers by itself.
  func result(seed: Seed) throws -> Verdict.Result {
    switch self {
    case .classes(let truth, let scores, _, let labels, let rule):
      let matrix = try ConfusionMatrix(
        truth: truth, predicted: rule.answers(to: scores), labels: labels)
      return .classes(matrix, ClassificationReport(matrix))
    case .numbers(let truth, let predicted):
      return .numbers(try RegressionReport(truth: truth, predicted: predicted, seed: seed))
    }
  }
}
