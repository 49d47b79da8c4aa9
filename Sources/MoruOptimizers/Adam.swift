import MoruArchive
public import MoruGraph

/// Steps by running means of gradients and their squares:
/// `m ← m + (1 − beta1)(g − m)`, `v ← v + (1 − beta2)(g² − v)`,
/// `w ← w − rate · √(1 − beta2ᵗ)/(1 − beta1ᵗ) · m / (√v + epsilon)`.
///
/// With `amsgrad` the greatest v so far stands in the divisor, so that steps never grow again.
///
/// - Source: Kingma, Ba 2014, arXiv:1412.6980, in the form before section 2.1, as Keras; Reddi, Kale,
///   Kumar 2018, arXiv:1904.09237, for amsgrad.
public struct Adam: Optimizer, Hashable {
  public static let kind = "adam"
  public var settings: UpdateSettings
  /// How slowly the mean follows, at least 0 and below 1.
  public let beta1: Double
  /// How slowly the mean square follows, at least 0 and below 1.
  public let beta2: Double
  /// Keeps the divisor away from 0.
  public let epsilon: Double
  /// Whether the greatest mean square so far divides.
  public let amsgrad: Bool

  /// Steps by running means of gradients and their squares.
  public init(
    learningRate: LearningRate = 0.001, beta1: Double = 0.9, beta2: Double = 0.999,
    epsilon: Double = 1e-7, amsgrad: Bool = false
  ) {
    settings = UpdateSettings(learningRate: learningRate)
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.amsgrad = amsgrad
  }

  public func initialSlots(for parameter: Tensor) -> [Tensor] {
    [Tensor](repeating: .zeros(parameter.shape, dtype: parameter.dtype), count: amsgrad ? 3 : 2)
  }

  public func updated(
    _ parameter: Tensor, gradient: Tensor, slots: inout [Tensor], rate: Tensor, step: Tensor
  ) -> Tensor {
    // In Float64, like the step: 1 − 0.999 has but four digits in Float32.
    let correction = sqrt(1 - pow(Tensor(beta2), step)) / (1 - pow(Tensor(beta1), step))
    let rate = rate * correction.converted(to: rate.dtype)
    slots[0] = slots[0] + Tensor(1 - beta1) * (gradient - slots[0])
    slots[1] = slots[1] + Tensor(1 - beta2) * (square(gradient) - slots[1])
    if amsgrad { slots[2] = maximum(slots[2], slots[1]) }
    return parameter - rate * slots[0] / (sqrt(slots[slots.count - 1]) + Tensor(epsilon))
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case beta1, beta2, epsilon, amsgrad }

  public init(from decoder: any Decoder) throws {
    try self.init(from: decoder, part: Self.kind)
  }

  /// Reads the settings of an optimizer that makes Adam's steps.
  init(from decoder: any Decoder, part: String) throws {
    let fields = try Fields(
      decoder, CodingKeys.self, part: part, besides: UpdateSettings.keys)
    settings = try UpdateSettings(
      decoder, part: part, default: UpdateSettings(learningRate: 0.001))
    beta1 = try fields.fraction(.beta1, default: 0.9)
    beta2 = try fields.fraction(.beta2, default: 0.999)
    epsilon = try fields.number(.epsilon, default: 1e-7, in: 0...1)
    amsgrad = try fields.value(.amsgrad, default: false)
  }

  public func encode(to encoder: any Encoder) throws {
    try settings.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(beta1, forKey: .beta1)
    try container.encode(beta2, forKey: .beta2)
    try container.encode(epsilon, forKey: .epsilon)
    try container.encode(amsgrad, forKey: .amsgrad)
  }
}

extension Optimizer where Self == Adam {
  /// Steps by running means of gradients and their squares.
  public static func adam(
    learningRate: LearningRate = 0.001, beta1: Double = 0.9, beta2: Double = 0.999,
    epsilon: Double = 1e-7, amsgrad: Bool = false
  ) -> Self {
    .init(
      learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon, amsgrad: amsgrad)
  }
}
