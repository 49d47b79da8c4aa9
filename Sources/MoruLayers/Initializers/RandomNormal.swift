import MoruArchive
public import MoruTensors

/// Normal numbers.
public struct RandomNormal: Initializer {
  public static let kind = "randomNormal"
  /// The mean.
  public let mean: Double
  /// The standard deviation, at least 0.
  public let standardDeviation: Double

  /// Normal numbers of this mean and standard deviation.
  public init(mean: Double = 0, standardDeviation: Double = 0.05) {
    self.mean = mean
    self.standardDeviation = standardDeviation
  }

  public func distribution(of shape: Shape, fan: Fan) -> WeightDistribution {
    .normal(mean: mean, standardDeviation: standardDeviation)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case mean, standardDeviation }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    mean = try fields.value(.mean, default: 0)
    standardDeviation = try fields.number(.standardDeviation, default: 0.05, in: 0...1e6)
  }
}

extension Initializer where Self == RandomNormal {
  /// Normal numbers of this mean and standard deviation.
  public static func randomNormal(mean: Double = 0, standardDeviation: Double = 0.05) -> Self {
    .init(mean: mean, standardDeviation: standardDeviation)
  }
}
