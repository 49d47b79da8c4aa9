import MoruGraph
import MoruModels
import MoruTensors

/// Something that watches a training and may act on it.
///
/// A callback is a value; `fit` works on a copy, so that one value serves many trainings.
public protocol Callback: Sendable {
  /// Called before the first epoch.
  mutating func trainingBegan(_ training: TrainingControl) async throws
  /// Called several times in each epoch, after some steps.
  mutating func stepsEnded(_ progress: StepProgress, _ training: TrainingControl) async throws
  /// Called after each epoch and its validation.
  mutating func epochEnded(_ report: EpochReport, _ training: TrainingControl) async throws
  /// Called after the last epoch.
  mutating func trainingEnded(_ training: TrainingControl) async throws
}

extension Callback {
  public mutating func trainingBegan(_ training: TrainingControl) async throws {}
  public mutating func stepsEnded(
    _ progress: StepProgress, _ training: TrainingControl
  ) async throws {}
  public mutating func epochEnded(
    _ report: EpochReport, _ training: TrainingControl
  ) async throws {}
  public mutating func trainingEnded(_ training: TrainingControl) async throws {}
}

/// How far an epoch has come.
public struct StepProgress: Sendable {
  /// The epoch, from 1 on.
  public let epoch: Int
  /// Steps done in this epoch.
  public let step: Int
  /// Steps of an epoch.
  public let steps: Int
  /// The loss of each step since the last call.
  public let losses: [Double]
  /// The mean loss of the epoch so far.
  public let meanLoss: Double
  /// Time since the epoch began.
  public let elapsed: Duration
}

/// What an epoch came to.
public struct EpochReport: Codable, Sendable, Equatable {
  /// The epoch, from 1 on.
  public let epoch: Int
  /// Figures by name: `loss`, the metrics', and with `val_` before them those on validation data.
  public let figures: [String: Double]
  /// Time of the training steps, in seconds.
  public let seconds: Double

  /// What an epoch came to.
  public init(epoch: Int, figures: [String: Double], seconds: Double) {
    self.epoch = epoch
    self.figures = figures
    self.seconds = seconds
  }
}
