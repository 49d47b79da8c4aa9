public import MoruGraph

/// Adam with a rate of its own for each parameter, for large batches: with `m`, `v` as in Adam and
/// `u = m/(1 − beta1ᵗ) / (√(v/(1 − beta2ᵗ)) + epsilon)`, `w ← w − rate · |w| / |u| · u`; the ratio is 1
/// where a length is 0.
///
/// - Source: You et al. 2019, arXiv:1904.00962.
public struct Lamb: Optimizer, Hashable {
  public static let kind = "lamb"
  public var settings: UpdateSettings
  /// How slowly the mean follows, at least 0 and below 1.
  public let beta1: Double
  /// How slowly the mean square follows, at least 0 and below 1.
  public let beta2: Double
  /// Keeps the divisor away from 0.
  public let epsilon: Double

  /// Adam with a rate of its own for each parameter.
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
    func correction(_ beta: Double) -> Tensor {
      (1 / (1 - pow(Tensor(beta), step))).converted(to: rate.dtype)
    }
    slots[0] = slots[0] + Tensor(1 - beta1) * (gradient - slots[0])
    slots[1] = slots[1] + Tensor(1 - beta2) * (square(gradient) - slots[1])
    let change =
      correction(beta1) * slots[0]
      / (sqrt(correction(beta2) * slots[1]) + Tensor(epsilon))
    func length(_ x: Tensor) -> Tensor { sqrt(square(x).sum()) }
    let (size, step) = (length(parameter), length(change))
    let ratio = select((size .> 0) .& (step .> 0), size / step, 1)
    return parameter - rate * ratio * change
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

extension Optimizer where Self == Lamb {
  /// Adam with a rate of its own for each parameter.
  public static func lamb(
    learningRate: LearningRate = 0.001, beta1: Double = 0.9, beta2: Double = 0.999,
    epsilon: Double = 1e-7
  ) -> Self { .init(learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon) }
}
