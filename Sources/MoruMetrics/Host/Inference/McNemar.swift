import Foundation

/// Whether two models judged on the same samples err equally often, from the samples that one judges
/// right and the other wrong.
///
/// - Source: McNemar 1947, doi:10.1007/BF02295996; the correction is Edwards 1948,
///   doi:10.1007/BF02289261.
public struct McNemarTest: Codable, Sendable, Equatable {
  /// The samples that only the first model judges right.
  public let onlyFirst: Int
  /// The samples that only the second model judges right.
  public let onlySecond: Int

  /// A test from counts, each at least 0.
  ///
  /// - Throws: `badProportion` for negative counts.
  public init(onlyFirst: Int, onlySecond: Int) throws(MetricsError) {
    guard onlyFirst >= 0, onlySecond >= 0, onlyFirst <= Int.max - onlySecond else {
      throw .badProportion(successes: onlyFirst, count: onlySecond)
    }
    self.onlyFirst = onlyFirst
    self.onlySecond = onlySecond
  }

  /// Compares answers.
  ///
  /// - Throws: `MetricsError` if there are no samples or lengths differ.
  public init<Answer: Equatable>(
    truth: [Answer], first: [Answer], second: [Answer]
  ) throws(MetricsError) {
    try Checks.pairs(truth: truth.count, predicted: first.count, weights: nil)
    try Checks.pairs(truth: truth.count, predicted: second.count, weights: nil)
    var counts = (first: 0, second: 0)
    for place in truth.indices {
      let isFirst = first[place] == truth[place]
      guard isFirst != (second[place] == truth[place]) else { continue }
      if isFirst { counts.first += 1 } else { counts.second += 1 }
    }
    try self.init(onlyFirst: counts.first, onlySecond: counts.second)
  }

  /// How probable counts at least as unequal are if both models err equally often, by the binomial
  /// distribution, 0…1; 1 if the models differ nowhere.
  public var exactPValue: Double {
    let (least, all) = (min(onlyFirst, onlySecond), onlyFirst + onlySecond)
    guard 2 * least < all else { return 1 }
    // P(X ≤ k) of n trials at one half is I(1/2; n − k, k + 1).
    return min(1, 2 * incompleteBeta(0.5, Double(all - least), Double(least + 1)))
  }

  /// `(|b − c| − 1)² / (b + c)`, or without the 1; 0 if the models differ nowhere.
  ///
  /// - Parameter isCorrected: Whether the step from whole counts to a continuous distribution is
  ///   corrected for.
  public func chiSquare(isCorrected: Bool = true) -> Double {
    let distance = abs(Double(onlyFirst) - Double(onlySecond)) - (isCorrected ? 1 : 0)
    return ratio(distance * distance, Double(onlyFirst) + Double(onlySecond))
  }

  /// The same probability by the χ² distribution of one degree of freedom, for many samples.
  public func chiSquarePValue(isCorrected: Bool = true) -> Double {
    erfc((chiSquare(isCorrected: isCorrected) / 2).squareRoot())
  }
}
