public import MoruOptimizers

/// How a model is trained for a while: a stage of a transfer, or what follows its pruning.
public struct TrainingStage: Sendable {
  /// How often each sample is seen, at least 1.
  public var epochs: Int
  /// Samples in a step, at least 1.
  public var batchSize: Int
  /// Steps to an update of the weights, at least 1.
  public var accumulatingSteps: Int
  /// How weights follow gradients.
  public var optimizer: any Optimizer
  /// What watches this stage. Where features were computed before, it sees a model of the head alone.
  public var callbacks: [any Callback]

  /// A stage of a training.
  public init(
    epochs: Int, batchSize: Int = 32, accumulatingSteps: Int = 1, optimizer: any Optimizer,
    callbacks: [any Callback] = []
  ) {
    self.epochs = epochs
    self.batchSize = batchSize
    self.accumulatingSteps = accumulatingSteps
    self.optimizer = optimizer
    self.callbacks = callbacks
  }
}
