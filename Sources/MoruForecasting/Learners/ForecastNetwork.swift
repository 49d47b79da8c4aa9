public import MoruCPU
public import MoruData
public import MoruGraph
import MoruLayers
public import MoruModels
public import MoruOptimizers
public import MoruTensors
import MoruTraining

/// A network that forecasts all steps at once from a window, each by some quantiles, and how it is trained.
///
/// It learns from the earlier windows until the later ones, in the order of time, are forecast no better, and
/// then anew from all of them for as many epochs: the latest part of a series is not left unlearned.
public struct ForecastNetwork: Learner {
  /// The network's kind.
  public let architecture: ForecastArchitecture
  /// Which quantiles are forecast, ascending; the middle one is the forecast itself.
  public let quantiles: [Double]
  /// Most epochs of a training.
  public let epochs: Int
  /// Epochs without gain after which a training ends.
  public let patience: Int
  /// Windows in a step.
  public let batchSize: Int
  /// How weights follow gradients.
  public let optimizer: any Optimizer
  /// Which windows decide how long is learned.
  public let split: TimeSplit
  /// Where it is trained.
  public let executor: any Executor

  public var name: String { architecture.name }

  /// A network with its training.
  public init(
    _ architecture: ForecastArchitecture, quantiles: [Double] = [0.05, 0.5, 0.95],
    epochs: Int = 300, patience: Int = 15, batchSize: Int = 32,
    optimizer: any Optimizer = Adam(learningRate: 0.003),
    split: TimeSplit = TimeSplit(share: 0.2), on executor: any Executor = .cpu
  ) {
    self.architecture = architecture
    self.quantiles = quantiles
    self.epochs = epochs
    self.patience = patience
    self.batchSize = batchSize
    self.optimizer = optimizer
    self.split = split
    self.executor = executor
  }

  /// - Throws: `ForecastingError.setting` for quantiles that do not ascend between 0 and 1, and for windows
  ///   of another shape; `.tooShort`; what the training throws.
  public func fit(_ data: Dataset, seed: Seed) async throws -> TrainedModel {
    let isAscending = zip(quantiles, quantiles.dropFirst()).allSatisfy { $0 < $1 }
    guard isAscending, !quantiles.isEmpty, quantiles.allSatisfy({ $0 > 0 && $0 < 1 }) else {
      throw ForecastingError.setting(
        "quantiles", problem: "are \(quantiles)",
        advice: "Choose numbers between 0 and 1 that ascend.")
    }
    let window = data.signature[0].shape
    guard window.rank == 2, let horizon = data.targets.first?.tensor.shape.dimensions.last else {
      throw ForecastingError.setting(
        "windows", problem: "are not [context, features]", advice: "Make them by SeriesEncoding.")
    }
    let (early, late) = try split.parts(of: data)
    let watched = try await train(
      early, window, horizon, epochs: epochs, validation: .data(late),
      callbacks: [.earlyStopping(patience: patience, restoreBestWeights: true)], seed: seed)
    let kept = max(1, watched.training?.keptEpoch ?? epochs)
    let model = try await train(
      data, window, horizon, epochs: kept, validation: .none, callbacks: [], seed: seed)
    let output = model.signature.outputs[0]
    return try TrainedModel(
      layer: model.layer, weights: model.weights,
      signature: ModelSignature(
        inputs: model.signature.inputs,
        outputs: [
          ModelOutput(
            name: output.name, dtype: output.dtype, shape: output.shape,
            meaning: .forecast(quantiles: quantiles))
        ]), training: model.training)
  }

  private func train(
    _ data: Dataset, _ window: Shape, _ horizon: Int, epochs: Int, validation: Validation,
    callbacks: [any Callback], seed: Seed
  ) async throws -> TrainedModel {
    try await architecture.network(
      context: window[0], features: window[1], horizon: horizon, quantiles: quantiles.count
    ).fit(
      data, epochs: epochs, batchSize: batchSize, optimizer: optimizer,
      loss: .pinball(quantiles: quantiles), validation: validation, callbacks: callbacks,
      seed: seed, on: executor)
  }
}
