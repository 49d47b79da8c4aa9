import Foundation
import MoruArchive
import MoruGraph

/// Cosine decay that starts again at its end: the first time takes `steps` steps, each further one
/// `lengthFactor` times as many as the one before, from `heightFactor` times its height.
///
/// `initial · ((1 − alpha) · heightFactor^i · (1 + cos(π · p)) / 2 + alpha)` with i the number of
/// restarts and p the part done since the last one.
///
/// - Source: Loshchilov, Hutter 2016, arXiv:1608.03983.
public struct CosineDecayRestarts: TimedSchedule {
  public static let kind = "cosineDecayRestarts"
  /// The first rate, at least 0.
  public let initial: Double
  /// The number of steps it takes, at least 1; the whole training if nil.
  public internal(set) var steps: Int?
  /// How many times as long each time is as the one before, at least 1.
  public let lengthFactor: Double
  /// How many times as high each time begins as the one before, at least 0.
  public let heightFactor: Double
  /// The last rate as a part of the first, between 0 and 1.
  public let alpha: Double

  /// A rate that falls along half a cosine wave, again and again.
  public init(
    initial: Double = 1e-3, steps: Int? = nil, lengthFactor: Double = 2, heightFactor: Double = 1,
    alpha: Double = 0
  ) {
    self.initial = initial
    self.steps = steps
    self.lengthFactor = lengthFactor
    self.heightFactor = heightFactor
    self.alpha = alpha
  }

  func rate(at t: Tensor, of steps: Int) -> Tensor {
    let done = t * Tensor(1 / Double(max(steps, 1)))
    let restarts: Tensor
    let part: Tensor
    if lengthFactor == 1 {
      restarts = floor(done)
      part = done - restarts
    } else {
      // The times before the i-th take (factorⁱ − 1) / (factor − 1) of the first one's length. The
      // margin keeps a restart's own step from being rounded below it.
      let growth = lengthFactor - 1
      restarts = floor(
        log(1 + done * Tensor(growth)) * Tensor(1 / Foundation.log(lengthFactor)) + 1e-12)
      let length = pow(Tensor(lengthFactor), restarts)
      part = (done - (length - 1) * Tensor(1 / growth)) / length
    }
    let height = pow(Tensor(heightFactor), restarts)
    return Tensor(initial)
      * (Tensor(1 - alpha) * height * annealed(part, to: 0) + Tensor(alpha))
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case initial, steps, lengthFactor, heightFactor, alpha
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    initial = try fields.rate(.initial)
    steps = try fields.steps(.steps)
    lengthFactor = try fields.number(.lengthFactor, default: 2, in: 1...1e6)
    heightFactor = try fields.number(.heightFactor, default: 1, in: 0...1e6)
    alpha = try fields.number(.alpha, default: 0, in: 0...1)
  }
}

extension LearningRate {
  /// A rate that falls along half a cosine wave, again and again.
  public static func cosineDecayRestarts(
    initial: Double = 1e-3, steps: Int? = nil, lengthFactor: Double = 2, heightFactor: Double = 1,
    alpha: Double = 0
  ) -> LearningRate {
    .schedule(
      CosineDecayRestarts(
        initial: initial, steps: steps, lengthFactor: lengthFactor, heightFactor: heightFactor,
        alpha: alpha))
  }
}
