public import MoruCPU
public import MoruGraph
import MoruLayers
public import MoruModels
import MoruTensors

/// What a model takes: memory and time.
public struct ModelFootprint: Sendable, Equatable {
  /// The time of a batch.
  public struct Latency: Sendable, Equatable {
    /// Samples in the batch.
    public let batch: Int
    /// The least time of some runs, in milliseconds.
    public let milliseconds: Double
  }

  /// Bytes of all weights.
  public let weightBytes: Int
  /// Times in the order in which batches were asked for.
  public let latencies: [Latency]
}

extension TrainedModel {
  /// What the model takes on this machine: to compare it with one that was made smaller.
  ///
  /// - Parameters:
  ///   - batches: Sizes of batches, 1…64.
  ///   - runs: How often each runs, at least 1; the least time counts.
  ///   - executor: Where they run.
  /// - Throws: `TrainingError.outOfRange` for sizes and numbers of runs; `GraphError` if the model cannot
  ///   be compiled.
  public func footprint(
    batches: [Int] = [1, 32], runs: Int = 20, on executor: any Executor = .cpu
  ) async throws -> ModelFootprint {
    guard runs >= 1 else { throw TrainingError.outOfRange("runs", allowed: "at least 1") }
    var latencies: [ModelFootprint.Latency] = []
    for batch in batches {
      guard (1...Predictor.largestBatch).contains(batch) else {
        throw TrainingError.outOfRange("batches", allowed: "1 to \(Predictor.largestBatch)")
      }
      let program = try await executor.compile(
        inferenceGraph(batch: batch), resident: executor.place(orderedWeights))
      let inputs = program.graph.inputTypes.map { type in
        HostTensor.zeros(type.shape, dtype: type.dtype)
      }
      var least = Duration.seconds(Int64.max)
      for _ in 0...runs {
        let time = try await ContinuousClock().measure { _ = try await program.run(inputs) }
        least = min(least, time)
      }
      latencies.append(
        ModelFootprint.Latency(batch: batch, milliseconds: least / .milliseconds(1)))
    }
    return ModelFootprint(
      weightBytes: weights.values.reduce(0) { $0 + $1.byteCount }, latencies: latencies)
  }
}
