import MoruArchive
public import MoruTensors

/// Changes a series by numbers that are normally distributed; `Rule` says how.
///
/// - Source: Um et al. 2017, arXiv:1706.00527, section 3.2.
public struct SeriesNoise<Rule: SeriesNoiseRule>: SeriesAugmentation {
  public static var kind: String { Rule.kind }
  /// Deviation of the numbers, at least 0.
  public let sigma: Double

  /// Numbers of this deviation.
  public init(_ sigma: Double = Rule.standard) { self.sigma = sigma }

  public func augmented(_ series: Series, using generator: inout SeededGenerator) -> Series {
    var result = series
    Rule.change(&result) { Float(sigma * generator.normal()) }
    return result
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case sigma }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    sigma = try fields.number(.sigma, default: Rule.standard, in: 0...1e9)
  }
}

/// What random numbers do to a series.
public protocol SeriesNoiseRule: Sendable {
  /// The augmentation's name in files and messages.
  static var kind: String { get }
  /// The numbers' deviation if nobody says.
  static var standard: Double { get }
  /// Changes a series by numbers that are normally distributed about 0.
  static func change(_ series: inout Series, _ number: () -> Float)
}
