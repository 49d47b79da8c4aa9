internal import CZlib
public import MoruCPU
public import MoruData
public import MoruGraph
import MoruLayers
import MoruMetrics
public import MoruModels
import MoruTensors
import MoruTraining

/// What a model costs and what it is worth.
public struct CompressionFigures: Sendable, Codable, Equatable {
  /// Numbers among the weights.
  public let parameters: Int
  /// Those that are not 0.
  public let nonzero: Int
  /// Multiplications with additions for a sample.
  public let multiplyAdds: Int
  /// Bytes of the weights as they are stored.
  public let bytes: Int
  /// Bytes of the weights when each is packed by DEFLATE, as in an exported file.
  public let packedBytes: Int
  /// Milliseconds of a prediction by number of samples: the least of several.
  public let milliseconds: [Int: Double]
  /// The figure that must not fall: `accuracy`, or `loss`.
  public let figure: String
  /// Its value on samples that were not learned from.
  public let value: Double

  /// How much worse the model is than another one: what is lost of the accuracy, or by what share the
  /// loss has grown.
  public func drop(from other: CompressionFigures) -> Double {
    figure == "loss" ? (other.value == 0 ? value : value / other.value - 1) : other.value - value
  }
}

extension TrainedModel {
  /// Bytes of the weights when each is packed by DEFLATE.
  public var packedByteCount: Int { weights.values.reduce(0) { $0 + $1.packedByteCount } }

  /// What the model costs, and what it is worth on some samples.
  ///
  /// - Parameters:
  ///   - data: Samples that were not learned from.
  ///   - batches: Numbers of samples for which predictions are timed.
  ///   - executor: Where it runs.
  /// - Throws: `TrainingError` if the data are not what the model takes, or it was made for nothing that
  ///   can be judged.
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
    let values = weights.values
    let footprint = try await footprint(batches: batches, on: executor)
    return CompressionFigures(
      parameters: values.reduce(0) { $0 + $1.count },
      nonzero: values.reduce(0) { $0 + $1.nonzeroCount },
      multiplyAdds: try layer.multiplyAdds(inputs: signature.inputs.map(\.type)),
      bytes: footprint.weightBytes, packedBytes: packedByteCount,
      milliseconds: Dictionary(
        footprint.latencies.map { ($0.batch, $0.milliseconds) }
      ) { first, _ in first },
      figure: accuracy == nil ? "loss" : "accuracy", value: accuracy ?? evaluation.loss)
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
