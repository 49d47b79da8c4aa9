public import MoruMetrics
internal import MoruTensors

/// What an output says of samples, and what is true: what every figure follows from.
public enum JudgedSamples: Sendable, Equatable {
  /// Classes, with a score for each class.
  case classes(truth: [Int], scores: NumberTable, areProbabilities: Bool, labels: [String])
  /// Numbers.
  case numbers(truth: [Double], predicted: [Double])

  /// The usual figures of what the model answers by itself.
  func result(seed: Seed) throws -> Verdict.Result {
    switch self {
    case .classes(let truth, let scores, _, let labels):
      let matrix = try ConfusionMatrix(truth: truth, predicted: scores.best, labels: labels)
      return .classes(matrix, ClassificationReport(matrix))
    case .numbers(let truth, let predicted):
      return .numbers(try RegressionReport(truth: truth, predicted: predicted, seed: seed))
    }
  }
}
