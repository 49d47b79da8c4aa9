import MoruArchive
public import MoruGraph

/// Steps divided by the root of all squared gradients so far: `a ← a + g²`,
/// `w ← w − rate · g / √(a + epsilon)`. Rare features keep large steps.
///
/// - Source: Duchi, Hazan, Singer 2011, JMLR 12.
public struct Adagrad: Optimizer, Hashable {
  public static let kind = "adagrad"
  public var settings: UpdateSettings
  /// What the sum of squares begins with, at least 0.
  public let initialAccumulator: Double
  /// Keeps the root away from 0.
  public let epsilon: Double

  /// Steps divided by the root of all squared gradients so far.
  public init(
    learningRate: LearningRate = 0.001, initialAccumulator: Double = 0.1, epsilon: Double = 1e-7
  ) {
    settings = UpdateSettings(learningRate: learningRate)
    self.initialAccumulator = initialAccumulator
    self.epsilon = epsilon
  }

  public func initialSlots(for parameter: Tensor) -> [Tensor] {
    [.full(initialAccumulator, like: parameter)]
  }

  public func updated(
    _ parameter: Tensor, gradient: Tensor, slots: inout [Tensor], rate: Tensor, step: Tensor
  ) -> Tensor {
    slots[0] = slots[0] + square(gradient)
    return parameter - rate * gradient * rsqrt(slots[0] + Tensor(epsilon))
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case initialAccumulator, epsilon }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(
      decoder, CodingKeys.self, part: Self.kind, besides: UpdateSettings.keys)
    settings = try UpdateSettings(
      decoder, part: Self.kind, default: UpdateSettings(learningRate: 0.001))
    initialAccumulator = try fields.number(.initialAccumulator, default: 0.1, in: 0...1e6)
    epsilon = try fields.number(.epsilon, default: 1e-7, in: 0...1)
  }

  public func encode(to encoder: any Encoder) throws {
    try settings.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(initialAccumulator, forKey: .initialAccumulator)
    try container.encode(epsilon, forKey: .epsilon)
  }
}

extension Optimizer where Self == Adagrad {
  /// Steps divided by the root of all squared gradients so far.
  public static func adagrad(
    learningRate: LearningRate = 0.001, initialAccumulator: Double = 0.1, epsilon: Double = 1e-7
  ) -> Self {
    .init(learningRate: learningRate, initialAccumulator: initialAccumulator, epsilon: epsilon)
  }
}
