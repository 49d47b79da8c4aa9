import MoruArchive
public import MoruGraph

/// Adam with weights that shrink by themselves: `w ← w · (1 − rate · weightDecay)` before each of
/// Adam's steps.
///
/// - Source: Loshchilov, Hutter 2017, arXiv:1711.05101.
public struct AdamW: Optimizer, Hashable {
  public static let kind = "adamw"
  private static let standardDecay = 0.004
  /// The steps, and how fast weights shrink.
  public private(set) var adam: Adam

  /// Adam with weight decay.
  public init(
    learningRate: LearningRate = 0.001, weightDecay: Double = 0.004, beta1: Double = 0.9,
    beta2: Double = 0.999, epsilon: Double = 1e-7, amsgrad: Bool = false
  ) {
    adam = Adam(
      learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon, amsgrad: amsgrad
    ).decaying(weights: weightDecay)
  }

  public var settings: UpdateSettings {
    get { adam.settings }
    set { adam.settings = newValue }
  }

  public func initialSlots(for parameter: Tensor) -> [Tensor] {
    adam.initialSlots(for: parameter)
  }

  public func updated(
    _ parameter: Tensor, gradient: Tensor, slots: inout [Tensor], rate: Tensor, step: Tensor
  ) -> Tensor {
    adam.updated(parameter, gradient: gradient, slots: &slots, rate: rate, step: step)
  }

  private enum DecayKey: String, CodingKey { case weightDecay }

  public init(from decoder: any Decoder) throws {
    adam = try Adam(from: decoder, part: Self.kind)
    let isGiven = try decoder.container(keyedBy: DecayKey.self).contains(.weightDecay)
    if !isGiven { adam = adam.decaying(weights: Self.standardDecay) }
  }

  public func encode(to encoder: any Encoder) throws { try adam.encode(to: encoder) }
}

extension Optimizer where Self == AdamW {
  /// Adam with weight decay.
  public static func adamw(
    learningRate: LearningRate = 0.001, weightDecay: Double = 0.004, beta1: Double = 0.9,
    beta2: Double = 0.999, epsilon: Double = 1e-7, amsgrad: Bool = false
  ) -> Self {
    .init(
      learningRate: learningRate, weightDecay: weightDecay, beta1: beta1, beta2: beta2,
      epsilon: epsilon, amsgrad: amsgrad)
  }
}
