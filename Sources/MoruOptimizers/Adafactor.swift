import MoruArchive
public import MoruGraph
import MoruTensors

/// Adam without a mean and with mean squares of rows and columns in place of a full matrix, for models
/// that fill the memory.
///
/// With `b = 1 − t^beta2Decay`: `r ← b · r + (1 − b) · mean over columns of (g² + epsilon1)`, `c` alike
/// over rows, `v = r · c / mean(r)`; `v` of vectors is kept as it is. With `u = g / √v`:
/// `w ← w − max(epsilon2, rms(w)) · min(rate, 1/√t) · u / max(1, rms(u) / clipThreshold)`.
///
/// - Source: Shazeer, Stern 2018, arXiv:1804.04235.
public struct Adafactor: Optimizer, Hashable {
  public static let kind = "adafactor"
  public var settings: UpdateSettings
  /// The exponent by which the mean squares slow down, at most 0.
  public let beta2Decay: Double
  /// Keeps the mean squares away from 0.
  public let epsilon1: Double
  /// The least size that a parameter is taken for.
  public let epsilon2: Double
  /// The greatest root mean square of a step before its rate, above 0.
  public let clipThreshold: Double

  /// Adam in the memory of rows and columns.
  public init(
    learningRate: LearningRate = 0.001, beta2Decay: Double = -0.8, epsilon1: Double = 1e-30,
    epsilon2: Double = 1e-3, clipThreshold: Double = 1
  ) {
    settings = UpdateSettings(learningRate: learningRate)
    self.beta2Decay = beta2Decay
    self.epsilon1 = epsilon1
    self.epsilon2 = epsilon2
    self.clipThreshold = clipThreshold
  }

  public func initialSlots(for parameter: Tensor) -> [Tensor] {
    guard parameter.rank >= 2 else { return [.zeros(parameter.shape, dtype: parameter.dtype)] }
    return [parameter.rank - 1, parameter.rank - 2].map { axis in
      var shape = parameter.shape.dimensions
      shape[axis] = 1
      return .zeros(Shape(shape), dtype: parameter.dtype)
    }
  }

  public func updated(
    _ parameter: Tensor, gradient: Tensor, slots: inout [Tensor], rate: Tensor, step: Tensor
  ) -> Tensor {
    let decay = (1 - pow(step, Tensor(beta2Decay))).converted(to: rate.dtype)
    func moved(_ average: Tensor, _ value: Tensor) -> Tensor {
      decay * average + (1 - decay) * value
    }
    let squares = square(gradient) + Tensor(epsilon1)
    var change: Tensor
    if parameter.rank >= 2 {
      slots[0] = moved(slots[0], squares.mean(axes: [-1], keepingAxes: true))
      slots[1] = moved(slots[1], squares.mean(axes: [-2], keepingAxes: true))
      // Two roots, because the product of two small mean squares would be 0.
      let rows = rsqrt(slots[0] / slots[0].mean(axes: [-2], keepingAxes: true))
      change = gradient * rows * rsqrt(slots[1])
    } else {
      slots[0] = moved(slots[0], squares)
      change = gradient * rsqrt(slots[0])
    }
    func size(_ x: Tensor) -> Tensor { sqrt(square(x).mean()) }
    change = change / maximum(size(change) * Tensor(1 / clipThreshold), 1)
    let slowed = minimum(rate, rsqrt(step).converted(to: rate.dtype))
    return parameter - maximum(size(parameter), Tensor(epsilon2)) * slowed * change
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case beta2Decay, epsilon1, epsilon2, clipThreshold
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(
      decoder, CodingKeys.self, part: Self.kind, besides: UpdateSettings.keys)
    settings = try UpdateSettings(
      decoder, part: Self.kind, default: UpdateSettings(learningRate: 0.001))
    beta2Decay = try fields.number(.beta2Decay, default: -0.8, in: -10...0)
    epsilon1 = try fields.number(.epsilon1, default: 1e-30, in: 0...1)
    epsilon2 = try fields.number(.epsilon2, default: 1e-3, in: 0...1)
    clipThreshold = try fields.number(.clipThreshold, default: 1, in: 1e-12...1e12)
  }

  public func encode(to encoder: any Encoder) throws {
    try settings.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(beta2Decay, forKey: .beta2Decay)
    try container.encode(epsilon1, forKey: .epsilon1)
    try container.encode(epsilon2, forKey: .epsilon2)
    try container.encode(clipThreshold, forKey: .clipThreshold)
  }
}

extension Optimizer where Self == Adafactor {
  /// Adam in the memory of rows and columns.
  public static func adafactor(
    learningRate: LearningRate = 0.001, beta2Decay: Double = -0.8, epsilon1: Double = 1e-30,
    epsilon2: Double = 1e-3, clipThreshold: Double = 1
  ) -> Self {
    .init(
      learningRate: learningRate, beta2Decay: beta2Decay, epsilon1: epsilon1, epsilon2: epsilon2,
      clipThreshold: clipThreshold)
  }
}
