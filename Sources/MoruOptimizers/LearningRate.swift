import MoruArchive
public import MoruGraph
import MoruTensors

/// The step size as a function of the number of steps done.
public enum LearningRate: Hashable, Sendable {
  /// Always the same.
  case constant(Double)
  /// `initial · rate^(t / steps)`; with `staircase` the exponent is a whole number.
  case exponentialDecay(initial: Double, steps: Int, rate: Double, staircase: Bool = false)
  /// `initial · ((1 − alpha) · (1 + cos(π · p)) / 2 + alpha)` with `p` the part done, from 0 to 1, of
  /// the `steps − warmup` steps after the warm-up; in the warm-up `initial · (t + 1) / warmup`.
  /// `steps` is the whole training if nil: `resolved(totalSteps:)` sets it.
  ///
  /// - Source: Loshchilov, Hutter 2016, arXiv:1608.03983, without restarts.
  case cosineDecay(initial: Double, steps: Int? = nil, alpha: Double = 0, warmup: Int = 0)

  /// The rate of the step after `iteration` steps (i64, from 0 on), a Float64 scalar.
  ///
  /// It carries an error if the schedule's length is open.
  public func value(at iteration: Tensor) -> Tensor {
    // In Float64: Float32 counts no further than 2²⁴ steps.
    let t = iteration.converted(to: .float64)
    switch self {
    case .constant(let rate): return Tensor(HostTensor(rate))
    case .exponentialDecay(let initial, let steps, let rate, let staircase):
      let exponent = t * Tensor(1 / Double(max(steps, 1)))
      return Tensor(initial) * pow(Tensor(rate), staircase ? floor(exponent) : exponent)
    case .cosineDecay(let initial, let steps, let alpha, let warmup):
      guard let steps else {
        return .failure(
          "cosineDecay", [iteration],
          Mismatch(
            "its number of steps is open", "Give steps, or use resolved(totalSteps:) of the rate."))
      }
      let length = Double(max(steps - warmup, 1))
      let done = clip((t - Tensor(Double(warmup))) * Tensor(1 / length), 0, 1)
      let wave = 0.5 * (1 + cos(Tensor(Double.pi) * done))
      let decayed = Tensor(initial) * (Tensor(1 - alpha) * wave + Tensor(alpha))
      guard warmup > 0 else { return decayed }
      return select(
        t .< Tensor(Double(warmup)), Tensor(initial / Double(warmup)) * (t + 1), decayed)
    }
  }

  /// The same schedule with lengths that were left open set to a training's number of steps.
  public func resolved(totalSteps: Int) -> LearningRate {
    if case .cosineDecay(let initial, nil, let alpha, let warmup) = self {
      return .cosineDecay(initial: initial, steps: totalSteps, alpha: alpha, warmup: warmup)
    }
    return self
  }
}

extension LearningRate: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  public init(floatLiteral value: Double) { self = .constant(value) }
  public init(integerLiteral value: Int) { self = .constant(Double(value)) }
}

extension LearningRate: Codable {
  private enum ExponentialKeys: String, CodingKey, CaseIterable {
    case kind, initial, steps, rate, staircase
  }
  private enum CosineKeys: String, CodingKey, CaseIterable {
    case kind, initial, steps, alpha, warmup
  }

  /// A number, or an object with `kind` and the settings of that schedule.
  public init(from decoder: any Decoder) throws {
    if let rate = try? decoder.singleValueContainer().decode(Double.self) {
      guard rate >= 0, rate.isFinite else {
        throw PlacedError(
          ConfigurationError.outOfRange(
            "learningRate", in: "optimizer", allowed: "a number of at least 0, not \(rate)"),
          at: decoder.codingPath)
      }
      self = .constant(rate)
      return
    }
    let (kind, hasSettings) = try decoder.kind()
    switch kind {
    case "exponentialDecay" where hasSettings:
      let fields = try Fields(decoder, ExponentialKeys.self, part: kind)
      let rate: Double = try fields.required(.rate)
      guard rate > 0 else { throw fields.outOfRange(.rate, "above 0, not \(rate)") }
      self = .exponentialDecay(
        initial: try fields.number(.initial, default: 1e-3, in: 0...1e6),
        steps: try fields.positive(.steps), rate: rate,
        staircase: try fields.value(.staircase, default: false))
    case "cosineDecay" where hasSettings:
      let fields = try Fields(decoder, CosineKeys.self, part: kind)
      let steps: Int? = try fields.optional(.steps)
      let warmup: Int = try fields.value(.warmup, default: 0)
      guard (steps ?? 1) >= 1 else { throw fields.outOfRange(.steps, "at least 1") }
      guard warmup >= 0 else { throw fields.outOfRange(.warmup, "at least 0") }
      self = .cosineDecay(
        initial: try fields.number(.initial, default: 1e-3, in: 0...1e6), steps: steps,
        alpha: try fields.number(.alpha, default: 0, in: 0...1),
        warmup: warmup)
    default:
      throw PlacedError(
        ConfigurationError.unknown(
          kind, of: "learning-rate schedule", among: ["exponentialDecay", "cosineDecay"]),
        at: decoder.codingPath + (hasSettings ? [kindKey] : []))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    if case .constant(let rate) = self {
      var container = encoder.singleValueContainer()
      return try container.encode(rate)
    }
    switch self {
    case .constant: break
    case .exponentialDecay(let initial, let steps, let rate, let staircase):
      var container = encoder.container(keyedBy: ExponentialKeys.self)
      try container.encode("exponentialDecay", forKey: .kind)
      try container.encode(initial, forKey: .initial)
      try container.encode(steps, forKey: .steps)
      try container.encode(rate, forKey: .rate)
      try container.encode(staircase, forKey: .staircase)
    case .cosineDecay(let initial, let steps, let alpha, let warmup):
      var container = encoder.container(keyedBy: CosineKeys.self)
      try container.encode("cosineDecay", forKey: .kind)
      try container.encode(initial, forKey: .initial)
      try container.encodeIfPresent(steps, forKey: .steps)
      try container.encode(alpha, forKey: .alpha)
      try container.encode(warmup, forKey: .warmup)
    }
  }
}
