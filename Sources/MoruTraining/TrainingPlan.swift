import MoruData
import MoruGraph
import MoruLayers
import MoruModels
import MoruTensors

/// What is trained, without its weights.
struct ModelStructure: Sendable {
  let layer: any Layer
  let signature: ModelSignature
  let declaration: Declaration
}

/// How a training is to go through its samples, as asked for.
struct TrainingCourse: Sendable {
  let epochs: Int
  let initialEpoch: Int
  let batchSize: Int
  let stepsPerEpoch: Int?
  let accumulatingSteps: Int
  let shuffles: Bool
  let validationFrequency: Int
  let validationBatchSize: Int?
  let precision: PrecisionPolicy

  /// Refuses what is out of range.
  ///
  /// - Parameter batchSize: The only batch for which the model keeps states, if it does.
  func check(batchSize only: Int?) throws(TrainingError) {
    let counts = [
      ("epochs", epochs), ("batchSize", batchSize), ("stepsPerEpoch", stepsPerEpoch ?? 1),
      ("accumulatingSteps", accumulatingSteps), ("validationFrequency", validationFrequency),
      ("validationBatchSize", validationBatchSize ?? 1),
    ]
    for (name, count) in counts where count < 1 { throw .outOfRange(name, allowed: "at least 1") }
    if let only {
      let sizes = [("batchSize", batchSize), ("validationBatchSize", validationBatchSize ?? only)]
      for (name, size) in sizes where size != only {
        throw .outOfRange(name, allowed: "\(only), the batch for which the model keeps states")
      }
    }
    guard (0..<epochs).contains(initialEpoch) else {
      throw .outOfRange("initialEpoch", allowed: "at least 0 and below epochs (\(epochs))")
    }
  }

  func plan(sampleCount: Int, seed: Seed) -> TrainingPlan {
    let batches = BatchPlan(
      sampleCount: sampleCount, batchSize: batchSize, seed: seed, shuffles: shuffles)
    return TrainingPlan(
      batches: batches, stepsPerEpoch: stepsPerEpoch ?? batches.batchCount,
      accumulatingSteps: accumulatingSteps, initialEpoch: initialEpoch, epochs: epochs,
      validationFrequency: validationFrequency, precision: precision, seed: seed)
  }
}

/// How a training goes through its samples.
struct TrainingPlan: Sendable {
  let batches: BatchPlan
  /// Batches that count as an epoch. Epochs follow each other through the samples: one begins where
  /// the one before ended, and the samples are shuffled anew when all have been seen.
  let stepsPerEpoch: Int
  /// Batches to an update of the weights; an epoch's last update takes what is left.
  let accumulatingSteps: Int
  /// Epochs that count as done before the first one.
  let initialEpoch: Int
  let epochs: Int
  let validationFrequency: Int
  let precision: PrecisionPolicy
  let seed: Seed

  /// What decides which program runs a batch.
  struct StepKind: Hashable {
    let batch: Int
    /// Whether the weights were updated before it.
    let startsAnew: Bool
    /// Whether the weights are updated after it.
    let updates: Bool
  }

  /// Every kind of step that occurs.
  var kinds: Set<StepKind> {
    // Epochs begin at the same places of a pass again after at most as many epochs as a pass has
    // batches.
    let cycle = stepsPerEpoch.isMultiple(of: batches.batchCount) ? 1 : batches.batchCount
    let last = min(epochs, initialEpoch + cycle)
    return Set(
      (initialEpoch + 1...last).flatMap { epoch in
        (0..<stepsPerEpoch).map { kind(epoch: epoch, at: $0) }
      })
  }

  /// Updates of the weights in the whole training.
  var updateCount: Int {
    (stepsPerEpoch + accumulatingSteps - 1) / accumulatingSteps * (epochs - initialEpoch)
  }

  /// The kind of a batch by its place in an epoch, which is counted from 1 on.
  func kind(epoch: Int, at place: Int) -> StepKind {
    let placeInPass = ((epoch - 1) * stepsPerEpoch + place) % batches.batchCount
    return kind(
      batch: min(batches.batchSize, batches.sampleCount - placeInPass * batches.batchSize),
      at: place)
  }

  /// The kind of a batch of some samples at a place in an epoch.
  func kind(batch: Int, at place: Int) -> StepKind {
    StepKind(
      batch: batch, startsAnew: place.isMultiple(of: accumulatingSteps),
      updates: place == stepsPerEpoch - 1 || (place + 1).isMultiple(of: accumulatingSteps))
  }

  /// The sample numbers of each batch of an epoch, which is counted from 1 on.
  func batches(epoch: Int) -> [[Int]] {
    var (pass, place) = ((epoch - 1) * stepsPerEpoch).quotientAndRemainder(
      dividingBy: batches.batchCount)
    var result: [[Int]] = []
    while result.count < stepsPerEpoch {
      let rest = batches.batches(epoch: pass).dropFirst(place)
      result += rest.prefix(stepsPerEpoch - result.count)
      (pass, place) = (pass + 1, 0)
    }
    return result
  }
}
