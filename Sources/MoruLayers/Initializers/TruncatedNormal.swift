import MoruArchive
public import MoruTensors

/// Normal numbers, none of them farther from the mean than twice the standard deviation: such ones are
/// drawn again.
public struct TruncatedNormal: Initializer {
  public static let kind = "truncatedNormal"
  /// The mean.
  public let mean: Double
  /// The standard deviation before numbers are cut off, at least 0.
  public let standardDeviation: Double

  /// Normal numbers of this mean and standard deviation.
  public init(mean: Double = 0, standardDeviation: Double = 0.05) {
    self.mean = mean
    self.standardDeviation = standardDeviation
  }

  public func distribution(of shape: Shape, fan: Fan) -> WeightDistribution {
    .truncatedNormal(mean: mean, standardDeviation: standardDeviation)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case mean, standardDeviation }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    mean = try fields.value(.mean, default: 0)
    standardDeviation = try fields.number(.standardDeviation, default: 0.05, in: 0...1e6)
  }
}

extension Initializer where Self == TruncatedNormal {
  /// Normal numbers of this mean and standard deviation, cut off at twice the deviation.
  public static func truncatedNormal(mean: Double = 0, standardDeviation: Double = 0.05) -> Self {
    .init(mean: mean, standardDeviation: standardDeviation)
  }
}
