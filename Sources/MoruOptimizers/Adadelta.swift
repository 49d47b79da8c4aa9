import MoruArchive
public import MoruGraph

/// Steps that find their own size: `a ← rho · a + (1 − rho) · g²`,
/// `d = −√(s + epsilon) / √(a + epsilon) · g`, `s ← rho · s + (1 − rho) · d²`, `w ← w + rate · d`. The
/// paper's learning rate is 1.
///
/// - Source: Zeiler 2012, arXiv:1212.5701.
public struct Adadelta: Optimizer, Hashable {
  public static let kind = "adadelta"
  public var settings: UpdateSettings
  /// How slowly the mean squares follow, at least 0 and below 1.
  public let rho: Double
  /// Keeps the roots away from 0.
  public let epsilon: Double

  /// Steps that find their own size.
  public init(learningRate: LearningRate = 0.001, rho: Double = 0.95, epsilon: Double = 1e-7) {
    settings = UpdateSettings(learningRate: learningRate)
    self.rho = rho
    self.epsilon = epsilon
  }

  public func initialSlots(for parameter: Tensor) -> [Tensor] {
    [Tensor](repeating: .zeros(parameter.shape, dtype: parameter.dtype), count: 2)
  }

  public func updated(
    _ parameter: Tensor, gradient: Tensor, slots: inout [Tensor], rate: Tensor, step: Tensor
  ) -> Tensor {
    func moved(_ average: Tensor, _ value: Tensor) -> Tensor {
      Tensor(rho) * average + Tensor(1 - rho) * square(value)
    }
    slots[0] = moved(slots[0], gradient)
    let change =
      sqrt(slots[1] + Tensor(epsilon)) * rsqrt(slots[0] + Tensor(epsilon)) * gradient
    slots[1] = moved(slots[1], change)
    return parameter - rate * change
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case rho, epsilon }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(
      decoder, CodingKeys.self, part: Self.kind, besides: UpdateSettings.keys)
    settings = try UpdateSettings(
      decoder, part: Self.kind, default: UpdateSettings(learningRate: 0.001))
    rho = try fields.fraction(.rho, default: 0.95)
    epsilon = try fields.number(.epsilon, default: 1e-7, in: 0...1)
  }

  public func encode(to encoder: any Encoder) throws {
    try settings.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(rho, forKey: .rho)
    try container.encode(epsilon, forKey: .epsilon)
  }
}

extension Optimizer where Self == Adadelta {
  /// Steps that find their own size.
  public static func adadelta(
    learningRate: LearningRate = 0.001, rho: Double = 0.95, epsilon: Double = 1e-7
  ) -> Self { .init(learningRate: learningRate, rho: rho, epsilon: epsilon) }
}
