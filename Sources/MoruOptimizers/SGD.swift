import MoruArchive
public import MoruGraph

/// Gradient descent: `w ← w − rate · g`; with momentum `m ← momentum · m − rate · g`, `w ← w + m`,
/// or with Nesterov's form `w ← w + momentum · m − rate · g`.
///
/// - Source: Sutskever et al. 2013, ICML, for momentum in Keras's form.
public struct SGD: Optimizer, Hashable {
  public static let kind = "sgd"
  public var settings: UpdateSettings
  /// How much of the last step is kept, at least 0 and below 1.
  public let momentum: Double
  /// Whether the gradient is taken to be that after the momentum's step.
  public let nesterov: Bool

  /// Gradient descent.
  public init(learningRate: LearningRate = 0.01, momentum: Double = 0, nesterov: Bool = false) {
    settings = UpdateSettings(learningRate: learningRate)
    self.momentum = momentum
    self.nesterov = nesterov
  }

  public func initialSlots(for parameter: Tensor) -> [Tensor] {
    momentum == 0 ? [] : [.zeros(parameter.shape, dtype: parameter.dtype)]
  }

  public func updated(
    _ parameter: Tensor, gradient: Tensor, slots: inout [Tensor], rate: Tensor, step: Tensor
  ) -> Tensor {
    let change = rate * gradient
    guard momentum != 0 else { return parameter - change }
    slots[0] = Tensor(momentum) * slots[0] - change
    return nesterov ? parameter + Tensor(momentum) * slots[0] - change : parameter + slots[0]
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case momentum, nesterov }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(
      decoder, CodingKeys.self, part: Self.kind, besides: UpdateSettings.keys)
    settings = try UpdateSettings(
      decoder, part: Self.kind, default: UpdateSettings(learningRate: 0.01))
    momentum = try fields.fraction(.momentum, default: 0)
    nesterov = try fields.value(.nesterov, default: false)
  }

  public func encode(to encoder: any Encoder) throws {
    try settings.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(momentum, forKey: .momentum)
    try container.encode(nesterov, forKey: .nesterov)
  }
}

extension Optimizer where Self == SGD {
  /// Gradient descent.
  public static func sgd(
    learningRate: LearningRate = 0.01, momentum: Double = 0, nesterov: Bool = false
  ) -> Self { .init(learningRate: learningRate, momentum: momentum, nesterov: nesterov) }
}
