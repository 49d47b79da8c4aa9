public import MoruGraph

/// Adam with a rate of its own for each parameter, for large batches: with `m`, `v` as in Adam and
/// `u = m/(1 − beta1ᵗ) / (√(v/(1 − beta2ᵗ)) + epsilon)`, `w ← w − rate · |w| / |u| · u`; the ratio is 1
/// where a length is 0.
///
/// - Source: You et al. 2019, arXiv:1904.00962.
public typealias Lamb = MomentOptimizer<LambRule>

/// How `Lamb` moves parameters.
public enum LambRule: MomentRule {
  public static let kind = "lamb"

  public static func updated(
    _ parameter: Tensor, gradient: Tensor, slots: inout [Tensor], rate: Tensor, step: Tensor,
    by moments: MomentSettings
  ) -> Tensor {
    func correction(_ beta: Double) -> Tensor {
      (1 / (1 - pow(Tensor(beta), step))).converted(to: rate.dtype)
    }
    slots[0] = slots[0] + Tensor(1 - moments.beta1) * (gradient - slots[0])
    slots[1] = slots[1] + Tensor(1 - moments.beta2) * (square(gradient) - slots[1])
    let change =
      correction(moments.beta1) * slots[0]
      / (sqrt(correction(moments.beta2) * slots[1]) + Tensor(moments.epsilon))
    func length(_ x: Tensor) -> Tensor { sqrt(square(x).sum()) }
    let (size, step) = (length(parameter), length(change))
    let ratio = select((size .> 0) .& (step .> 0), size / step, 1)
    return parameter - rate * ratio * change
  }
}

extension Optimizer where Self == Lamb {
  /// Adam with a rate of its own for each parameter.
  public static func lamb(
    learningRate: LearningRate = 0.001, beta1: Double = 0.9, beta2: Double = 0.999,
    epsilon: Double = 1e-7
  ) -> Self { .init(learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon) }
}
