public import MoruOptimizers
import Synchronization

/// Hands an optimizer's progress from one training to the next: a training begins with what it holds, if
/// anything, and leaves what it came to.
///
/// ```swift
/// let handover = OptimizerHandover()
/// let first = try await model.fit(data, epochs: 3, …, callbacks: [handover])
/// let more = try await first.fit(data, epochs: 2, …, callbacks: [handover])
/// ```
///
/// It is an object, unlike other callbacks, because it outlives the training. The second training's
/// optimizer must be of the first one's kind, and a training of several optimizers, such as a GAN's, has no
/// progress to hand over. Where a callback puts back weights of an earlier epoch, or `fit` ends with running
/// means, the progress is still that of the last step.
public final class OptimizerHandover: Callback {
  private let held: Mutex<OptimizerProgress?>

  /// Holds some progress, or none.
  public init(_ progress: OptimizerProgress? = nil) { held = Mutex(progress) }

  /// What is held: after a training how far that came.
  public var progress: OptimizerProgress? { held.withLock { $0 } }

  public func trainingBegan(_ training: TrainingControl) async throws {
    // What cannot be handed over is refused now, not after the last epoch.
    _ = try training.keptSlots()
    if let progress { try await training.goOn(from: progress) }
  }

  public func trainingEnded(_ training: TrainingControl) async throws {
    let reached = try await training.optimizerProgress()
    held.withLock { $0 = reached }
  }
}
