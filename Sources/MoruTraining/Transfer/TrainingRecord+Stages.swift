import MoruGraph
import MoruModels

extension TrainingRecord {
  /// The same record of another data set.
  func with(dataChecksum: String) -> TrainingRecord { with(epochs, dataChecksum) }

  /// The record of a training in stages, of which this was the last: its settings, and the epochs of all.
  func following(_ earlier: TrainingRecord?) -> TrainingRecord {
    with((earlier?.epochs ?? []) + epochs, dataChecksum)
  }

  private func with(_ epochs: [Epoch], _ dataChecksum: String?) -> TrainingRecord {
    TrainingRecord(
      learner: learner, seed: seed, objective: objective, batchSize: batchSize,
      accumulatingSteps: accumulatingSteps ?? 1, precision: precision ?? .float32,
      samples: samples, epochs: epochs, keptEpoch: keptEpoch, dataChecksum: dataChecksum)
  }
}
