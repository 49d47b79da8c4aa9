import Foundation

/// How far the proportion of one group lies above that of another, independent one, with an interval.
///
/// The interval is Newcombe's, from the ends of both groups' Wilson intervals. Where several
/// differences are looked at, each is given more room, so that all intervals together cover their true
/// values with 95 % (Bonferroni's correction).
///
/// - Source: Newcombe 1998, doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I,
///   method 10.
public struct ProportionDifference: Sendable, Equatable, CustomStringConvertible {
  /// The proportion of the group minus that of the other, −1…1.
  public let value: Double
  /// The lower end of the interval, −1…1.
  public let lower: Double
  /// The upper end of the interval, −1…1.
  public let upper: Double
  /// How many differences the interval allows for.
  public let comparisons: Int

  /// Whether the interval leaves out 0.
  public var isClear: Bool { lower > 0 || upper < 0 }

  /// The difference of the proportions of two groups.
  ///
  /// - Parameters:
  ///   - successes: How many of the group succeeded, 0…`count`.
  ///   - count: The size of the group, at least 1.
  ///   - otherSuccesses: How many of the other group succeeded.
  ///   - otherCount: The size of the other group.
  ///   - comparisons: How many differences are looked at, at least 1.
  /// - Throws: `badProportion` for counts that make no proportion, `badSetting` for no comparison.
  public init(
    _ successes: Int, of count: Int, against otherSuccesses: Int, of otherCount: Int,
    comparisons: Int = 1
  ) throws(MetricsError) {
    guard comparisons >= 1 else {
      throw .badSetting(name: "comparisons", value: Double(comparisons), allowed: "at least 1")
    }
    try self.init(
      successes, of: count, against: otherSuccesses, of: otherCount,
      error: 0.05 / Double(comparisons), comparisons: comparisons)
  }

  /// As the other, with the share of cases in which the interval may miss: for tests.
  package init(
    _ successes: Int, of count: Int, against otherSuccesses: Int, of otherCount: Int,
    error: Double, comparisons: Int = 1
  ) throws(MetricsError) {
    for (hits, count) in [(successes, count), (otherSuccesses, otherCount)] {
      guard count > 0, (0...count).contains(hits) else {
        throw .badProportion(successes: hits, count: count)
      }
    }
    let quantile = normalQuantile(upper: error / 2)
    let one = Interval(wilson: successes, of: count, quantile: quantile)
    let other = Interval(wilson: otherSuccesses, of: otherCount, quantile: quantile)
    let share = Double(successes) / Double(count)
    let otherShare = Double(otherSuccesses) / Double(otherCount)
    self.comparisons = comparisons
    value = share - otherShare
    func length(_ a: Double, _ b: Double) -> Double { (a * a + b * b).squareRoot() }
    lower = value - length(share - one.lower, other.upper - otherShare)
    upper = value + length(one.upper - share, otherShare - other.lower)
  }

  /// Such as `+4.2 points, −0.3 to +8.7 (95 % for 5 together, Newcombe)`.
  public var description: String {
    func points(_ value: Double) -> String {
      (value < 0 ? "−" : "+") + String(format: "%.1f", abs(value) * 100)
    }
    let together = comparisons == 1 ? "" : " for \(comparisons) together"
    return "\(points(value)) points, \(points(lower)) to \(points(upper)) "
      + "(95 %\(together), Newcombe)"
  }
}

/// What a standard normal number exceeds with this probability, below one half.
private func normalQuantile(upper probability: Double) -> Double {
  var (low, high) = (0.0, 40.0)
  for _ in 0..<100 {
    let middle = (low + high) / 2
    if 0.5 * erfc(middle / 2.squareRoot()) > probability { low = middle } else { high = middle }
  }
  return (low + high) / 2
}
