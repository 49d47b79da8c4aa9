public import MoruData
public import MoruGraph
public import MoruModels
public import MoruTensors
public import MoruTraining

/// Computes products on whole numbers of one byte, as `quantized(calibration:)` does: three of four bytes of
/// a weight go, and nothing is trained.
///
/// - Source: Jacob et al. 2018, arXiv:1712.05877.
public struct Int8Quantization: Compression {
  public static let name = "int8"
  public var shares = [0.75]
  /// How the ranges of inner values are measured.
  public var calibration: Int8Calibration

  /// Computes products on bytes.
  public init(calibration: Int8Calibration = Int8Calibration()) { self.calibration = calibration }

  /// A model on bytes.
  ///
  /// - Parameter share: Three quarters; nothing else is possible.
  public func compressed(
    _ model: TrainedModel, share: Double, on data: Dataset, seed: Seed, executor: any Executor
  ) async throws -> TrainedModel {
    let samples = try calibration.samples(of: data, share: share, seed: seed)
    return try await compressing {
      try await model.quantized(
        calibration: samples, estimator: calibration.estimator, on: executor
      ).model
    }
  }
}

/// Learns on while kernels and values are rounded as bytes would be, then computes on bytes, as
/// `quantizationAware(calibration:)` and `quantized()` do.
///
/// - Source: Jacob et al. 2018, arXiv:1712.05877.
public struct QuantizationAwareTraining: Compression {
  public static let name = "int8-aware"
  public var shares = [0.75]
  /// How the ranges of inner values are measured that training starts from.
  public var calibration: Int8Calibration
  /// How the network learns to be rounded.
  public var stage: TrainingStage

  /// Learns to be rounded, then computes products on bytes.
  public init(
    calibration: Int8Calibration = Int8Calibration(), stage: TrainingStage = .recovery
  ) {
    self.calibration = calibration
    self.stage = stage
  }

  /// A model on bytes.
  ///
  /// - Parameter share: Three quarters; nothing else is possible.
  public func compressed(
    _ model: TrainedModel, share: Double, on data: Dataset, seed: Seed, executor: any Executor
  ) async throws -> TrainedModel {
    let samples = try calibration.samples(of: data, share: share, seed: seed)
    return try await compressing {
      try await model.quantizationAware(
        calibration: samples, estimator: calibration.estimator, on: executor
      ).recovered(by: stage, on: data, seed: seed, executor: executor).quantized().model
    }
  }
}

/// How ranges of a model's inner values are measured before it computes on bytes.
public struct Int8Calibration: Sendable, Hashable {
  /// How many samples they are measured on, at most; chosen at random.
  public var samples: Int
  /// How they follow from the samples' values.
  public var estimator: RangeEstimator

  /// A measurement of ranges.
  public init(samples: Int = 512, estimator: RangeEstimator = .minMax) {
    self.samples = samples
    self.estimator = estimator
  }

  /// The samples that ranges are measured on: of all data, which may come class by class.
  fileprivate func samples(of data: Dataset, share: Double, seed: Seed) throws -> Dataset {
    guard share == 0.75 else {
      throw CompressionError.outOfRange("share", found: "\(share)", allowed: "0.75 for int8")
    }
    guard samples >= 1 else {
      throw CompressionError.outOfRange("samples", found: "\(samples)", allowed: "at least 1")
    }
    var generator = seed.child("calibration").generator
    return try data.subset(
      Array((0..<data.count).shuffled(using: &generator).prefix(samples)))
  }
}

/// Says of a model that has nothing to quantize that there is nothing to compress.
private func compressing(
  _ body: () async throws -> TrainedModel
) async throws -> TrainedModel {
  do {
    return try await body()
  } catch let error as QuantizationError {
    switch error {
    case .noProducts:
      throw CompressionError.nothingToCompress(
        way: "Quantization", needs: "convolutions or dense layers")
    case .alreadyQuantized:
      throw CompressionError.nothingToCompress(
        way: "Quantization", needs: "a model that does not compute on bytes yet")
    default: throw error
    }
  }
}
