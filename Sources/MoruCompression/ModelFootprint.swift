internal import CZlib
public import MoruCPU
public import MoruGraph
import MoruLayers
public import MoruModels
import MoruTensors
import MoruTraining

/// What a model takes: numbers, bytes, operations and time.
public struct ModelFootprint: Sendable, Codable, Equatable {
  /// The time of a batch.
  public struct Latency: Sendable, Codable, Equatable {
    /// Samples in the batch.
    public let batch: Int
    /// The least time of many runs, in milliseconds.
    public let milliseconds: Double
  }

  /// Numbers among the weights.
  public let parameters: Int
  /// Those that are not 0.
  public let nonzero: Int
  /// Multiplications with additions for a sample.
  public let multiplyAdds: Int
  /// Bytes of the weights as they are stored.
  public let weightBytes: Int
  /// Bytes of the weights when each is packed by DEFLATE, as in an exported file.
  public let packedBytes: Int
  /// Times in the order in which batches were asked for.
  public let latencies: [Latency]

  /// The milliseconds of a batch of some size; nil if it was not asked for.
  public func milliseconds(batch: Int) -> Double? {
    latencies.first { $0.batch == batch }?.milliseconds
  }
}

extension TrainedModel {
  /// Bytes of the weights when each is packed by DEFLATE.
  public var packedByteCount: Int { weights.values.reduce(0) { $0 + $1.packedByteCount } }

  /// What the model takes on this machine: to compare it with one that was made smaller.
  ///
  /// - Parameters:
  ///   - batches: Sizes of batches to be timed, 1…64.
  ///   - runs: How often each runs at least, from 1 on, and for 50 ms; the least time counts.
  ///   - executor: Where they run.
  /// - Throws: `CompressionError.outOfRange` for sizes and numbers of runs; `GraphError` if the model cannot
  ///   be compiled.
  public func footprint(
    batches: [Int] = [1, 32], runs: Int = 20, on executor: any Executor = .cpu
  ) async throws -> ModelFootprint {
    guard runs >= 1 else {
      throw CompressionError.outOfRange("runs", found: "\(runs)", allowed: "at least 1")
    }
    var latencies: [ModelFootprint.Latency] = []
    for batch in batches {
      guard (1...Predictor.largestBatch).contains(batch) else {
        throw CompressionError.outOfRange(
          "batches", found: "\(batch)", allowed: "from 1 to \(Predictor.largestBatch)")
      }
      let time = try await leastTime(batch: batch, runs: runs, on: executor)
      latencies.append(ModelFootprint.Latency(batch: batch, milliseconds: time / .milliseconds(1)))
    }
    let values = weights.values
    return ModelFootprint(
      parameters: values.reduce(0) { $0 + $1.count },
      nonzero: values.reduce(0) { $0 + $1.nonzeroCount },
      multiplyAdds: try layer.multiplyAdds(inputs: signature.inputs.map(\.type)),
      weightBytes: values.reduce(0) { $0 + $1.byteCount }, packedBytes: packedByteCount,
      latencies: latencies)
  }

  /// So that small models, too, run when no other process has their processor.
  private static let leastMeasuring = Duration.milliseconds(50)

  /// The least time of a prediction, after one that is not counted.
  private func leastTime(batch: Int, runs: Int, on executor: any Executor) async throws -> Duration
  {
    let program = try await executor.compile(
      inferenceGraph(batch: batch), resident: executor.place(orderedWeights))
    let inputs = program.graph.inputTypes.map { HostTensor.zeros($0.shape, dtype: $0.dtype) }
    _ = try await program.run(inputs)
    let clock = ContinuousClock()
    let start = clock.now
    var (least, count) = (Duration.seconds(Int64.max), 0)
    while count < runs || clock.now - start < Self.leastMeasuring {
      least = min(least, try await clock.measure { _ = try await program.run(inputs) })
      count += 1
    }
    return least
  }
}

extension HostTensor {
  fileprivate var nonzeroCount: Int {
    let values: [Float]? = try? converted(to: .float32).array()
    return values?.count { $0 != 0 } ?? count
  }

  fileprivate var packedByteCount: Int {
    withUnsafeBytes { bytes in
      guard let start = bytes.baseAddress, !bytes.isEmpty else { return 0 }
      var length = compressBound(uLong(bytes.count))
      var packed = [UInt8](repeating: 0, count: Int(length))
      let status = compress(
        &packed, &length, start.assumingMemoryBound(to: UInt8.self), uLong(bytes.count))
      return status == Z_OK ? Int(length) : bytes.count
    }
  }
}
