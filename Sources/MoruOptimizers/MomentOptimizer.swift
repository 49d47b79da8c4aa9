import MoruArchive
public import MoruGraph

/// An optimizer that keeps two figures of each parameter's gradients, which follow them slowly; `Rule`
/// says which, and how parameters move by them.
public struct MomentOptimizer<Rule: MomentRule>: Optimizer, Hashable {
  public static var kind: String { Rule.kind }
  public var settings: UpdateSettings
  /// How slowly the figures follow.
  public let moments: MomentSettings

  /// Steps by two figures of the gradients.
  public init(
    learningRate: LearningRate = 0.001, beta1: Double = 0.9, beta2: Double = 0.999,
    epsilon: Double = 1e-7
  ) {
    settings = UpdateSettings(learningRate: learningRate)
    moments = MomentSettings(beta1: beta1, beta2: beta2, epsilon: epsilon)
  }

  public func initialSlots(for parameter: Tensor) -> [Tensor] { Rule.initialSlots(for: parameter) }

  public func updated(
    _ parameter: Tensor, gradient: Tensor, slots: inout [Tensor], rate: Tensor, step: Tensor
  ) -> Tensor {
    Rule.updated(
      parameter, gradient: gradient, slots: &slots, rate: rate, step: step, by: moments)
  }

  public init(from decoder: any Decoder) throws {
    moments = try MomentSettings(from: decoder, part: Self.kind)
    settings = try UpdateSettings(
      decoder, part: Self.kind, default: UpdateSettings(learningRate: 0.001))
  }

  public func encode(to encoder: any Encoder) throws {
    try settings.encode(to: encoder)
    try moments.encode(to: encoder)
  }
}

/// How slowly an optimizer's two figures follow the gradients.
public struct MomentSettings: Hashable, Sendable, Encodable {
  /// How slowly the mean follows, at least 0 and below 1.
  public let beta1: Double
  /// How slowly the mean square, or the greatest gradient, follows, at least 0 and below 1.
  public let beta2: Double
  /// Keeps the divisor away from 0.
  public let epsilon: Double

  private enum CodingKeys: String, CodingKey, CaseIterable { case beta1, beta2, epsilon }

  init(beta1: Double, beta2: Double, epsilon: Double) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
  }

  /// Reads the settings of an optimizer that has no others of its own.
  init(from decoder: any Decoder, part: String) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: part, besides: UpdateSettings.keys)
    beta1 = try fields.fraction(.beta1, default: 0.9)
    beta2 = try fields.fraction(.beta2, default: 0.999)
    epsilon = try fields.number(.epsilon, default: 1e-7, in: 0...1)
  }
}

/// How parameters move by two figures of their gradients.
public protocol MomentRule: Sendable {
  /// The optimizer's name in files and messages.
  static var kind: String { get }
  /// What is kept for a parameter, before the first step; two tensors like it, of 0, unless a rule says
  /// otherwise.
  static func initialSlots(for parameter: Tensor) -> [Tensor]
  /// The next value of a parameter, as `Optimizer.updated` describes it.
  static func updated(
    _ parameter: Tensor, gradient: Tensor, slots: inout [Tensor], rate: Tensor, step: Tensor,
    by moments: MomentSettings
  ) -> Tensor
}

extension MomentRule {
  public static func initialSlots(for parameter: Tensor) -> [Tensor] {
    [Tensor](repeating: .zeros(parameter.shape, dtype: parameter.dtype), count: 2)
  }
}
