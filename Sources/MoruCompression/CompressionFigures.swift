public import MoruCPU
public import MoruData
public import MoruGraph
import MoruMetrics
public import MoruModels
import MoruTraining

/// What a model takes and what it is worth.
public struct CompressionFigures: Sendable, Codable, Equatable {
  /// What it takes.
  public let footprint: ModelFootprint
  /// The figure that must not become worse: `accuracy`, or `loss`.
  public let figure: String
  /// Its value on samples that were not learned from.
  public let value: Double

  /// How much worse the model is than another one: what is lost of the accuracy, or by what share of its
  /// magnitude the loss has grown.
  public func drop(from other: CompressionFigures) -> Double {
    guard figure == "loss" else { return other.value - value }
    return (value - other.value) / (other.value == 0 ? 1 : abs(other.value))
  }
}

extension TrainedModel {
  /// What the model takes, and what it is worth on some samples.
  ///
  /// - Parameters:
  ///   - data: Samples that were not learned from.
  ///   - batches: Numbers of samples for which predictions are timed.
  ///   - executor: Where it runs.
  /// - Throws: `TrainingError` if the data are not what the model takes, or it was made for nothing that
  ///   can be judged; as `footprint(batches:)`.
  public func compressionFigures(
    on data: Dataset, batches: [Int] = [1, 32], executor: any Executor = .cpu
  ) async throws -> CompressionFigures {
    guard let objective = training?.objective ?? Objective(fitting: signature.outputs) else {
      throw TrainingError.noObjective
    }
    let isOfClasses = data.targets.count == 1 && data.labels != nil
    let judged: Objective =
      if isOfClasses, let loss = objective.parts.first?.loss {
        Objective(loss: loss, metrics: [.accuracy])
      } else { objective }
    let evaluation = try await evaluate(data, objective: judged, on: executor)
    let accuracy = isOfClasses ? evaluation.figures["accuracy"] : nil
    return CompressionFigures(
      footprint: try await footprint(batches: batches, on: executor),
      figure: accuracy == nil ? "loss" : "accuracy", value: accuracy ?? evaluation.loss)
  }
}
