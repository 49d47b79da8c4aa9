import MoruArchive

/// What every optimizer has: how large steps are, and what is done with gradients before and with
/// weights after them.
public struct UpdateSettings: Hashable, Sendable {
  /// Step size by iteration.
  public var learningRate: LearningRate
  /// How fast weights shrink by themselves, for each unit of learning rate, at least 0.
  public var weightDecay: Double
  /// The greatest size of a gradient's element; nil for no limit.
  public var clipValue: Double?
  /// The greatest length of one parameter's gradient; nil for no limit.
  public var clipNorm: Double?
  /// The greatest length of the gradient of all parameters together; nil for no limit.
  public var globalClipNorm: Double?
  /// How slowly the running mean of the weights follows; nil if none is kept.
  public var emaMomentum: Double?
  /// After how many steps weights are set to their running mean; nil for never.
  public var emaOverwriteFrequency: Int?
  /// What losses are multiplied by; nil for nothing.
  public var lossScaling: LossScaling?
  /// What the learning rate of parameters below some paths is multiplied by, at least 0; the longest
  /// path that fits decides.
  public var rateFactors: [String: Double]?
  /// Paths below which elements of parameters that are exactly 0 stay 0; none if nil.
  public var keptZeros: [String]?

  /// A step size, and nothing done besides.
  public init(learningRate: LearningRate, weightDecay: Double = 0) {
    self.learningRate = learningRate
    self.weightDecay = weightDecay
  }
}

/// What a loss is multiplied by before gradients are taken.
public enum LossScaling: Hashable, Sendable {
  /// Always the same number, above 0.
  case constant(Double)
  /// A number that doubles after `growthSteps` steps whose gradients were finite, and halves, without
  /// a step being done, when they were not.
  ///
  /// - Source: Micikevicius et al. 2017, arXiv:1710.03740.
  case dynamic(initial: Double = 32768, growthSteps: Int = 2000)
}

extension UpdateSettings: Encodable {
  private enum CodingKeys: String, CodingKey, CaseIterable {
    case learningRate, weightDecay, clipValue, clipNorm, globalClipNorm, emaMomentum
    case emaOverwriteFrequency, lossScaling, rateFactors, keptZeros
  }

  /// The names of the settings in files, beside an optimizer's own.
  static let keys = CodingKeys.allCases.map(\.stringValue)

  /// Reads the settings that stand beside an optimizer's own.
  ///
  /// - Parameter standard: What is left out of the file.
  init(_ decoder: any Decoder, part: String, default standard: UpdateSettings) throws {
    let fields = Fields(try decoder.container(keyedBy: CodingKeys.self), part: part)
    func limit(_ key: CodingKeys) throws -> Double? {
      guard let number: Double = try fields.optional(key) else { return nil }
      guard number > 0, number.isFinite else {
        throw fields.outOfRange(key, "above 0, not \(number)")
      }
      return number
    }
    self = standard
    learningRate = try fields.value(.learningRate, default: standard.learningRate)
    weightDecay = try fields.number(.weightDecay, default: standard.weightDecay, in: 0...1e6)
    clipValue = try limit(.clipValue)
    clipNorm = try limit(.clipNorm)
    globalClipNorm = try limit(.globalClipNorm)
    if let momentum: Double = try fields.optional(.emaMomentum) {
      emaMomentum = try fields.fraction(.emaMomentum, default: momentum)
    }
    if let frequency: Int = try fields.optional(.emaOverwriteFrequency) {
      guard frequency >= 1, emaMomentum != nil else {
        throw fields.outOfRange(.emaOverwriteFrequency, "at least 1, beside an emaMomentum")
      }
      emaOverwriteFrequency = frequency
    }
    lossScaling = try fields.optional(.lossScaling)
    keptZeros = try fields.optional(.keptZeros)
    rateFactors = try fields.optional(.rateFactors)
    if let factor = rateFactors?.values.first(where: { !($0 >= 0 && $0.isFinite) }) {
      throw fields.outOfRange(.rateFactors, "at least 0, not \(factor)")
    }
  }
}

extension LossScaling: Codable {
  private enum CodingKeys: String, CodingKey, CaseIterable { case initial, growthSteps }

  /// A number, or an object with `initial` and `growthSteps`.
  public init(from decoder: any Decoder) throws {
    if let factor = try? decoder.singleValueContainer().decode(Double.self) {
      guard factor > 0, factor.isFinite else {
        throw PlacedError(
          ConfigurationError.outOfRange(
            "lossScaling", in: "optimizer", allowed: "above 0, not \(factor)"),
          at: decoder.codingPath)
      }
      self = .constant(factor)
      return
    }
    let fields = try Fields(decoder, CodingKeys.self, part: "lossScaling")
    self = .dynamic(
      initial: try fields.number(.initial, default: 32768, in: 1e-6...1e30),
      growthSteps: try fields.positive(.growthSteps, default: 2000))
  }

  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .constant(let factor):
      var container = encoder.singleValueContainer()
      try container.encode(factor)
    case .dynamic(let initial, let growthSteps):
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(initial, forKey: .initial)
      try container.encode(growthSteps, forKey: .growthSteps)
    }
  }
}
