/// By how much a figure of a second model exceeds that of a first on the same samples, and how sure
/// that is.
public struct PairedComparison: Codable, Sendable, Equatable {
  /// The first model's figure.
  public let first: Double
  /// The second model's figure.
  public let second: Double
  /// The second less the first, with its interval over resamples that both models are judged on.
  public let difference: Estimate
  /// The share of resamples in which the second is the better one, equal ones counting half, 0…1.
  public let shareBetter: Double

  /// Whether the interval lies on the better side of 0 entirely.
  public let isBetter: Bool

  /// Compares two models.
  ///
  /// - Parameters:
  ///   - count: The number of samples.
  ///   - bootstrap: The resamples.
  ///   - isBetterGreater: Whether a greater figure is the better one.
  ///   - first: The first model's figure of the samples at some places.
  ///   - second: The second model's figure of the same.
  /// - Throws: `noSamples`; `undefinedFigure` if a figure of all samples is not a number.
  public init(
    count: Int, bootstrap: Bootstrap, isBetterGreater: Bool = true,
    first: ([Int]) -> Double, second: ([Int]) -> Double
  ) throws(MetricsError) {
    guard count > 0 else { throw .noSamples }
    let all = Array(0..<count)
    (self.first, self.second) = (first(all), second(all))
    guard self.first.isFinite, self.second.isFinite else { throw .undefinedFigure }
    let differences = bootstrap.values(count: count) { second($0.places) - first($0.places) }
      .filter(\.isFinite)
    difference = Bootstrap.estimate(self.second - self.first, differences)
    let sign = isBetterGreater ? 1.0 : -1
    let better = differences.reduce(0) { $0 + (sign * $1 > 0 ? 1 : $1 == 0 ? 0.5 : 0) }
    shareBetter = ratio(better, Double(differences.count))
    isBetter = isBetterGreater ? difference.interval.lower > 0 : difference.interval.upper < 0
  }
}
