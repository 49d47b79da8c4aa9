import Foundation

/// A threshold that a chosen share of good samples exceeds, from the scores of good samples that nothing
/// else was learned from.
///
/// Of n scores it is the k-th least, `k = ⌈(n + 1)(1 − rate)⌉`. Then a further good sample, drawn as those
/// were, is above it with a probability of at most `(n + 1 − k) / (n + 1) ≤ rate`, whatever the scores'
/// distribution is. That holds over all draws of the n scores; with those at hand, the true rate is one
/// draw of the beta distribution with `n + 1 − k` and k, or less where scores are equal.
///
/// - Source: Vovk 2012, "Conditional validity of inductive conformal predictors", arXiv:1209.2673,
///   propositions 1 and 2a.
public struct FalseAlarmThreshold: Codable, Sendable, Equatable {
  /// The greatest score that is not an alarm.
  public let value: Double
  /// The share of good samples above the threshold that was asked for, between 0 and 1.
  public let rate: Double
  /// How many scores it comes from.
  public let samples: Int

  /// The threshold of some good samples' scores.
  ///
  /// - Throws: `MetricsError.badSetting` for a rate that is not between 0 and 1, `.tooFewGood` for fewer
  ///   scores than ``samplesNeeded(for:)``, `.notFinite`.
  public init(goodScores scores: [Double], rate: Double) throws(MetricsError) {
    guard rate > 0, rate < 1 else {
      throw .badSetting(name: "The false-alarm rate", value: rate, allowed: "between 0 and 1")
    }
    try Checks.finite(scores, side: .predicted)
    let needed = Self.samplesNeeded(for: rate)
    guard scores.count >= needed else {
      throw .tooFewGood(found: scores.count, needed: needed, rate: rate)
    }
    value = scores.sorted()[scores.count - Self.alarms(of: scores.count, rate: rate)]
    self.rate = rate
    samples = scores.count
  }

  /// The share of further good samples above the threshold that is expected, at most `rate`, with the
  /// interval in which the true share is found for 95 % of such sets of scores.
  public var expected: Estimate { Self.expected(samples: samples, rate: rate) }

  /// What is expected of a threshold from so many scores.
  ///
  /// - Parameters:
  ///   - samples: At least ``samplesNeeded(for:)``.
  ///   - rate: What was asked for.
  public static func expected(samples: Int, rate: Double) -> Estimate {
    let above = max(Double(alarms(of: samples, rate: rate)), 1)
    let below = max(Double(samples) + 1 - above, 1)
    return Estimate(
      value: above / (above + below),
      interval: Interval(
        lower: betaQuantile(0.025, above, below), upper: betaQuantile(0.975, above, below),
        method: .beta))
  }

  /// The fewest scores from which a threshold for a rate can be had: `⌈1 / rate⌉ − 1`.
  public static func samplesNeeded(for rate: Double) -> Int {
    guard rate > 0, rate < 1 else { return 1 }
    let exact = 1 / rate - 1
    guard exact < Double(Int32.max) else { return Int(Int32.max) }
    var needed = max(Int(exact) - 1, 1)
    while alarms(of: needed, rate: rate) < 1 { needed += 1 }
    return needed
  }

  /// `⌊(n + 1) · rate⌋`, where rounding of the product does not take one away: 100 · 0.01 is 1.
  private static func alarms(of count: Int, rate: Double) -> Int {
    Int(((Double(count) + 1) * rate * (1 + 1e-12)).rounded(.down))
  }
}
