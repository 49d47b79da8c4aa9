public import MoruGraph

/// Adam by the greatest gradient instead of the mean square: `m ← m + (1 − beta1)(g − m)`,
/// `u ← max(beta2 · u, |g|)`, `w ← w − rate/(1 − beta1ᵗ) · m / (u + epsilon)`.
///
/// - Source: Kingma, Ba 2014, arXiv:1412.6980, section 7.1.
public typealias Adamax = MomentOptimizer<AdamaxRule>

/// How `Adamax` moves parameters.
public enum AdamaxRule: MomentRule {
  public static let kind = "adamax"

  public static func updated(
    _ parameter: Tensor, gradient: Tensor, slots: inout [Tensor], rate: Tensor, step: Tensor,
    by moments: MomentSettings
  ) -> Tensor {
    let rate = rate / (1 - pow(Tensor(moments.beta1), step)).converted(to: rate.dtype)
    slots[0] = slots[0] + Tensor(1 - moments.beta1) * (gradient - slots[0])
    slots[1] = maximum(Tensor(moments.beta2) * slots[1], abs(gradient))
    return parameter - rate * slots[0] / (slots[1] + Tensor(moments.epsilon))
  }
}

extension Optimizer where Self == Adamax {
  /// Steps by a running mean and the greatest gradient.
  public static func adamax(
    learningRate: LearningRate = 0.001, beta1: Double = 0.9, beta2: Double = 0.999,
    epsilon: Double = 1e-7
  ) -> Self { .init(learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon) }
}
