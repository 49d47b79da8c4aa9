import Foundation
import MoruArchive
package import MoruGraph
package import MoruLayers
public import MoruModels
public import MoruOptimizers
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

  private let optimizer: any Optimizer
  private let executor: any Executor
  private let placed: PlacedTraining
  private let carriedStates: [String: HostTensor]
  private let compileProbe: ProbeCompiler
  private let makeModel: @Sendable ([String: HostTensor], _ keptEpoch: Int) throws -> TrainedModel
  private let state = Mutex(State())

  /// What callbacks have asked for.
  private struct State {
    var shouldStop = false
    var keptEpoch: Int?
    var holdsMeans = false
    var backup: BackupPlan?
    var warnings: [String] = []
  }

  /// - Parameters:
  ///   - figureNames: Those of the figures in each report, in order.
  ///   - optimizer: Whose learning rate callbacks see.
  ///   - makeModel: The model with some weights, as it is after an epoch.
  package init(
    epochs: Int, figureNames: [String], isBetterGreater: [String: Bool],
    optimizer: any Optimizer, placed: PlacedTraining, carriedStates: [String: HostTensor] = [:],
    executor: any Executor, compileProbe: @escaping ProbeCompiler,
    makeModel: @escaping @Sendable ([String: HostTensor], Int) throws -> TrainedModel
  ) {
    self.epochs = epochs
    self.figureNames = figureNames
    self.isBetterGreater = isBetterGreater
    self.optimizer = optimizer
    self.executor = executor
    self.placed = placed
    self.carriedStates = carriedStates
    self.compileProbe = compileProbe
    self.makeModel = makeModel
  }

  /// Ends the training: after the present steps if asked between steps, then the epoch is reported
  /// as far as it came; else after this epoch.
  public func stop() { state.withLock { $0.shouldStop = true } }

  /// Whether a callback asked to stop.
  public var isStopping: Bool { state.withLock { $0.shouldStop } }

  /// The present weights by path.
  public func currentWeights() async throws -> [String: HostTensor] {
    let values = try await executor.read(placed.weights)
    return Dictionary(uniqueKeysWithValues: zip(placed.weightPaths, values))
  }

  /// Sets the states that layers of a `statefulBatchSize` keep from batch to batch to zeros: when
  /// the next batch begins other sequences, such as at the beginning of an epoch.
  public func resetStates() async throws {
    let carried = zip(placed.weightPaths, placed.weights).compactMap { path, resident in
      carriedStates[path].map { ($0, resident) }
    }
    try await executor.write(carried.map { $0.0 }, to: carried.map { $0.1 })
  }

  /// Puts back weights of an earlier epoch.
  ///
  /// - Parameter epoch: The epoch they are of, for the record.
  public func restore(_ weights: [String: HostTensor], of epoch: Int) async throws {
    try await executor.write(placed.weightPaths.compactMap { weights[$0] }, to: placed.weights)
    state.withLock { $0.keptEpoch = epoch }
  }

  /// The model as it is after `epoch`.
  public func model(after epoch: Int) async throws -> TrainedModel {
    try makeModel(await currentWeights(), epoch)
  }

  /// The figures of the epoch's steps so far, by name.
  public func currentFigures() async throws -> [String: Double] {
    try await placed.figures()
  }

  /// The learning rate that the next step will use.
  public func learningRate() async throws -> Double {
    let scale = try await executor.read([placed.rateScales[0]])[0].array(of: Float.self)[0]
    return try await ownRate() * Double(scale)
  }

  /// Sets the learning rate of the next step. If the optimizer's rate follows a schedule, it goes
  /// on to do so, multiplied by the same factor; where the schedule is at 0 nothing changes.
  ///
  /// - Parameter rate: At least 0.
  public func setLearningRate(_ rate: Double) async throws {
    let own = try await ownRate()
    guard own != 0 else { return }
    let scale = HostTensor(Float(rate / own))
    try await executor.write(placed.rateScales.map { _ in scale }, to: placed.rateScales)
  }

  /// The optimizer's own rate for the next step.
  private func ownRate() async throws -> Double {
    let iteration = try await executor.read([placed.iteration])[0]
    return try await optimizer.learningRate.value(at: Tensor(iteration)).value(on: executor)
      .array(of: Double.self)[0]
  }

  /// Says something on standard error that does not end the training.
  public func warn(_ text: String) {
    state.withLock { $0.warnings.append(text) }
    FileHandle.standardError.write(Data("warning: \(text)\n".utf8))
  }

  /// Everything that was warned of.
  public var warnings: [String] { state.withLock { $0.warnings } }

  /// The epoch whose weights a callback put back; nil if none did.
  package var keptEpoch: Int? { state.withLock { $0.keptEpoch } }
}

extension TrainingControl {
  /// Compiles what looks inside a step of some samples.
  package typealias ProbeCompiler =
    @Sendable (_ samples: Int, (StepInsides) -> [Tensor]) async throws -> StepProbe

  /// A program that looks inside a step, of the first samples of the data, with the weights as they
  /// are whenever it runs. It changes nothing.
  ///
  /// - Parameters:
  ///   - samples: How many, at least 1; all if there are fewer.
  ///   - results: What the program gives, of the layers' outputs and the gradients.
  package func probe(
    samples: Int, _ results: (StepInsides) -> [Tensor]
  ) async throws -> StepProbe {
    try await compileProbe(samples, results)
  }
}

