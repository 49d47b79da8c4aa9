public import MoruData
public import MoruGraph
public import MoruModels
public import MoruTensors
import MoruTraining

/// Computes products on whole numbers of one byte, as `quantized(calibration:)` does: three of four bytes of
/// a weight go, and nothing is trained.
///
/// - Source: Jacob et al. 2018, arXiv:1712.05877.
public struct Int8Quantization: Compression {
  public static let name = "int8"
  public var shares = [0.75]
  /// How many samples the ranges of inner values are measured on, at most.
  public var samples: Int

  /// Computes products on bytes.
  public init(samples: Int = 512) { self.samples = samples }

  /// A model on bytes.
  ///
  /// - Parameter share: Three quarters; nothing else is possible.
  public func compressed(
    _ model: TrainedModel, share: Double, on data: Dataset, seed: Seed, executor: any Executor
  ) async throws -> TrainedModel {
    guard share == 0.75 else {
      throw CompressionError.outOfRange("share", found: "\(share)", allowed: "0.75 for int8")
    }
    guard samples >= 1 else {
      throw CompressionError.outOfRange("samples", found: "\(samples)", allowed: "at least 1")
    }
    let few = try data.subset(Array(0..<min(samples, data.count)))
    do {
      return try await model.quantized(calibration: few, on: executor).model
    } catch QuantizationError.noProducts {
      throw CompressionError.nothingToCompress(
        way: "Quantization", needs: "convolutions or dense layers")
    }
  }
}
