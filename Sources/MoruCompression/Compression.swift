public import MoruData
public import MoruGraph
public import MoruModels
import MoruOptimizers
public import MoruTensors
public import MoruTraining

/// A way to make a trained model smaller.
public protocol Compression: Sendable {
  /// The name of the way, such as `channels`.
  static var name: String { get }

  /// What tables and messages call it; `name` unless there may be several of its kind.
  var title: String { get }

  /// The strengths that a search tries, from weak to strong.
  var shares: [Double] { get }

  /// A smaller model.
  ///
  /// - Parameters:
  ///   - model: The model as it is.
  ///   - share: How much goes, from 0 to 1.
  ///   - data: What it may learn from to make up for what was lost.
  ///   - seed: Decides every random choice.
  ///   - executor: Where it is trained.
  /// - Throws: `CompressionError` if nothing can go in this way.
  func compressed(
    _ model: TrainedModel, share: Double, on data: Dataset, seed: Seed, executor: any Executor
  ) async throws -> TrainedModel
}

extension Compression {
  public var title: String { Self.name }
}

/// A way in two steps: something is taken away at once, then the model learns on to make up for it.
public protocol RecoveringCompression: Compression {
  /// How the network learns on; not at all if nil.
  var recovery: TrainingStage? { get }

  /// The model without a share of it, before it learns on.
  func smaller(_ model: TrainedModel, share: Double) throws -> TrainedModel
}

extension RecoveringCompression {
  public func compressed(
    _ model: TrainedModel, share: Double, on data: Dataset, seed: Seed, executor: any Executor
  ) async throws -> TrainedModel {
    try await smaller(model, share: share).recovered(
      by: recovery, on: data, seed: seed, executor: executor)
  }
}

extension TrainingStage {
  /// How a model makes up for what was taken from it, unless said otherwise: 2 epochs of Adam at half of its
  /// usual rate.
  public static var recovery: TrainingStage {
    TrainingStage(epochs: 2, optimizer: .adam(learningRate: 5e-4))
  }
}

extension TrainedModel {
  /// The model trained further to make up for what was taken from it; as it is without a stage.
  func recovered(
    by stage: TrainingStage?, on data: Dataset, keepingZeros paths: [String]? = nil, seed: Seed,
    executor: any Executor
  ) async throws -> TrainedModel {
    guard let stage, stage.epochs > 0 else { return self }
    guard let objective = training?.objective ?? Objective(fitting: signature.outputs) else {
      throw TrainingError.noObjective
    }
    var optimizer = stage.optimizer
    if let paths { optimizer.settings.keptZeros = paths }
    return try await fit(
      data, epochs: stage.epochs, batchSize: stage.batchSize,
      accumulatingSteps: stage.accumulatingSteps, optimizer: optimizer, objective: objective,
      callbacks: stage.callbacks, seed: seed, on: executor)
  }

  /// Refuses shares out of range.
  static func check(share: Double) throws(CompressionError) {
    guard share >= 0, share < 1 else {
      throw .outOfRange("share", found: "\(share)", allowed: "at least 0 and below 1")
    }
  }
}