/// What there is inside a training step.
package struct StepInsides {
  /// The outputs of the layers.
  package let traces: [Scope.Trace]
  /// The weights that gradients change, by path.
  package let parameters: [String: Tensor]
  /// The gradient of the loss with respect to each.
  package let gradients: [String: Tensor]
}

/// Looks inside a training step.
package struct StepProbe: Sendable {
  let program: any Program
  /// What each run is given.
  let inputs: [HostTensor]

  /// The results now.
  package func run() async throws -> [HostTensor] { try await program.run(inputs) }
}

// What the optimizer keeps.
extension TrainingControl {
  /// How far the optimizer has come.
  ///
  /// What callbacks have made of a constant learning rate is in it. Running means of the weights are not,
  /// and neither is a factor that was put on a schedule.
  ///
  /// - Throws: `TrainingError.callback` for a training of several optimizers.
  public func optimizerProgress() async throws -> OptimizerProgress {
    let held = try keptSlots()
    var reached = optimizer
    if let rate = optimizer.learningRate.constant {
      let scale = try await executor.read([placed.rateScales[0]])[0].array(of: Float.self)[0]
      reached = optimizer.withLearningRate(.constant(rate * Double(scale)))
    }
    let step = try await executor.read([placed.iteration])[0].array(of: Int64.self)[0]
    var slots: [String: [HostTensor]] = [:]
    for (path, own) in held where !own.isEmpty {
      slots[path] = try await executor.read(own)
    }
    return OptimizerProgress(optimizer: reached, step: Int(step), slots: slots)
  }

  /// Lets the optimizer go on where another training's ended, before the first step.
  ///
  /// - Parameter progress: Of the same kind of optimizer, for the same parameters.
  /// - Throws: `TrainingError.progress` if it does not fit the parameters, `.callback` if it is another
  ///   optimizer's, or for a training of several optimizers.
  public func goOn(from progress: OptimizerProgress) async throws {
    let held = try keptSlots()
    let (kind, other) = (type(of: optimizer).kind, type(of: progress.optimizer).kind)
    guard kind == other else {
      throw Self.refusal(
        "the progress is of \(other), and this training's optimizer is \(kind)",
        "Train with the progress's own optimizer.")
    }
    var (values, places): ([HostTensor], [any Resident]) = ([HostTensor(Int64(progress.step))], [])
    places.append(placed.iteration)
    let kept = held.filter { !$0.value.isEmpty }
    let paths = Set(kept.keys).union(progress.slots.filter { !$0.value.isEmpty }.keys)
    for path in paths.sorted() {
      let (own, given) = (kept[path] ?? [], progress.slots[path] ?? [])
      guard own.map(\.type) == given.map(\.type) else { throw TrainingError.progress(path: path) }
      values += given
      places += own
    }
    try await executor.write(values, to: places)
  }

  /// What the optimizer keeps for each parameter, by path.
  ///
  /// - Throws: `TrainingError.callback` for a training of several optimizers.
  func keptSlots() throws -> [String: [any Resident]] {
    guard let slots = placed.slots else {
      throw Self.refusal("this training has several optimizers", "Train without it.")
    }
    return slots
  }

  private static func refusal(_ reason: String, _ remedy: String) -> TrainingError {
    .callback("OptimizerHandover", reason: reason, remedy: remedy)
  }
}

// The running means of the weights.
extension TrainingControl {
  /// Whether the optimizer keeps running means of the weights.
  public var keepsMeans: Bool { !placed.means.isEmpty }

  /// Whether the weights are their running means at present, and the weights themselves are kept.
  public var holdsMeans: Bool { state.withLock { $0.holdsMeans } }

  /// Exchanges the weights and their running means. To be undone before the next step.
  public func swapMeans() async throws {
    let (weights, means) = (
      try await executor.read(placed.averaged), try await executor.read(placed.means)
    )
    try await executor.write(means + weights, to: placed.averaged + placed.means)
    state.withLock { $0.holdsMeans.toggle() }
  }

  /// Makes the running means the weights to be kept, if there are any and no callback has chosen
  /// weights.
  package func keepMeans() async throws {
    if keptEpoch == nil, keepsMeans, !holdsMeans { try await swapMeans() }
  }
}

// Interrupted trainings.
extension TrainingControl {
  /// Keeps everything that the training needs to go on in a file, and goes on from that file if it
  /// exists.
  func backUp(_ plan: BackupPlan) { state.withLock { $0.backup = plan } }

  /// Whether a callback wants the training to be kept in a file.
  package var isBackedUp: Bool { backup != nil }

  var backup: BackupPlan? { state.withLock { $0.backup } }

  /// Everything that changes from step to step, as it is now.
  func snapshot() async throws -> Backup.State {
    let (keptEpoch, holdsMeans) = state.withLock { ($0.keptEpoch, $0.holdsMeans) }
    return Backup.State(
      values: try await executor.read(placed.state), keptEpoch: keptEpoch, holdsMeans: holdsMeans)
  }

  /// Puts back what `snapshot` gave.
  func resume(_ saved: Backup.State) async throws {
    try await executor.write(saved.values, to: placed.state)
    state.withLock { ($0.keptEpoch, $0.holdsMeans) = (saved.keptEpoch, saved.holdsMeans) }
  }
}
