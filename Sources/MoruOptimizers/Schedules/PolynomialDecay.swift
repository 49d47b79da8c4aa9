import MoruArchive
import MoruGraph

/// `(initial − end) · (1 − p)^power + end` with `p = t / steps`, at most 1; with `cycles`, `p = t` over
/// the next multiple of `steps`, so that the rate rises again and again.
public struct PolynomialDecay: TimedSchedule {
  public static let kind = "polynomialDecay"
  /// The first rate, at least 0.
  public let initial: Double
  /// The number of steps it takes, at least 1; the whole training if nil.
  public internal(set) var steps: Int?
  /// The last rate, at least 0.
  public let end: Double
  /// The exponent, above 0; 1 is a straight line.
  public let power: Double
  /// Whether the rate rises again at the end.
  public let cycles: Bool

  /// A rate that falls as a power of the steps that are left.
  public init(
    initial: Double = 1e-3, steps: Int? = nil, end: Double = 1e-4, power: Double = 1,
    cycles: Bool = false
  ) {
    self.initial = initial
    self.steps = steps
    self.end = end
    self.power = power
    self.cycles = cycles
  }

  func rate(at t: Tensor, of steps: Int) -> Tensor {
    let length = Tensor(Double(max(steps, 1)))
    let part = cycles ? t / (length * maximum(ceil(t / length), 1)) : minimum(t / length, 1)
    return Tensor(initial - end) * pow(1 - part, Tensor(power)) + Tensor(end)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case initial, steps, end, power, cycles
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    initial = try fields.rate(.initial)
    steps = try fields.steps(.steps)
    end = try fields.rate(.end, default: 1e-4)
    power = try fields.number(.power, default: 1, in: 1e-6...1e6)
    cycles = try fields.value(.cycles, default: false)
  }
}

extension LearningRate {
  /// A rate that falls as a power of the steps that are left.
  public static func polynomialDecay(
    initial: Double = 1e-3, steps: Int? = nil, end: Double = 1e-4, power: Double = 1,
    cycles: Bool = false
  ) -> LearningRate {
    .schedule(
      PolynomialDecay(initial: initial, steps: steps, end: end, power: power, cycles: cycles))
  }
}
