public import MoruGraph
import MoruTensors

/// Adam that looks ahead along its momentum: with `μₜ = beta1 · (1 − 0.96ᵗ/2)` and `πₜ = μ₁ · … · μₜ`,
/// `m` and `v` as in Adam, `m̂ = μₜ₊₁ · m / (1 − πₜ₊₁) + (1 − μₜ) · g / (1 − πₜ)`,
/// `w ← w − rate · m̂ / (√(v / (1 − beta2ᵗ)) + epsilon)`.
///
/// - Source: Dozat 2016, ICLR workshop.
public typealias Nadam = MomentOptimizer<NadamRule>

/// How `Nadam` moves parameters.
public enum NadamRule: MomentRule {
  public static let kind = "nadam"

  public static func initialSlots(for parameter: Tensor) -> [Tensor] {
    // First the product of all momenta.
    [.ones([], dtype: .float64)]
      + [Tensor](repeating: .zeros(parameter.shape, dtype: parameter.dtype), count: 2)
  }

  public static func updated(
    _ parameter: Tensor, gradient: Tensor, slots: inout [Tensor], rate: Tensor, step: Tensor,
    by moments: MomentSettings
  ) -> Tensor {
    func momentum(_ step: Tensor) -> Tensor {
      Tensor(moments.beta1) * (1 - 0.5 * pow(Tensor(0.96), step))
    }
    let (now, next) = (momentum(step), momentum(step + 1))
    slots[0] = slots[0] * now
    let mean = (next / (1 - slots[0] * next)).converted(to: rate.dtype)
    let fresh = ((1 - now) / (1 - slots[0])).converted(to: rate.dtype)
    let correction = (1 / (1 - pow(Tensor(moments.beta2), step))).converted(to: rate.dtype)
    slots[1] = slots[1] + Tensor(1 - moments.beta1) * (gradient - slots[1])
    slots[2] = slots[2] + Tensor(1 - moments.beta2) * (square(gradient) - slots[2])
    return parameter
      - rate * (mean * slots[1] + fresh * gradient)
      / (sqrt(slots[2] * correction) + Tensor(moments.epsilon))
  }
}

extension Optimizer where Self == Nadam {
  /// Adam that looks ahead along its momentum.
  public static func nadam(
    learningRate: LearningRate = 0.001, beta1: Double = 0.9, beta2: Double = 0.999,
    epsilon: Double = 1e-7
  ) -> Self { .init(learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon) }
}
