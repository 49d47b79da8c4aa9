public import MoruTensors

/// Something that watches a training and may act on it.
///
/// A callback is a value; `fit` works on a copy, so that one value serves many trainings. Callbacks
/// are told in the order in which they were given, and in this order of events:
///
/// ```text
/// trainingBegan
///   epochBegan
///     stepsEnded            several times
///     validationBegan       if there are validation data and the epoch is due
///     validationEnded
///   epochEnded
/// trainingEnded
/// ```
public protocol Callback: Sendable {
  /// At which steps `stepsEnded` must be called: the multiples of this number, counted from the
  /// first step of the training on; nil if that does not matter.
  var stepInterval: Int? { get }

  /// What the callback must keep for an interrupted training to go on as if it had not stopped, by
  /// name. It is set after `trainingBegan` when a training is resumed.
  var memory: [String: HostTensor] { get set }

  /// Called before the first epoch.
  mutating func trainingBegan(_ training: TrainingControl) async throws
  /// Called before the first step of an epoch, which is counted from 1 on.
  mutating func epochBegan(_ epoch: Int, _ training: TrainingControl) async throws
  /// Called several times in each epoch, after some steps.
  mutating func stepsEnded(_ progress: StepProgress, _ training: TrainingControl) async throws
  /// Called before an epoch's validation.
  mutating func validationBegan(_ epoch: Int, _ training: TrainingControl) async throws
  /// Called after an epoch's validation.
  ///
  /// - Parameter figures: The figures on validation data, by name with `val_` before them.
  mutating func validationEnded(
    _ figures: [String: Double], _ training: TrainingControl
  ) async throws
  /// Called after each epoch and its validation.
  mutating func epochEnded(_ report: EpochReport, _ training: TrainingControl) async throws
  /// Called after the last epoch.
  mutating func trainingEnded(_ training: TrainingControl) async throws
}

extension Callback {
  public var stepInterval: Int? { nil }
  public var memory: [String: HostTensor] {
    get { [:] }
    set {}
  }

  public mutating func trainingBegan(_ training: TrainingControl) async throws {}
  public mutating func epochBegan(_ epoch: Int, _ training: TrainingControl) async throws {}
  public mutating func stepsEnded(
    _ progress: StepProgress, _ training: TrainingControl
  ) async throws {}
  public mutating func validationBegan(_ epoch: Int, _ training: TrainingControl) async throws {}
  public mutating func validationEnded(
    _ figures: [String: Double], _ training: TrainingControl
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

  package init(
    epoch: Int, step: Int, steps: Int, losses: [Double], meanLoss: Double, elapsed: Duration
  ) {
    self.epoch = epoch
    self.step = step
    self.steps = steps
    self.losses = losses
    self.meanLoss = meanLoss
    self.elapsed = elapsed
  }

  /// Steps done since the first epoch began, those of epochs that `initialEpoch` counts included.
  public var trainingStep: Int { (epoch - 1) * steps + step }
}

/// What an epoch came to.
public struct EpochReport: Codable, Sendable, Equatable {
  /// The epoch, from 1 on.
  public let epoch: Int
  /// Figures by name: `loss`, the metrics', and with `val_` before them those on validation data.
  public let figures: [String: Double]
  /// Time of the training steps, in seconds.
  public let seconds: Double
  /// How much of it steps waited for streamed data, in seconds; nil where the data are in memory.
  public let dataSeconds: Double?

  /// What an epoch came to.
  public init(
    epoch: Int, figures: [String: Double], seconds: Double, dataSeconds: Double? = nil
  ) {
    self.epoch = epoch
    self.figures = figures
    self.seconds = seconds
    self.dataSeconds = dataSeconds
  }
}
