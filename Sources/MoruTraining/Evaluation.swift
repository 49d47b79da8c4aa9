public import MoruCPU
public import MoruData
public import MoruGraph
public import MoruLayers
public import MoruMetrics
public import MoruModels
public import MoruTensors

/// What a model comes to on a data set.
public struct Evaluation: Sendable, Equatable, CustomStringConvertible {
  /// Figures by name: `loss` and the metrics'; for a model of several outputs `NAME_loss` and
  /// `NAME_METRIC` for each.
  public let figures: [String: Double]
  /// Number of samples.
  public let samples: Int

  /// The mean loss.
  public var loss: Double { figures["loss"] ?? .nan }

  /// The figure of a metric; NaN if it was not computed.
  public subscript(metric: any Metric) -> Double { figures[metric.name] ?? .nan }

  /// The figure of a metric of one of several outputs; NaN if it was not computed.
  public subscript(output: String, metric: any Metric) -> Double {
    figures["\(output)_\(metric.name)"] ?? .nan
  }

  public var description: String {
    let others = figures.filter { $0.key != "loss" }.sorted { $0.key < $1.key }
    return (["loss \(loss)"] + others.map { "\($0.key) \($0.value)" }).joined(separator: ", ")
      + " on \(samples) samples"
  }
}

extension TrainedModel {
  /// The model's losses and metrics on a data set. The loss is that of training, with what
  /// regularizers add.
  ///
  /// - Parameter objective: Which ones; those of its training if nil.
  /// - Throws: `TrainingError.noObjective` for a model that was not trained here if no objective is
  ///   given, `.missing` if the data lack a feature or a target; `ModelError` if the data are not what
  ///   the model takes.
  public func evaluate(
    _ data: Dataset, objective: Objective? = nil, on executor: any Executor = .cpu
  ) async throws -> Evaluation {
    guard let objective = objective ?? training?.objective else {
      throw TrainingError.noObjective
    }
    let bound = try BoundObjective(objective, outputs: signature.outputs.map(\.name))
    try declaration.checkBatches(of: data.count)
    let columns = try Columns(data, signature: signature, objective: bound)
    return try await evaluate(
      .samples(
        columns, batchSize: Evaluator.batchSize(for: declaration, of: data.signature)),
      bound, on: executor)
  }

  /// The model's losses and metrics on a stream of batches, of which a few are in memory at a time.
  ///
  /// - Parameters:
  ///   - batches: The samples: the first pass of the stream.
  ///   - objective: Which figures; those of its training if nil.
  ///   - ahead: Batches that are kept ready, at least 1.
  /// - Throws: As for a data set; `TrainingError.noSamples` for a stream without a batch; what the stream
  ///   throws.
  public func evaluate(
    _ batches: SampleStream<Dataset>, objective: Objective? = nil, ahead: Int = 2,
    on executor: any Executor = .cpu
  ) async throws -> Evaluation {
    guard let objective = objective ?? training?.objective else {
      throw TrainingError.noObjective
    }
    let bound = try BoundObjective(objective, outputs: signature.outputs.map(\.name))
    let feed = BatchFeed(
      batches: batches, ahead: ahead, signature: signature, objective: bound, classWeight: nil)
    return try await evaluate(
      .batches(feed, first: feed.columns(of: batches.first())), bound, on: executor)
  }

  private func evaluate(
    _ source: Evaluator.Source, _ objective: BoundObjective, on executor: any Executor
  ) async throws -> Evaluation {
    let weights = try declaration.weights(from: self.weights)
    let placed = try await executor.place(weights.leaves.compactMap(\.constant))
    var evaluator = try await Evaluator(
      graph: StepGraph(layer: layer, objective: objective), outputs: declaration.outputs,
      weights: weights, placed: placed, source: source, executor: executor)
    let (figures, samples) = try await evaluator.evaluate()
    return Evaluation(figures: figures, samples: samples)
  }

  /// The loss and metrics of a model of one output on a data set.
  ///
  /// - Throws: As for an objective.
  public func evaluate(
    _ data: Dataset, loss: any Loss, metrics: [any Metric] = [],
    on executor: any Executor = .cpu
  ) async throws -> Evaluation {
    try await evaluate(data, objective: Objective(loss: loss, metrics: metrics), on: executor)
  }

