import MoruArchive
public import MoruGraph

/// Steps of one size by the sign of a momentum: `w ← w − rate · sign(beta1 · m + (1 − beta1) · g)`,
/// `m ← beta2 · m + (1 − beta2) · g`. Its learning rate is a third to a tenth of Adam's, its weight decay
/// as much larger.
///
/// - Source: Chen et al. 2023, arXiv:2302.06675.
public struct Lion: Optimizer, Hashable {
  public static let kind = "lion"
  public var settings: UpdateSettings
  /// How much of the momentum a step takes, at least 0 and below 1.
  public let beta1: Double
  /// How slowly the momentum follows, at least 0 and below 1.
  public let beta2: Double

  /// Steps of one size by the sign of a momentum.
  public init(learningRate: LearningRate = 0.001, beta1: Double = 0.9, beta2: Double = 0.99) {
    settings = UpdateSettings(learningRate: learningRate)
    self.beta1 = beta1
    self.beta2 = beta2
  }

  public func initialSlots(for parameter: Tensor) -> [Tensor] {
    [Tensor](repeating: .zeros(parameter.shape, dtype: parameter.dtype), count: 1)
  }

  public func updated(
    _ parameter: Tensor, gradient: Tensor, slots: inout [Tensor], rate: Tensor, step: Tensor
  ) -> Tensor {
    let direction = sign(Tensor(beta1) * slots[0] + Tensor(1 - beta1) * gradient)
    slots[0] = Tensor(beta2) * slots[0] + Tensor(1 - beta2) * gradient
    return parameter - rate * direction
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case beta1, beta2 }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(
      decoder, CodingKeys.self, part: Self.kind, besides: UpdateSettings.keys)
    settings = try UpdateSettings(
      decoder, part: Self.kind, default: UpdateSettings(learningRate: 0.001))
    beta1 = try fields.fraction(.beta1, default: 0.9)
    beta2 = try fields.fraction(.beta2, default: 0.99)
  }

  public func encode(to encoder: any Encoder) throws {
    try settings.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(beta1, forKey: .beta1)
    try container.encode(beta2, forKey: .beta2)
  }
}

extension Optimizer where Self == Lion {
  /// Steps of one size by the sign of a momentum.
  public static func lion(
    learningRate: LearningRate = 0.001, beta1: Double = 0.9, beta2: Double = 0.99
  ) -> Self { .init(learningRate: learningRate, beta1: beta1, beta2: beta2) }
}
