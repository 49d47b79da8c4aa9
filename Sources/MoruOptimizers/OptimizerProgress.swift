public import MoruTensors

/// How far an optimizer has come with a model: what a training needs, beside the weights, to go on where
/// another one ended.
public struct OptimizerProgress: Sendable {
  /// The optimizer with its settings.
  public var optimizer: any Optimizer
  /// Number of updates done, at least 0.
  public var step: Int
  /// What the optimizer keeps for each parameter, by its path: for Adam the running means of gradients
  /// and of their squares. Parameters for which it keeps nothing are left out.
  public var slots: [String: [HostTensor]]

  /// How far an optimizer has come.
  public init(optimizer: any Optimizer, step: Int, slots: [String: [HostTensor]]) {
    self.optimizer = optimizer
    self.step = step
    self.slots = slots
  }
}
