public import MoruGraph

/// Adam by the greatest gradient instead of the mean square: `m ← m + (1 − beta1)(g − m)`,
/// `u ← max(beta2 · u, |g|)`, `w ← w − rate/(1 − beta1ᵗ) · m / (u + epsilon)`.
///
/// - Source: Kingma, Ba 2014, arXiv:1412.6980, section 7.1.
public struct Adamax: Optimizer, Hashable {
  public static let kind = "adamax"
  public var settings: UpdateSettings
  /// How slowly the mean follows, at least 0 and below 1.
  public let beta1: Double
  /// How slowly the greatest gradient is forgotten, at least 0 and below 1.
  public let beta2: Double
  /// Keeps the divisor away from 0.
  public let epsilon: Double

  /// Steps by a running mean and the greatest gradient.
  public init(
    learningRate: LearningRate = 0.001, beta1: Double = 0.9, beta2: Double = 0.999,
    epsilon: Double = 1e-7
  ) {
    settings = UpdateSettings(learningRate: learningRate)
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
  }

  public func initialSlots(for parameter: Tensor) -> [Tensor] {
    [Tensor](repeating: .zeros(parameter.shape, dtype: parameter.dtype), count: 2)
  }

  public func updated(
    _ parameter: Tensor, gradient: Tensor, slots: inout [Tensor], rate: Tensor, step: Tensor
  ) -> Tensor {
    let rate = rate / (1 - pow(Tensor(beta1), step)).converted(to: rate.dtype)
    slots[0] = slots[0] + Tensor(1 - beta1) * (gradient - slots[0])
    slots[1] = maximum(Tensor(beta2) * slots[1], abs(gradient))
    return parameter - rate * slots[0] / (slots[1] + Tensor(epsilon))
  }

  public init(from decoder: any Decoder) throws {
    let moments = try MomentSettings(from: decoder, part: Self.kind)
    self.init(beta1: moments.beta1, beta2: moments.beta2, epsilon: moments.epsilon)
    settings = try UpdateSettings(decoder, part: Self.kind, default: settings)
  }

  public func encode(to encoder: any Encoder) throws {
    try settings.encode(to: encoder)
    try MomentSettings(beta1: beta1, beta2: beta2, epsilon: epsilon).encode(to: encoder)
  }
}

extension Optimizer where Self == Adamax {
  /// Steps by a running mean and the greatest gradient.
  public static func adamax(
    learningRate: LearningRate = 0.001, beta1: Double = 0.9, beta2: Double = 0.999,
    epsilon: Double = 1e-7
  ) -> Self { .init(learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon) }
}
