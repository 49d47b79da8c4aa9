import MoruArchive
public import MoruTensors

/// Adds a number, normally distributed about 0, to each number of a series.
///
/// - Source: Um et al. 2017, arXiv:1706.00527, section 3.2.
public struct Jitter: SeriesAugmentation {
  public static let kind = "jitter"
  /// Deviation of what is added, in the unit of the series, at least 0.
  public let sigma: Double

  /// Adds noise of this deviation.
  public init(_ sigma: Double = 0.03) { self.sigma = sigma }

  public func augmented(_ series: Series, using generator: inout SeededGenerator) -> Series {
    var result = series
    for place in result.values.indices {
      result.values[place] += Float(sigma * generator.normal())
    }
    return result
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case sigma }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    sigma = try fields.number(.sigma, default: 0.03, in: 0...1e9)
  }
}
