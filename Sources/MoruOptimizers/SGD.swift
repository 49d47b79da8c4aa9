import MoruArchive
public import MoruGraph

/// Gradient descent: `w ← w − rate · g`; with momentum `m ← momentum · m − rate · g`, `w ← w + m`,
/// or with Nesterov's form `w ← w + momentum · m − rate · g`.
///
/// - Source: Sutskever et al. 2013, ICML, for momentum in Keras's form.
public struct SGD: Optimizer, Hashable {
  public static let kind = "sgd"
  public let learningRate: LearningRate
  /// How much of the last step is kept, at least 0 and below 1.
  public let momentum: Double
  /// Whether the gradient is taken to be that after the momentum's step.
  public let nesterov: Bool

  /// Gradient descent.
  public init(learningRate: LearningRate = 0.01, momentum: Double = 0, nesterov: Bool = false) {
    self.learningRate = learningRate
    self.momentum = momentum
    self.nesterov = nesterov
  }

  public var slotCount: Int { momentum == 0 ? 0 : 1 }

  public func withLearningRate(_ learningRate: LearningRate) -> Self {
    .init(learningRate: learningRate, momentum: momentum, nesterov: nesterov)
  }

  public func updated(
    _ parameter: Tensor, gradient: Tensor, slots: inout [Tensor], rate: Tensor, step: Tensor
  ) -> Tensor {
    let change = rate * gradient
    guard momentum != 0 else { return parameter - change }
    slots[0] = Tensor(momentum) * slots[0] - change
    return nesterov ? parameter + Tensor(momentum) * slots[0] - change : parameter + slots[0]
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case learningRate, momentum, nesterov
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    learningRate = try fields.value(.learningRate, default: 0.01)
    momentum = try fields.fraction(.momentum, default: 0)
    nesterov = try fields.value(.nesterov, default: false)
  }
}

extension Optimizer where Self == SGD {
  /// Gradient descent.
  public static func sgd(
    learningRate: LearningRate = 0.01, momentum: Double = 0, nesterov: Bool = false
  ) -> Self {
    .init(learningRate: learningRate, momentum: momentum, nesterov: nesterov)
  }
}
