import MoruGraph
import MoruModels

extension TrainingRecord {
  /// What the epoch came to whose weights were kept.
  var keptFigures: [String: Double] { epochs.last { $0.number == keptEpoch }?.figures ?? [:] }

  /// The same record of another data set.
  func with(dataChecksum: String) -> TrainingRecord { with(epochs, dataChecksum) }

  /// The record of a training in stages, of which this was the last: its settings, and the epochs of all.
  ///
  /// - Parameter earlierEpoch: The epoch whose weights were kept, if it was not one of this stage.
  func following(_ earlier: TrainingRecord?, keeping earlierEpoch: Int? = nil) -> TrainingRecord {
    with((earlier?.epochs ?? []) + epochs, dataChecksum, keptEpoch: earlierEpoch)
  }

  private func with(
    _ epochs: [Epoch], _ dataChecksum: String?, keptEpoch earlierEpoch: Int? = nil
  ) -> TrainingRecord {
    TrainingRecord(
      learner: learner, seed: seed, objective: objective, batchSize: batchSize,
      accumulatingSteps: accumulatingSteps ?? 1, precision: precision ?? .float32,
      samples: samples, epochs: epochs, keptEpoch: earlierEpoch ?? keptEpoch,
      dataChecksum: dataChecksum)
  }
}
