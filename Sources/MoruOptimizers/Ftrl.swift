import MoruArchive
public import MoruGraph

/// Follow the regularised leader, which drives unneeded weights to exactly 0: with `p = −power`,
/// `a′ = a + g²`, `z ← z + g + 2 · l2Shrinkage · w − (a′^p − a^p)/rate · w`,
/// `w ← (clip(z, −l1, l1) − z) / (a′^p/rate + 2 · l2 + beta/rate)`, `a ← a′`.
///
/// - Source: McMahan et al. 2013, doi:10.1145/2487575.2488200; Keras's form and names.
public struct Ftrl: Optimizer, Hashable {
  public static let kind = "ftrl"
  public var settings: UpdateSettings
  /// The exponent by which steps shrink, at most 0; 0 keeps them.
  public let power: Double
  /// What the sum of squares begins with, at least 0.
  public let initialAccumulator: Double
  /// The strength of the pull to exactly 0, at least 0.
  public let l1: Double
  /// The strength of the pull towards 0, at least 0.
  public let l2: Double
  /// The same as a part of gradients alone, at least 0.
  public let l2Shrinkage: Double
  /// How much smaller the first steps are, at least 0.
  public let beta: Double

  /// Follow the regularised leader.
  public init(
    learningRate: LearningRate = 0.001, power: Double = -0.5, initialAccumulator: Double = 0.1,
    l1: Double = 0, l2: Double = 0, l2Shrinkage: Double = 0, beta: Double = 0
  ) {
    settings = UpdateSettings(learningRate: learningRate)
    self.power = power
    self.initialAccumulator = initialAccumulator
    self.l1 = l1
    self.l2 = l2
    self.l2Shrinkage = l2Shrinkage
    self.beta = beta
  }

  public func initialSlots(for parameter: Tensor) -> [Tensor] {
    [
      .full(initialAccumulator, like: parameter),
      .zeros(parameter.shape, dtype: parameter.dtype),
    ]
  }

  public func updated(
    _ parameter: Tensor, gradient: Tensor, slots: inout [Tensor], rate: Tensor, step: Tensor
  ) -> Tensor {
    func powered(_ x: Tensor) -> Tensor { power == -0.5 ? sqrt(x) : pow(x, Tensor(-power)) }
    let sum = slots[0] + square(gradient)
    let (root, earlier) = (powered(sum), powered(slots[0]))
    let pull =
      l2Shrinkage == 0 ? gradient : gradient + Tensor(2 * l2Shrinkage) * parameter
    slots[1] = slots[1] + pull - (root - earlier) / rate * parameter
    slots[0] = sum
    let strength = root / rate + Tensor(2 * l2) + Tensor(beta) / rate
    return (clip(slots[1], Tensor(-l1), Tensor(l1)) - slots[1]) / strength
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case power, initialAccumulator, l1, l2, l2Shrinkage, beta
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(
      decoder, CodingKeys.self, part: Self.kind, besides: UpdateSettings.keys)
    settings = try UpdateSettings(
      decoder, part: Self.kind, default: UpdateSettings(learningRate: 0.001))
    power = try fields.number(.power, default: -0.5, in: -10...0)
    initialAccumulator = try fields.number(.initialAccumulator, default: 0.1, in: 0...1e6)
    l1 = try fields.number(.l1, default: 0, in: 0...1e6)
    l2 = try fields.number(.l2, default: 0, in: 0...1e6)
    l2Shrinkage = try fields.number(.l2Shrinkage, default: 0, in: 0...1e6)
    beta = try fields.number(.beta, default: 0, in: 0...1e6)
  }

  public func encode(to encoder: any Encoder) throws {
    try settings.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(power, forKey: .power)
    try container.encode(initialAccumulator, forKey: .initialAccumulator)
    try container.encode(l1, forKey: .l1)
    try container.encode(l2, forKey: .l2)
    try container.encode(l2Shrinkage, forKey: .l2Shrinkage)
    try container.encode(beta, forKey: .beta)
  }
}

extension Optimizer where Self == Ftrl {
  /// Follow the regularised leader.
  public static func ftrl(
    learningRate: LearningRate = 0.001, power: Double = -0.5, initialAccumulator: Double = 0.1,
    l1: Double = 0, l2: Double = 0, l2Shrinkage: Double = 0, beta: Double = 0
  ) -> Self {
    .init(
      learningRate: learningRate, power: power, initialAccumulator: initialAccumulator, l1: l1,
      l2: l2, l2Shrinkage: l2Shrinkage, beta: beta)
  }
}
