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

  /// Judges a model; of several outputs the first whose answers are classes or numbers.
  ///
  /// - Parameter seed: Decides the resamples behind the intervals of a regression.
  /// - Throws: `ModelError` if the data are not what the model takes; `TrainingError.noObjective`
  ///   for a model without a record; `WorkflowError.notJudged` if outputs and answers do not pair;
  ///   `WorkflowError.notFiniteOutput`.
  public init(of model: TrainedModel, named name: String, on data: Dataset, seed: Seed) async throws
  {
    samples = data.count
    loss = try await model.evaluate(data).loss
    guard let (output, truth) = Self.judged(model.signature, on: data),
      let values = try await model.predictions(data)[output.name]
    else { throw WorkflowError.notJudged(name) }
    let numbers = try values.converted(to: .float64).array(of: Double.self)
    guard numbers.allSatisfy(\.isFinite) else { throw WorkflowError.notFiniteOutput(model: name) }
    let width = numbers.count / max(data.count, 1)
    switch truth {
    case .values(let truth) where width == 1 && output.classes == nil:
      result = .numbers(
        try RegressionReport(truth: truth.map(Double.init), predicted: numbers, seed: seed))
    case .classes(let truth, let labels)
    where width == 1 ? labels.count == 2 : width >= labels.count:
      // An output may be wider than the data have classes; such answers are wrong, and shown.
      let names = labels + (labels.count..<max(width, labels.count)).map { "output \($0)" }
      let takesLogits = model.training?.objective.loss(of: output.name)?.takesLogits == true
      let predicted = (0..<data.count).map { sample in
        let scores = numbers[sample * width..<(sample + 1) * width]
        return width == 1
          ? (scores[sample] > (takesLogits ? 0 : 0.5) ? 1 : 0) : Self.best(scores)
      }
      let matrix = try ConfusionMatrix(
        truth: truth.map(Int.init), predicted: predicted, labels: names)
      result = .classes(matrix, ClassificationReport(matrix))
    case .classes, .values, .labelSets, .tensor: throw WorkflowError.notJudged(name)
    }
  }

  /// The first output whose target is classes or numbers, and what is true of it.
  private static func judged(
    _ signature: ModelSignature, on data: Dataset
  ) -> (ModelOutput, Dataset.Targets)? {
    for target in data.targets {
      let output = signature.outputs.first {
        signature.outputs.count == 1 || $0.name == target.name
      }
      switch target.values {
      case .classes, .values: if let output { return (output, target.values) }
      case .labelSets, .tensor: continue
      }
    }
    return nil
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
