/// Ends a training with an error as soon as a loss is NaN or infinite.
public struct TerminateOnNaN: Callback {
  /// Ends a training as soon as a loss is NaN or infinite.
  public init() {}

  public mutating func stepsEnded(
    _ progress: StepProgress, _ training: TrainingControl
  ) async throws {
    guard let place = progress.losses.firstIndex(where: { !$0.isFinite }) else { return }
    throw TrainingError.notFinite(
      epoch: progress.epoch, step: progress.step - progress.losses.count + place + 1)
  }
}

extension Callback where Self == TerminateOnNaN {
  /// Ends a training with an error as soon as a loss is NaN or infinite.
  public static var terminateOnNaN: Self { .init() }
}
