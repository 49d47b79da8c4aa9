import MoruData
import MoruLayers
import MoruModels
import MoruTensors

/// What is trained, without its weights.
struct ModelStructure: Sendable {
  let layer: any Layer
  let signature: ModelSignature
  let declaration: Declaration
}

/// How a training goes through its samples.
struct TrainingPlan: Sendable {
  let batches: BatchPlan
  /// Batches to an update of the weights; an epoch's last update takes what is left.
  let accumulatingSteps: Int
  let epochs: Int
  let seed: Seed

  /// What decides which program runs a batch.
  struct StepKind: Hashable {
    let batch: Int
    /// Whether the weights were updated before it.
    let startsAnew: Bool
    /// Whether the weights are updated after it.
    let updates: Bool
  }

  /// Every kind of step that an epoch has.
  var kinds: Set<StepKind> { Set((0..<batches.batchCount).map(kind)) }

  /// Updates of the weights in the whole training.
  var updateCount: Int {
    (batches.batchCount + accumulatingSteps - 1) / accumulatingSteps * epochs
  }

  /// The kind of a batch by its place in the epoch.
  func kind(at place: Int) -> StepKind {
    let isLast = place == batches.batchCount - 1
    let size = min(batches.batchSize, batches.sampleCount - place * batches.batchSize)
    return StepKind(
      batch: size, startsAnew: place.isMultiple(of: accumulatingSteps),
      updates: isLast || (place + 1).isMultiple(of: accumulatingSteps))
  }
}
