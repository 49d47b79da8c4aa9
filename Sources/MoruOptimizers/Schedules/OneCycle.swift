import MoruArchive
import MoruGraph

/// Up and down once: along half a cosine wave from `greatest / divisor` to `greatest` in the first
/// `riseFraction` of the steps, then down to the first rate over `lastDivisor`.
///
/// - Source: Smith, Topin 2017, arXiv:1708.07120, as PyTorch, without the momentum's cycle.
public struct OneCycle: TimedSchedule {
  public static let kind = "oneCycle"
  /// The greatest rate, at least 0.
  public let greatest: Double
  /// The number of steps it takes, at least 1; the whole training if nil.
  public internal(set) var steps: Int?
  /// The part of the steps in which the rate rises, between 0 and 1.
  public let riseFraction: Double
  /// The greatest rate over the first, above 0.
  public let divisor: Double
  /// The first rate over the last, above 0.
  public let lastDivisor: Double

  /// Up and down once.
  public init(
    greatest: Double = 1e-2, steps: Int? = nil, riseFraction: Double = 0.3, divisor: Double = 25,
    lastDivisor: Double = 1e4
  ) {
    self.greatest = greatest
    self.steps = steps
    self.riseFraction = riseFraction
    self.divisor = divisor
    self.lastDivisor = lastDivisor
  }

  func rate(at t: Tensor, of steps: Int) -> Tensor {
    let peak = riseFraction * Double(steps) - 1
    let last = Double(max(steps - 1, 1))
    let first = greatest / divisor
    let rise = clip(t * Tensor(1 / max(peak, 1e-9)), 0, 1)
    let fall = clip((t - Tensor(peak)) * Tensor(1 / max(last - peak, 1e-9)), 0, 1)
    let rising = Tensor(greatest) - Tensor(greatest - first) * annealed(rise, to: 0)
    let falling = Tensor(greatest) * annealed(fall, to: 1 / (divisor * lastDivisor))
    return select(t .<= Tensor(peak), rising, falling)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case greatest, steps, riseFraction, divisor, lastDivisor
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    greatest = try fields.rate(.greatest, default: 1e-2)
    steps = try fields.steps(.steps)
    riseFraction = try fields.number(.riseFraction, default: 0.3, in: 0...1)
    divisor = try fields.number(.divisor, default: 25, in: 1e-6...1e12)
    lastDivisor = try fields.number(.lastDivisor, default: 1e4, in: 1e-6...1e12)
  }
}

extension LearningRate {
  /// Up and down once.
  public static func oneCycle(
    greatest: Double = 1e-2, steps: Int? = nil, riseFraction: Double = 0.3, divisor: Double = 25,
    lastDivisor: Double = 1e4
  ) -> LearningRate {
    .schedule(
      OneCycle(
        greatest: greatest, steps: steps, riseFraction: riseFraction, divisor: divisor,
        lastDivisor: lastDivisor))
  }
}
