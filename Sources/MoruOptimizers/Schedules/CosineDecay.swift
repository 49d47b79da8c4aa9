import MoruArchive
import MoruGraph

/// `initial · ((1 − alpha) · (1 + cos(π · p)) / 2 + alpha)` with `p` the part done, from 0 to 1, of
/// the `steps − warmup` steps after the warm-up; in the warm-up `initial · (t + 1) / warmup`.
///
/// - Source: Loshchilov, Hutter 2016, arXiv:1608.03983, without restarts. Keras's warm-up comes before
///   its `decay_steps`, ours is a part of `steps`.
public struct CosineDecay: TimedSchedule {
  public static let kind = "cosineDecay"
  /// The first rate, at least 0.
  public let initial: Double
  /// The number of steps it takes, at least 1; the whole training if nil.
  public internal(set) var steps: Int?
  /// The last rate as a part of the first, between 0 and 1.
  public let alpha: Double
  /// The number of steps in which the rate rises, at least 0.
  public let warmup: Int

  /// A rate that falls along half a cosine wave.
  public init(initial: Double = 1e-3, steps: Int? = nil, alpha: Double = 0, warmup: Int = 0) {
    self.initial = initial
    self.steps = steps
    self.alpha = alpha
    self.warmup = warmup
  }

  func rate(at t: Tensor, of steps: Int) -> Tensor {
    let length = Double(max(steps - warmup, 1))
    let done = clip((t - Tensor(Double(warmup))) * Tensor(1 / length), 0, 1)
    let decayed = Tensor(initial) * annealed(done, to: alpha)
    guard warmup > 0 else { return decayed }
    return select(t .< Tensor(Double(warmup)), Tensor(initial / Double(warmup)) * (t + 1), decayed)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case initial, steps, alpha, warmup }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    initial = try fields.rate(.initial)
    steps = try fields.steps(.steps)
    alpha = try fields.number(.alpha, default: 0, in: 0...1)
    warmup = try fields.value(.warmup, default: 0)
    guard warmup >= 0 else { throw fields.outOfRange(.warmup, "at least 0") }
  }
}

extension LearningRate {
  /// A rate that falls along half a cosine wave.
  public static func cosineDecay(
    initial: Double = 1e-3, steps: Int? = nil, alpha: Double = 0, warmup: Int = 0
  ) -> LearningRate {
    .schedule(CosineDecay(initial: initial, steps: steps, alpha: alpha, warmup: warmup))
  }
}
