import MoruGraph
public import MoruModels
public import MoruTensors
import Synchronization

/// What a callback may ask of a training and do to it.
public final class TrainingControl: Sendable {
  /// Epochs that were asked for.
  public let epochs: Int
  /// Names of the figures in each report, in order.
  public let figureNames: [String]
  /// For each figure whether greater is better.
  public let isBetterGreater: [String: Bool]

  private let executor: any Executor
  private let weightPaths: [String]
  private let weights: [any Resident]
  private let rateScale: any Resident
  private let makeModel: @Sendable ([String: HostTensor], _ keptEpoch: Int) throws -> TrainedModel
  private let state = Mutex<(shouldStop: Bool, keptEpoch: Int?)>((false, nil))

  init(
    epochs: Int, figureNames: [String], isBetterGreater: [String: Bool], executor: any Executor,
    weightPaths: [String], weights: [any Resident], rateScale: any Resident,
    makeModel: @escaping @Sendable ([String: HostTensor], Int) throws -> TrainedModel
  ) {
    self.epochs = epochs
    self.figureNames = figureNames
    self.isBetterGreater = isBetterGreater
    self.executor = executor
    self.weightPaths = weightPaths
    self.weights = weights
    self.rateScale = rateScale
    self.makeModel = makeModel
  }

  /// Ends the training after this epoch.
  public func stop() { state.withLock { $0.shouldStop = true } }

  /// Whether a callback asked to stop.
  public var isStopping: Bool { state.withLock { $0.shouldStop } }

  /// The present weights by path.
  public func currentWeights() async throws -> [String: HostTensor] {
    let values = try await executor.read(weights)
    return Dictionary(uniqueKeysWithValues: zip(weightPaths, values))
  }

  /// Puts back weights of an earlier epoch.
  ///
  /// - Parameter epoch: The epoch they are of, for the record.
  public func restore(_ weights: [String: HostTensor], of epoch: Int) async throws {
    try await executor.write(weightPaths.compactMap { weights[$0] }, to: self.weights)
    state.withLock { $0.keptEpoch = epoch }
  }

  /// Sets parameters to their running means, if there are any: the first of all weights.
  func takeMeans(_ means: [any Resident]) async throws {
    try await executor.write(try await executor.read(means), to: Array(weights.prefix(means.count)))
  }

  /// The model as it is after `epoch`.
  public func model(after epoch: Int) async throws -> TrainedModel {
    try makeModel(await currentWeights(), epoch)
  }

  /// Multiplies the optimizer's learning rate from the next step on.
  public func setLearningRateFactor(_ factor: Double) async throws {
    try await executor.write([HostTensor(Float(factor))], to: [rateScale])
  }

  var keptEpoch: Int? { state.withLock { $0.keptEpoch } }
}
