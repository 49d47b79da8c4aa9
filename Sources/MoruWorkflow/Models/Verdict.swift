public import MoruData
internal import MoruLayers
public import MoruMetrics
public import MoruModels
public import MoruTensors
internal import MoruTraining

/// How good a model is on samples whose answers are known.
public struct Verdict: Sendable, Equatable {
  /// What the answers came to.
  public enum Result: Sendable, Equatable {
    /// Classes: who is taken for whom, and what follows from it.
    case classes(ConfusionMatrix, ClassificationReport)
    /// Numbers: how far off they are.
    case numbers(RegressionReport)
  }

  /// The mean loss.
  public let loss: Double
  /// What the answers came to.
  public let result: Result
  /// Number of samples.
  public let samples: Int

  /// Judges a model.
  ///
  /// - Parameter seed: Decides the resamples behind the intervals of a regression.
  /// - Throws: `ModelError` if the data are not what the model takes; `TrainingError.noObjective`
  ///   for a model without a record; `WorkflowError.notJudged` if outputs and answers do not pair;
  ///   `WorkflowError.notFiniteOutput`.
  public init(of model: TrainedModel, named name: String, on data: Dataset, seed: Seed) async throws
  {
    samples = data.count
    loss = try await model.evaluate(data, metrics: []).loss
    let outputs = try await model.predict(data).converted(to: .float64)
    let numbers = try outputs.array(of: Double.self)
    guard numbers.allSatisfy(\.isFinite) else { throw WorkflowError.notFiniteOutput(model: name) }
    let width = numbers.count / max(data.count, 1)
    if let truth = data.numbers {
      guard width == 1, model.signature.labels == nil else { throw WorkflowError.notJudged(name) }
      result = .numbers(try RegressionReport(truth: truth, predicted: numbers, seed: seed))
      return
    }
    guard let (truth, labels) = data.classes,
      width == 1 ? labels.count == 2 : width >= labels.count
    else { throw WorkflowError.notJudged(name) }
    // An output may be wider than the data have classes; such answers are wrong, and shown.
    let names = labels + (labels.count..<max(width, labels.count)).map { "output \($0)" }
    let threshold = model.training?.loss.loss.takesLogits == true ? 0 : 0.5
    let predicted = (0..<data.count).map { sample in
      let scores = numbers[sample * width..<(sample + 1) * width]
      return width == 1 ? (scores[sample] > threshold ? 1 : 0) : Self.best(scores)
    }
    let matrix = try ConfusionMatrix(
      truth: truth.map(Int.init), predicted: predicted, labels: names)
    result = .classes(matrix, ClassificationReport(matrix))
  }

  /// The place of the greatest score, the first of equal ones, as the accuracy metric has it.
  private static func best(_ scores: ArraySlice<Double>) -> Int {
    let best = scores.indices.reduce(scores.startIndex) { scores[$1] > scores[$0] ? $1 : $0 }
    return best - scores.startIndex
  }
}

/// What anything has to beat: the same answer for every sample.
public enum Baseline: Sendable, Equatable {
  /// The class most frequent in training.
  case mostFrequentClass(MostFrequentClassBaseline)
  /// The training targets' mean.
  case mean(MeanBaseline)

  /// Finds the answer in the training part and judges it on the test part.
  ///
  /// - Throws: `MetricsError` if a part is empty or a number is not finite.
  public init(training: Dataset, test: Dataset, seed: Seed) throws {
    if let numbers = training.numbers, let truth = test.numbers {
      self = .mean(try MeanBaseline(training: numbers, test: truth, seed: seed))
    } else {
      self = .mostFrequentClass(
        try MostFrequentClassBaseline(
          training: training.classes?.indices.map(Int.init) ?? [],
          test: test.classes?.indices.map(Int.init) ?? [], labels: training.labels ?? []))
    }
  }
}
