internal import Foundation
public import MoruData
internal import MoruLayers
public import MoruMetrics
public import MoruModels
public import MoruTensors
internal import MoruTraining

/// How good a model is on samples whose answers are known.
public struct Verdict: Sendable, Equatable {
  /// What the answers of an output came to.
  public enum Result: Sendable, Equatable {
    /// Classes: who is taken for whom, and what follows from it.
    case classes(ConfusionMatrix, ClassificationReport)
    /// Labels of which a sample may have several, at the model's thresholds.
    case labels(MultiLabelReport)
    /// Numbers: how far off they are.
    case numbers(RegressionReport)
  }

  /// How good one output is.
  public struct Answer: Sendable, Equatable {
    /// The output's name.
    public let output: String
    /// Its mean loss; nil if it has none of its own.
    public let loss: Double?
    /// What its answers came to.
    public let result: Result
    /// What was judged, sample by sample; nil for sets of labels.
    public let samples: JudgedSamples?
  }

  /// The mean loss; of a model of several outputs the weighted sum of theirs.
  public let loss: Double
  /// What the outputs came to whose answers are classes, labels or numbers, at least one, in the
  /// model's order.
  public let answers: [Answer]
  /// Number of samples.
  public let samples: Int

  /// What the first of those outputs came to: all there is to a model of one.
  public var result: Result { answers[0].result }

  /// Judges each output of a model whose answers are classes, labels or numbers. The loss is that of its
  /// training; without a record of one, the loss that goes with what outputs mean.
  ///
  /// - Parameter seed: Decides the resamples behind the intervals of a regression.
  /// - Throws: `ModelError` if the data are not what the model takes; `TrainingError.noObjective`
  ///   for a model without a record whose outputs mean nothing; `WorkflowError.notJudged` if outputs and answers do not pair;
  ///   `WorkflowError.notFiniteOutput`.
  public init(
    of model: TrainedModel, named name: String, on data: Dataset, seed: Seed
  ) async throws {
    try await self.init(of: model, named: name, on: SampleSet(data), seed: seed)
  }

  /// Judges each output of a model on samples in memory or in files.
  ///
  /// - Throws: As for a data set; what reading a file throws.
  public init(
    of model: TrainedModel, named name: String, on data: SampleSet, seed: Seed
  ) async throws {
    samples = data.count
    let objective = model.training?.objective ?? Objective(fitting: model.signature.outputs)
    let figures = try await model.evaluate(data, objective: objective).figures
    loss = figures["loss"] ?? .nan
    let predictions = try await model.predictions(data)
    var answers: [Answer] = []
    for output in model.signature.outputs {
      let target = data.targets.first {
        model.signature.outputs.count == 1 || $0.name == output.name
      }
      guard let target, let values = predictions[output.name] else { continue }
      let takesLogits = objective?.loss(of: output.name)?.takesLogits == true
      let judge = OutputJudge(
        output: output, values: values, samples: data.count, takesLogits: takesLogits, model: name)
      guard let samples = try judge.judged(target.values) else {
        guard let labels = try judge.labelReport(target.values) else { continue }
        answers.append(
          Answer(
            output: output.name, loss: figures["\(output.name)_loss"], result: .labels(labels),
            samples: nil))
        continue
      }
      answers.append(
        Answer(
          output: output.name, loss: figures["\(output.name)_loss"],
          result: try samples.result(seed: seed), samples: samples))
    }
    guard !answers.isEmpty else { throw WorkflowError.notJudged(name) }
    self.answers = answers
  }
}

/// Compares what an output says with what is true.
private struct OutputJudge {
  let output: ModelOutput
  let values: HostTensor
  let samples: Int
  let takesLogits: Bool
  /// The model's name, for messages.
  let model: String

  /// The samples as classes or numbers; nil for answers that are neither.
  func judged(_ truth: Dataset.Targets) throws -> JudgedSamples? {
    let numbers = try values.converted(to: .float64).array(of: Double.self)
    guard numbers.allSatisfy(\.isFinite) else { throw WorkflowError.notFiniteOutput(model: model) }
    let width = numbers.count / max(samples, 1)
    switch truth {
    case .values(let truth) where width == 1 && output.classLabels == nil:
      return .numbers(truth: truth.map(Double.init), predicted: numbers)
    case .classes(let truth, let labels)
    where width == 1 ? labels.count == 2 : width >= labels.count:
      // An output may be wider than the data have classes; such answers are wrong, and shown.
      let names = labels + (labels.count..<max(width, labels.count)).map { "output \($0)" }
      let (scores, areProbabilities) = try classScores(numbers, width: width)
      return .classes(
        truth: truth.map(Int.init), scores: scores, areProbabilities: areProbabilities,
        labels: names, rule: names.count == labels.count ? output.rule ?? .greatest : .greatest)
    case .labelSets, .values, .tensor: return nil
    case .classes: throw WorkflowError.notJudged(model)
    }
  }

  /// One score for each class, as probabilities if the output says how.
  private func classScores(_ numbers: [Double], width: Int) throws -> (NumberTable, Bool) {
    if width == 1 {
      let yes = takesLogits ? numbers.map { 1 / (1 + exp(-$0)) } : numbers
      guard yes.allSatisfy((0...1).contains) else {
        return (try NumberTable(rows: yes.map { [1 - $0, $0] }), false)
      }
      return (try NumberTable(positive: yes), true)
    }
    let table = try NumberTable(numbers, width: width)
    if takesLogits { return (try TemperatureScaling(temperature: 1).calibrated(table), true) }
    if case .probabilities = output.meaning { return (table, numbers.allSatisfy((0...1).contains)) }
    return (table, false)
  }

  /// What answers came to of which a sample may have several; nil for others.
  func labelReport(_ truth: Dataset.Targets) throws -> MultiLabelReport? {
    guard case .labelSets(let truth, let labels) = truth,
      case .labelSet(_, let thresholds) = output.meaning
    else { return nil }
    return try MultiLabelReport(
      truth: truth, scores: values, labels: labels, thresholds: thresholds)
  }
}

/// What anything has to beat: the same answer for every sample.
public enum Baseline: Sendable, Equatable {
  /// The class most frequent in training.
  case mostFrequentClass(MostFrequentClassBaseline)
  /// The training targets' mean.
  case mean(MeanBaseline)
  /// The labels that most training samples have.
  case frequentLabels(FrequentLabelsBaseline)

  /// Finds the answer in the training part and judges it on the test part.
  ///
  /// - Throws: `MetricsError` if a part is empty or a number is not finite.
  public init(training: Dataset, test: Dataset, seed: Seed) throws {
    if let numbers = training.numbers, let truth = test.numbers {
      self = .mean(try MeanBaseline(training: numbers, test: truth, seed: seed))
    } else if case .labelSets(let given, let labels)? = training.targets.first?.values,
      case .labelSets(let truth, _)? = test.targets.first?.values
    {
      self = .frequentLabels(
        try FrequentLabelsBaseline(training: given, test: truth, labels: labels))
    } else {
      self = .mostFrequentClass(
        try MostFrequentClassBaseline(
          training: training.classes?.indices.map(Int.init) ?? [],
          test: test.classes?.indices.map(Int.init) ?? [], labels: training.labels ?? []))
    }
  }
}
