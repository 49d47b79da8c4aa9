import MoruArchive
import MoruGraph

/// `initial / (1 + rate · t / steps)`; with `staircase` the quotient `t / steps` is a whole number.
public struct InverseTimeDecay: TimedSchedule {
  public static let kind = "inverseTimeDecay"
  /// The first rate, at least 0.
  public let initial: Double
  /// The number of steps it takes, at least 1; the whole training if nil.
  public internal(set) var steps: Int?
  /// How fast the rate falls, at least 0.
  public let rate: Double
  /// Whether rates change only every `steps` steps.
  public let staircase: Bool

  /// A rate that falls like 1 over the number of steps.
  public init(initial: Double = 1e-3, steps: Int? = nil, rate: Double = 1, staircase: Bool = false)
  {
    self.initial = initial
    self.steps = steps
    self.rate = rate
    self.staircase = staircase
  }

  func rate(at t: Tensor, of steps: Int) -> Tensor {
    let quotient = t * Tensor(1 / Double(max(steps, 1)))
    return Tensor(initial) / (1 + Tensor(rate) * (staircase ? floor(quotient) : quotient))
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case initial, steps, rate, staircase }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    initial = try fields.rate(.initial)
    steps = try fields.steps(.steps)
    rate = try fields.number(.rate, default: 1, in: 0...1e9)
    staircase = try fields.value(.staircase, default: false)
  }
}

extension LearningRate {
  /// A rate that falls like 1 over the number of steps.
  public static func inverseTimeDecay(
    initial: Double = 1e-3, steps: Int? = nil, rate: Double = 1, staircase: Bool = false
  ) -> LearningRate {
    .schedule(InverseTimeDecay(initial: initial, steps: steps, rate: rate, staircase: staircase))
  }
}
