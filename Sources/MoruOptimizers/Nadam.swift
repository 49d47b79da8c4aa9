public import MoruGraph
import MoruTensors

/// Adam that looks ahead along its momentum: with `μₜ = beta1 · (1 − 0.96ᵗ/2)` and `πₜ = μ₁ · … · μₜ`,
/// `m` and `v` as in Adam, `m̂ = μₜ₊₁ · m / (1 − πₜ₊₁) + (1 − μₜ) · g / (1 − πₜ)`,
/// `w ← w − rate · m̂ / (√(v / (1 − beta2ᵗ)) + epsilon)`.
///
/// - Source: Dozat 2016, ICLR workshop.
public struct Nadam: Optimizer, Hashable {
  public static let kind = "nadam"
  public var settings: UpdateSettings
  /// How slowly the mean follows, at least 0 and below 1.
  public let beta1: Double
  /// How slowly the mean square follows, at least 0 and below 1.
  public let beta2: Double
  /// Keeps the divisor away from 0.
  public let epsilon: Double

  /// Adam that looks ahead along its momentum.
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
    // First the product of all momenta.
    [.ones([], dtype: .float64)]
      + [Tensor](repeating: .zeros(parameter.shape, dtype: parameter.dtype), count: 2)
  }

  public func updated(
    _ parameter: Tensor, gradient: Tensor, slots: inout [Tensor], rate: Tensor, step: Tensor
  ) -> Tensor {
    func momentum(_ step: Tensor) -> Tensor {
      Tensor(beta1) * (1 - 0.5 * pow(Tensor(0.96), step))
    }
    let (now, next) = (momentum(step), momentum(step + 1))
    slots[0] = slots[0] * now
    let mean = (next / (1 - slots[0] * next)).converted(to: rate.dtype)
    let fresh = ((1 - now) / (1 - slots[0])).converted(to: rate.dtype)
    let correction = (1 / (1 - pow(Tensor(beta2), step))).converted(to: rate.dtype)
    slots[1] = slots[1] + Tensor(1 - beta1) * (gradient - slots[1])
    slots[2] = slots[2] + Tensor(1 - beta2) * (square(gradient) - slots[2])
    return parameter
      - rate * (mean * slots[1] + fresh * gradient)
      / (sqrt(slots[2] * correction) + Tensor(epsilon))
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

extension Optimizer where Self == Nadam {
  /// Adam that looks ahead along its momentum.
  public static func nadam(
    learningRate: LearningRate = 0.001, beta1: Double = 0.9, beta2: Double = 0.999,
    epsilon: Double = 1e-7
  ) -> Self { .init(learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon) }
}
