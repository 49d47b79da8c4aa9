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
    let weights = try declaration.weights(from: self.weights)
    let placed = try await executor.place(weights.leaves.compactMap(\.constant))
    let evaluator = try await Evaluator(
      graph: StepGraph(layer: layer, objective: bound), outputs: declaration.outputs,
      weights: weights, placed: placed, columns: columns,
      batchSize: Evaluator.batchSize(for: declaration), executor: executor)
    return Evaluation(figures: try await evaluator.evaluate(), samples: data.count)
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
}
