/// Sets the learning rate at the beginning of each epoch.
public struct LearningRateScheduler: Callback {
  private let schedule: @Sendable (_ epoch: Int, _ rate: Double) -> Double

  /// Sets the rate of epoch `e`, from 1 on, to `schedule(e, rate)`.
  ///
  /// - Parameter schedule: Is given the epoch and the rate as it was; returns a rate of at least 0.
  public init(_ schedule: @escaping @Sendable (_ epoch: Int, _ rate: Double) -> Double) {
    self.schedule = schedule
  }

  public mutating func epochBegan(_ epoch: Int, _ training: TrainingControl) async throws {
    let rate = schedule(epoch, try await training.learningRate())
    guard rate >= 0, rate.isFinite else {
      throw TrainingError.outOfRange(
        "learningRateScheduler's rate of epoch \(epoch)",
        allowed: "a number of at least 0, not \(rate)")
    }
    try await training.setLearningRate(rate)
  }
}

extension Callback where Self == LearningRateScheduler {
  /// Sets the learning rate of epoch `e`, from 1 on, to `schedule(e, rate)`, given the rate as it
  /// was.
  public static func learningRateScheduler(
    _ schedule: @escaping @Sendable (_ epoch: Int, _ rate: Double) -> Double
  ) -> Self { .init(schedule) }
}
