import MoruArchive
public import MoruGraph

/// Adam with weights that shrink by themselves: `w ← w · (1 − rate · weightDecay)` before each of
/// Adam's steps.
///
/// - Source: Loshchilov, Hutter 2017, arXiv:1711.05101.
public struct AdamW: Optimizer, Hashable {
  public static let kind = "adamw"
  /// The steps without decay.
  public let adam: Adam
  /// How fast weights shrink, for each unit of learning rate.
  public let weightDecay: Double

  /// Adam with weight decay.
  public init(
    learningRate: LearningRate = 0.001, weightDecay: Double = 0.004, beta1: Double = 0.9,
    beta2: Double = 0.999, epsilon: Double = 1e-7
  ) {
    adam = Adam(learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon)
    self.weightDecay = weightDecay
  }

  public var learningRate: LearningRate { adam.learningRate }
  public var slotCount: Int { adam.slotCount }

  public func withLearningRate(_ learningRate: LearningRate) -> Self {
    .init(
      learningRate: learningRate, weightDecay: weightDecay, beta1: adam.beta1, beta2: adam.beta2,
      epsilon: adam.epsilon)
  }

  public func updated(
    _ parameter: Tensor, gradient: Tensor, slots: inout [Tensor], rate: Tensor, step: Tensor
  ) -> Tensor {
    let shrunk = parameter - parameter * (rate * Tensor(weightDecay))
    return adam.updated(shrunk, gradient: gradient, slots: &slots, rate: rate, step: step)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case learningRate, weightDecay, beta1, beta2, epsilon
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    self.init(
      learningRate: try fields.value(.learningRate, default: 0.001),
      weightDecay: try fields.number(.weightDecay, default: 0.004, in: 0...1e6),
      beta1: try fields.fraction(.beta1, default: 0.9),
      beta2: try fields.fraction(.beta2, default: 0.999),
      epsilon: try fields.number(.epsilon, default: 1e-7, in: 0...1))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(adam.learningRate, forKey: .learningRate)
    try container.encode(weightDecay, forKey: .weightDecay)
    try container.encode(adam.beta1, forKey: .beta1)
    try container.encode(adam.beta2, forKey: .beta2)
    try container.encode(adam.epsilon, forKey: .epsilon)
  }
}

extension Optimizer where Self == AdamW {
  /// Adam with weight decay.
  public static func adamw(
    learningRate: LearningRate = 0.001, weightDecay: Double = 0.004, beta1: Double = 0.9,
    beta2: Double = 0.999, epsilon: Double = 1e-7
  ) -> Self {
    .init(
      learningRate: learningRate, weightDecay: weightDecay, beta1: beta1, beta2: beta2,
      epsilon: epsilon)
  }
}
