/// Multiplies the optimizer's learning rate by a factor that depends on the epoch.
public struct LearningRateScheduler: Callback {
  private let factor: @Sendable (_ epoch: Int) -> Double

  /// Multiplies the learning rate of epoch `e`, from 1 on, by `factor(e)`.
  public init(_ factor: @escaping @Sendable (_ epoch: Int) -> Double) { self.factor = factor }

  public mutating func trainingBegan(_ training: TrainingControl) async throws {
    try await training.setLearningRateFactor(factor(1))
  }

  public mutating func epochEnded(_ report: EpochReport, _ training: TrainingControl) async throws {
    try await training.setLearningRateFactor(factor(report.epoch + 1))
  }
}

extension Callback where Self == LearningRateScheduler {
  /// Multiplies the learning rate of epoch `e`, from 1 on, by `factor(e)`.
  public static func learningRateScheduler(
    _ factor: @escaping @Sendable (_ epoch: Int) -> Double
  ) -> Self { .init(factor) }
}
