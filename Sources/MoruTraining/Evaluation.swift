public import MoruCPU
public import MoruData
public import MoruGraph
public import MoruLayers
public import MoruMetrics
public import MoruModels
public import MoruTensors

/// What a model comes to on a data set.
public struct Evaluation: Sendable, Equatable, CustomStringConvertible {
  /// Figures by name: `loss` and the metrics'.
  public let figures: [String: Double]
  /// Number of samples.
  public let samples: Int

  /// The mean loss.
  public var loss: Double { figures["loss"] ?? .nan }

  /// The figure of a metric; NaN if it was not computed.
  public subscript(metric: any Metric) -> Double { figures[metric.name] ?? .nan }

  public var description: String {
    let others = figures.filter { $0.key != "loss" }.sorted { $0.key < $1.key }
    return (["loss \(loss)"] + others.map { "\($0.key) \($0.value)" }).joined(separator: ", ")
      + " on \(samples) samples"
  }
}

extension TrainedModel {
  /// The model's loss and metrics on a data set; those of its training unless others are given.
  ///
  /// - Throws: `TrainingError.noObjective` for a model that was not trained here if no loss is
  ///   given; `ModelError` if the data are not what the model takes.
  public func evaluate(
    _ data: Dataset, loss: (any Loss)? = nil, metrics: [any Metric]? = nil,
    on executor: any Executor = .cpu
  ) async throws -> Evaluation {
    guard let loss = loss ?? training?.loss.loss else { throw TrainingError.noObjective }
    let objective = Objective(
      loss: loss, metrics: metrics ?? training?.metrics.map(\.metric) ?? [])
    let columns = try Columns(data)
    try signature.check(columns)
    let weights = try declaration.weights(from: self.weights)
    let placed = try await executor.place(weights.leaves.compactMap(\.constant))
    let evaluator = try await Evaluator(
      graph: StepGraph(layer: layer, objective: objective), prediction: declaration.outputs[0],
      weights: weights, placed: placed, columns: columns, executor: executor)
    return Evaluation(figures: try await evaluator.evaluate(), samples: data.count)
  }

  /// The model's outputs for every sample of a data set. `[samples, …]`
  ///
  /// - Throws: `ModelError` if the data are not what the model takes.
  public func predict(
    _ data: Dataset, on executor: any Executor = .cpu
  ) async throws -> HostTensor {
    try await Predictor(self, on: executor).predict(data.features.map(\.values))[0]
  }
}
