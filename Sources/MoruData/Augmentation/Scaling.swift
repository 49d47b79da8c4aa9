import MoruArchive
public import MoruTensors

/// Multiplies each feature of a series by a number of its own, normally distributed about 1.
///
/// - Source: Um et al. 2017, arXiv:1706.00527, section 3.2.
public struct Scaling: SeriesAugmentation {
  public static let kind = "scaling"
  /// Deviation of the factors, at least 0.
  public let sigma: Double

  /// Factors of this deviation.
  public init(_ sigma: Double = 0.1) { self.sigma = sigma }

  public func augmented(_ series: Series, using generator: inout SeededGenerator) -> Series {
    let factors = (0..<series.features).map { _ in Float(1 + sigma * generator.normal()) }
    var result = series
    for place in result.values.indices { result.values[place] *= factors[place % series.features] }
    return result
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case sigma }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    sigma = try fields.number(.sigma, default: 0.1, in: 0...1e9)
  }
}