  /// A model's loss, that of its training, and other metrics on a data set.
  ///
  /// - Throws: As for an objective; `TrainingError.severalOutputs` for a model of several.
  public func evaluate(
    _ data: Dataset, metrics: [any Metric], on executor: any Executor = .cpu
  ) async throws -> Evaluation {
    guard let loss = training?.objective.parts.first?.loss else {
      throw TrainingError.noObjective
    }
    return try await evaluate(data, loss: loss, metrics: metrics, on: executor)
  }

  /// The model's only or first output for every sample of a data set. `[samples, …]`
  ///
  /// - Throws: As `predictions`.
  public func predict(
    _ data: Dataset, on executor: any Executor = .cpu
  ) async throws -> HostTensor {
    try await Predictor(self, on: executor).predict(data.inputs(of: signature))[0]
  }

  /// The model's outputs by name for every sample of a data set, each `[samples, …]`.
  ///
  /// - Throws: `TrainingError.missing` if the data lack a feature; `ModelError` if they are not what
  ///   the model takes.
  public func predictions(
    _ data: Dataset, on executor: any Executor = .cpu
  ) async throws -> [String: HostTensor] {
    let values = try await Predictor(self, on: executor).predict(data.inputs(of: signature))
    return Dictionary(uniqueKeysWithValues: zip(signature.outputs.map(\.name), values))
  }

  /// The model's only or first output for every sample of a stream of batches. `[samples, …]`
  ///
  /// - Throws: As `predictions`.
  public func predict(
    _ batches: SampleStream<Dataset>, on executor: any Executor = .cpu
  ) async throws -> HostTensor {
    try await outputs(of: batches, on: executor)[0]
  }

  /// The model's outputs by name for every sample of a stream of batches, each `[samples, …]`: what is
  /// asked about goes by, and only the answers are kept.
  ///
  /// - Throws: As for a data set; `TrainingError.noSamples` for a stream without a batch; what the stream
  ///   throws.
  public func predictions(
    _ batches: SampleStream<Dataset>, on executor: any Executor = .cpu
  ) async throws -> [String: HostTensor] {
    let values = try await outputs(of: batches, on: executor)
    return Dictionary(uniqueKeysWithValues: zip(signature.outputs.map(\.name), values))
  }

  /// The model's losses and metrics on samples in memory or in files.
  ///
  /// - Throws: As for a data set; what reading a file throws.
  public func evaluate(
    _ samples: SampleSet, objective: Objective? = nil, on executor: any Executor = .cpu
  ) async throws -> Evaluation {
    if let data = samples.data {
      return try await evaluate(data, objective: objective, on: executor)
    }
    return try await evaluate(
      samples.batches(of: Evaluator.batchSize(for: declaration, of: samples.signature)),
      objective: objective, on: executor)
  }

  /// The model's outputs by name for every sample in memory or in files, each `[samples, …]`.
  ///
  /// - Throws: As for a data set; what reading a file throws.
  public func predictions(
    _ samples: SampleSet, on executor: any Executor = .cpu
  ) async throws -> [String: HostTensor] {
    if let data = samples.data { return try await predictions(data, on: executor) }
    // Whole batches of the predictor's own size, so that the same programs run as in memory.
    return try await predictions(
      samples.batches(of: declaration.statefulBatchSize ?? Predictor.largestBatch), on: executor)
  }

  private func outputs(
    of batches: SampleStream<Dataset>, on executor: any Executor
  ) async throws -> [HostTensor] {
    let predictor = Predictor(self, on: executor)
    var parts: [[HostTensor]] = []
    for try await batch in batches.prefetched().pass() {
      parts.append(try await predictor.predict(batch.inputs(of: signature)))
    }
    guard !parts.isEmpty else { throw TrainingError.noSamples }
    return try signature.outputs.indices.map { output in
      try HostTensor.concatenated(parts.map { $0[output] })
    }
  }
}

extension SampleStream<Dataset> {
  /// The first batch.
  ///
  /// - Throws: `TrainingError.noSamples` if there is none; what the stream throws.
  func first() async throws -> Dataset {
    var elements = pass().makeAsyncIterator()
    guard let first = try await elements.next() else { throw TrainingError.noSamples }
    return first
  }
}
