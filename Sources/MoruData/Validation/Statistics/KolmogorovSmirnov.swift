internal import Foundation

/// Whether two samples of numbers come from one distribution, by the largest distance between their
/// empirical distribution functions, `D = sup |F₁(x) − F₂(x)|`.
///
/// The p-value is exact for small samples (up to a million pairs): the share of orders of both in which
/// the distance is at least D, none being equal. For larger ones it is that of Kolmogorov's limit,
/// `2 Σ (−1)^(k−1) exp(−2 k² λ²)` with `λ = D √(n₁ n₂ / (n₁ + n₂))`.
///
/// - Source: Hodges 1958, "The significance probability of the Smirnov two-sample test",
///   doi:10.1007/BF02589501.
public struct KolmogorovSmirnov: Sendable, Equatable {
  /// The distance, 0…1.
  public let statistic: Double
  /// The probability of such a distance or a larger one if both come from one distribution.
  public let pValue: Double

  private static let exactLimit = 1_000_000

  /// Compares two samples; nil if one of them is empty. None may hold NaN.
  public init?(_ first: [Double], _ second: [Double]) {
    self.init(first, second, counts: (first.count, second.count))
  }

  /// - Parameter counts: How many numbers the samples stand for, of which they are quantiles perhaps.
  init?(_ first: [Double], _ second: [Double], counts: (Int, Int)) {
    guard !first.isEmpty, !second.isEmpty, counts.0 > 0, counts.1 > 0 else { return nil }
    statistic = Self.distance(first.sorted(), second.sorted())
    let isExact =
      counts == (first.count, second.count) && first.count <= Self.exactLimit / second.count
    pValue =
      isExact
      ? Self.exact(statistic, first.count, second.count)
      : Self.limit(statistic, Double(counts.0), Double(counts.1))
  }

  private static func distance(_ first: [Double], _ second: [Double]) -> Double {
    var (one, other, largest) = (0, 0, 0.0)
    while one < first.count, other < second.count {
      let value = min(first[one], second[other])
      while one < first.count, first[one] == value { one += 1 }
      while other < second.count, second[other] == value { other += 1 }
      let gap = Double(one) / Double(first.count) - Double(other) / Double(second.count)
      largest = max(largest, abs(gap))
    }
    return largest
  }

  /// Walks over all orders as paths on a grid; each cell holds the share of paths to it on which the
  /// distance has stayed below `distance`.
  private static func exact(_ distance: Double, _ first: Int, _ second: Int) -> Double {
    let (n, m) = (Double(first), Double(second))
    // Distances are multiples of 1 / (n m): half of one keeps rounding out of comparisons.
    let mark = distance - 0.5 / (n * m)
    var row = [Double](repeating: 0, count: second + 1)
    for one in 0...first {
      for other in 0...second {
        guard abs(Double(one) / n - Double(other) / m) < mark else {
          row[other] = 0
          continue
        }
        if one == 0, other == 0 {
          row[0] = 1
        } else {
          // Of paths to this cell, the share `one / (one + other)` come from the row before.
          let total = Double(one + other)
          let before = row[other] * Double(one) / total
          let beside = other > 0 ? row[other - 1] * Double(other) / total : 0
          row[other] = before + beside
        }
      }
    }
    return max(0, min(1, 1 - row[second]))
  }

  /// Kolmogorov's limit of the p-value.
  package static func limit(_ distance: Double, _ first: Double, _ second: Double) -> Double {
    let lambda = distance * (first * second / (first + second)).squareRoot()
    guard lambda > 0.04 else { return 1 }
    if lambda < 1.18 {
      // The same function in the form that converges fast for small λ.
      let exponent = -Double.pi * Double.pi / (8 * lambda * lambda)
      let sum = [1.0, 3, 5, 7].reduce(0) { $0 + exp(exponent * $1 * $1) }
      return max(0, 1 - (2 * Double.pi).squareRoot() / lambda * sum)
    }
    let terms = (1...8).map { k in
      (k.isMultiple(of: 2) ? -1.0 : 1) * exp(-2 * Double(k * k) * lambda * lambda)
    }
    return max(0, min(1, 2 * terms.reduce(0, +)))
  }
}
