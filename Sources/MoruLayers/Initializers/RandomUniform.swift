import MoruArchive
public import MoruTensors

/// Numbers uniform from `low` to `high`.
public struct RandomUniform: Initializer {
  public static let kind = "randomUniform"
  /// The least number.
  public let low: Double
  /// The greatest number, at least `low`.
  public let high: Double

  /// Numbers from `low` to `high`.
  public init(low: Double = -0.05, high: Double = 0.05) {
    self.low = low
    self.high = high
  }

  public func distribution(of shape: Shape, fan: Fan) -> WeightDistribution {
    .uniform(low: low, high: high)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case low, high }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    low = try fields.value(.low, default: -0.05)
    high = try fields.value(.high, default: 0.05)
    guard low <= high else { throw fields.outOfRange(.high, "at least low, \(low)") }
  }
}

extension Initializer where Self == RandomUniform {
  /// Numbers uniform from `low` to `high`.
  public static func randomUniform(low: Double = -0.05, high: Double = 0.05) -> Self {
    .init(low: low, high: high)
  }
}
