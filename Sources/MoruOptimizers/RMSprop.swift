import MoruArchive
public import MoruGraph

/// Steps divided by a running root mean square of gradients:
/// `v ← rho · v + (1 − rho) · g²`, `w ← w − rate · g / √(v + epsilon)`.
///
/// With `centered`, `a ← rho · a + (1 − rho) · g` and the root is of `v − a² + epsilon`; with
/// momentum, `m ← momentum · m + step`, `w ← w − m`. Epsilon stands inside the root, as in Keras.
///
/// - Source: Hinton, Srivastava, Swersky 2012, lecture 6e; Graves 2013, arXiv:1308.0850, centered.
public struct RMSprop: Optimizer, Hashable {
  public static let kind = "rmsprop"
  public var settings: UpdateSettings
  /// How slowly the mean square follows, at least 0 and below 1.
  public let rho: Double
  /// How much of the last step is kept, at least 0 and below 1.
  public let momentum: Double
  /// Keeps the root away from 0.
  public let epsilon: Double
  /// Whether the mean is taken out of the mean square.
  public let centered: Bool

  /// Steps divided by a running root mean square.
  public init(
    learningRate: LearningRate = 0.001, rho: Double = 0.9, momentum: Double = 0,
    epsilon: Double = 1e-7, centered: Bool = false
  ) {
    settings = UpdateSettings(learningRate: learningRate)
    self.rho = rho
    self.momentum = momentum
    self.epsilon = epsilon
    self.centered = centered
  }

  public func initialSlots(for parameter: Tensor) -> [Tensor] {
    [Tensor](
      repeating: .zeros(parameter.shape, dtype: parameter.dtype),
      count: 1 + (centered ? 1 : 0) + (momentum > 0 ? 1 : 0))
  }

  public func updated(
    _ parameter: Tensor, gradient: Tensor, slots: inout [Tensor], rate: Tensor, step: Tensor
  ) -> Tensor {
    func moved(_ average: Tensor, _ value: Tensor) -> Tensor {
      Tensor(rho) * average + Tensor(1 - rho) * value
    }
    slots[0] = moved(slots[0], square(gradient))
    var spread = slots[0]
    if centered {
      slots[1] = moved(slots[1], gradient)
      spread = spread - square(slots[1])
    }
    let change = rate * gradient * rsqrt(spread + Tensor(epsilon))
    guard momentum > 0 else { return parameter - change }
    let last = slots.count - 1
    slots[last] = Tensor(momentum) * slots[last] + change
    return parameter - slots[last]
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case rho, momentum, epsilon, centered }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(
      decoder, CodingKeys.self, part: Self.kind, besides: UpdateSettings.keys)
    settings = try UpdateSettings(
      decoder, part: Self.kind, default: UpdateSettings(learningRate: 0.001))
    rho = try fields.fraction(.rho, default: 0.9)
    momentum = try fields.fraction(.momentum, default: 0)
    epsilon = try fields.number(.epsilon, default: 1e-7, in: 0...1)
    centered = try fields.value(.centered, default: false)
  }

  public func encode(to encoder: any Encoder) throws {
    try settings.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(rho, forKey: .rho)
    try container.encode(momentum, forKey: .momentum)
    try container.encode(epsilon, forKey: .epsilon)
    try container.encode(centered, forKey: .centered)
  }
}

extension Optimizer where Self == RMSprop {
  /// Steps divided by a running root mean square.
  public static func rmsprop(
    learningRate: LearningRate = 0.001, rho: Double = 0.9, momentum: Double = 0,
    epsilon: Double = 1e-7, centered: Bool = false
  ) -> Self {
    .init(
      learningRate: learningRate, rho: rho, momentum: momentum, epsilon: epsilon, centered: centered
    )
  }
}
