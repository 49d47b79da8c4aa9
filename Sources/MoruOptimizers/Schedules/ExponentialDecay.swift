import MoruArchive
import MoruGraph

/// `initial · rate^(t / steps)`; with `staircase` the exponent is a whole number.
public struct ExponentialDecay: TimedSchedule {
  public static let kind = "exponentialDecay"
  /// The first rate, at least 0.
  public let initial: Double
  /// The number of steps it takes, at least 1; the whole training if nil.
  public internal(set) var steps: Int?
  /// What the rate is multiplied by in `steps` steps, above 0.
  public let rate: Double
  /// Whether rates change only every `steps` steps.
  public let staircase: Bool

  /// A rate that falls by the same factor in the same time.
  public init(
    initial: Double = 1e-3, steps: Int? = nil, rate: Double = 0.1, staircase: Bool = false
  ) {
    self.initial = initial
    self.steps = steps
    self.rate = rate
    self.staircase = staircase
  }

  func rate(at t: Tensor, of steps: Int) -> Tensor {
    let exponent = t * Tensor(1 / Double(max(steps, 1)))
    return Tensor(initial) * pow(Tensor(rate), staircase ? floor(exponent) : exponent)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case initial, steps, rate, staircase }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    initial = try fields.rate(.initial)
    steps = try fields.steps(.steps)
    rate = try fields.value(.rate, default: 0.1)
    staircase = try fields.value(.staircase, default: false)
    guard rate > 0 else { throw fields.outOfRange(.rate, "above 0, not \(rate)") }
  }
}

extension LearningRate {
  /// A rate that falls by the same factor in the same time.
  public static func exponentialDecay(
    initial: Double = 1e-3, steps: Int? = nil, rate: Double = 0.1, staircase: Bool = false
  ) -> LearningRate {
    .schedule(ExponentialDecay(initial: initial, steps: steps, rate: rate, staircase: staircase))
  }
}
