public import MoruArchive
import MoruGraph
public import MoruModels
public import MoruTensors
import Synchronization

/// One version of a model that a host serves.
public final class ServedModel: Sendable {
  /// The model's name in requests.
  public let name: SafeName
  /// The version's number, from 1.
  public let version: Int
  /// What it takes and gives.
  public let signature: ModelSignature

  private let predictor: Predictor
  private let batcher: Batcher
  private let counter = StatisticsCounter()
  private let phase = Mutex(ModelState.loading)

  init(
    _ model: TrainedModel, name: SafeName, version: Int, on executor: any Executor, capacity: Int
  ) {
    self.name = name
    self.version = version
    signature = model.signature
    let predictor = Predictor(model, on: executor)
    self.predictor = predictor
    batcher = Batcher(
      largestBatch: Predictor.largestBatch, capacity: capacity,
      ran: { [counter] in counter.ran(samples: $0) },
      run: { try await predictor.predict($0) })
  }

  /// Where the model is in its life.
  public var state: ModelState { phase.withLock { $0 } }

  /// What the model has done so far.
  public var statistics: ModelStatistics { counter.statistics }

  /// Samples that wait for the ones before them.
  public var waitingSamples: Int { get async { await batcher.waitingSamples } }

  /// The outputs for some samples.
  ///
  /// - Parameter inputs: The samples of each input by name, batch axis first.
  /// - Returns: The outputs in the signature's order, batch axis first.
  /// - Throws: `ServingError` saying what was expected; `CancellationError` if the task is cancelled
  ///   while the samples wait.
  public func predict(_ inputs: [String: HostTensor]) async throws -> [HostTensor] {
    do {
      let state = state
      guard state == .ready else {
        throw ServingError.notReady(name, version: version, state: state)
      }
      let start = ContinuousClock.now
      let (samples, count) = try signature.checked(inputs)
      let outputs = try await batcher.predict(samples, count: count)
      counter.answered(samples: count, after: .now - start)
      return outputs
    } catch {
      counter.refused()
      if error is ServingError || error is CancellationError { throw error }
      throw ServingError.failed(name, reason: String(describing: error))
    }
  }

  /// Notes that a request was refused before its samples could be read.
  public func refused() { counter.refused() }

  /// Compiles the programs for every batch size, so that no request has to wait for one.
  func warmUp() async throws {
    guard predictor.model.statefulBatchSize == nil else { throw ModelError.keepsStates }
    var sizes = [1]
    while let last = sizes.last, last < Predictor.largestBatch { sizes.append(last * 2) }
    try await predictor.warmUp(batches: sizes)
    phase.withLock { $0 = .ready }
  }

  /// Accepts nothing more and returns when everything accepted has been answered.
  func stop() async {
    phase.withLock { $0 = .stopping }
    await batcher.idle()
  }
}
