import MoruArchive
public import MoruCPU
public import MoruData
public import MoruGraph
import MoruLayers
public import MoruModels
import MoruTensors

extension TrainedModel {
  /// The model with its convolutions and dense layers on whole numbers of one byte: a quarter of the
  /// size, and faster on processors that multiply bytes.
  ///
  /// ```swift
  /// let (small, report) = try await trained.quantized(calibration: data)
  /// ```
  ///
  /// Kernels become Int8 with a scale for each feature; the ranges of what they are multiplied with are
  /// measured on samples. The model is saved, served, evaluated and asked as before.
  ///
  /// - Parameters:
  ///   - data: Samples such as the model will be asked about; some hundreds are enough. Targets are not
  ///     looked at.
  ///   - estimator: How ranges are found.
  ///   - keeping: Layers and weights, by path, that stay in Float32.
  ///   - executor: Where ranges are measured.
  /// - Returns: The model, and what became of its weights.
  /// - Throws: `QuantizationError` for a model without such layers, one that is quantized already, a
  ///   path that it does not have, and numbers that are not finite; `TrainingError.noSamples` without
  ///   samples, `.outOfRange` for the estimator's numbers; as `predict` for samples that do not fit.
  public func quantized(
    calibration data: Dataset, estimator: RangeEstimator = .minMax, keeping: [String] = [],
    on executor: any Executor = .cpu
  ) async throws -> (model: TrainedModel, report: QuantizationReport) {
    let (plan, ranges) = try await measured(data, estimator, keeping, executor)
    return try plan.quantized(ranges)
  }

  /// The model made ready to be trained further for being quantized: its convolutions and dense layers
  /// round as they will on whole numbers, and `fit` finds weights to which that does little harm.
  ///
  /// ```swift
  /// let aware = try await trained.quantizationAware(calibration: data)
  /// let tuned = try await aware.fit(data, epochs: 2, optimizer: .sgd(learningRate: 1e-3), loss: …)
  /// let (small, report) = try tuned.quantized()
  /// ```
  ///
  /// - Parameters: As of `quantized(calibration:)`; `momentum` is how much of the moving averages of the
  ///   inputs' greatest magnitudes stays in a step, 0…1.
  /// - Throws: As `quantized(calibration:)`.
  public func quantizationAware(
    calibration data: Dataset, estimator: RangeEstimator = .minMax, keeping: [String] = [],
    momentum: Double = 0.99, on executor: any Executor = .cpu
  ) async throws -> TrainedModel {
    guard (0...1).contains(momentum) else {
      throw TrainingError.outOfRange("momentum", allowed: "0 to 1")
    }
    let (plan, ranges) = try await measured(data, estimator, keeping, executor)
    return try plan.aware(ranges, momentum: momentum)
  }

  /// A model that was trained for it with its convolutions and dense layers on whole numbers, whose
  /// ranges were followed in training.
  ///
  /// - Returns: The model, and what became of its weights.
  /// - Throws: `QuantizationError.notAware` for a model that `quantizationAware` did not make, `.notFinite` for
  ///   one whose training met numbers that are not finite.
  public func quantized() throws -> (model: TrainedModel, report: QuantizationReport) {
    guard let aware = layer as? QuantizationAware else { throw QuantizationError.notAware }
    let ranges = try aware.products.map { product in
      let limit = try weights[QuantizationAware.limitName(of: product.kernel)]?
        .array(of: Float.self).first
      guard let limit, limit.isFinite else {
        throw QuantizationError.notFinite(weight: product.kernel)
      }
      return (
        product.kernel, QuantizedRange(magnitude: limit, isSigned: product.input.isSigned)
      )
    }
    return try QuantizationPlan(withoutAwareness(aware), products: aware.products)
      .quantized(Dictionary(uniqueKeysWithValues: ranges))
  }

  /// The plan for the model, and the ranges of the inputs of the products in it.
  private func measured(
    _ data: Dataset, _ estimator: RangeEstimator, _ keeping: [String], _ executor: any Executor
  ) async throws -> (QuantizationPlan, [String: QuantizedRange]) {
    if let complaint = estimator.complaint { throw complaint }
    guard !(layer is Quantized) else { throw QuantizationError.alreadyQuantized }
    let model = try (layer as? QuantizationAware).map { try withoutAwareness($0) } ?? self
    let plan = try QuantizationPlan(model, keeping: keeping)
    let ranges = try await Calibration(model: model, estimator: estimator, executor: executor)
      .ranges(of: plan.weights.map(\.path), samples: data.inputs(of: signature))
    return (plan, ranges)
  }

  private func withoutAwareness(_ aware: QuantizationAware) throws -> TrainedModel {
    var weights = weights
    for product in aware.products {
      weights[QuantizationAware.limitName(of: product.kernel)] = nil
    }
    return try TrainedModel(
      layer: aware.layer, weights: weights, signature: signature, training: training)
  }
}
