internal import Foundation

/// Whether counts in categories come from one distribution: Pearson's test of homogeneity,
/// `χ² = Σ (observed − expected)² / expected` over a table of two or more rows.
///
/// - Source: Pearson 1900, doi:10.1080/14786440009463897; without Yates's correction.
public struct ChiSquare: Sendable, Equatable {
  /// χ².
  public let statistic: Double
  /// `(rows − 1)(columns − 1)`.
  public let degreesOfFreedom: Int
  /// The probability of such a statistic or a larger one if all rows come from one distribution.
  public let pValue: Double

  /// A table of counts, `[rows, columns]`, each at least 0. Categories that nobody has are left out; nil
  /// with fewer than two of them, or a row without counts.
  public init?(_ table: [[Double]]) {
    let width = table.map(\.count).min() ?? 0
    let columns = (0..<width).filter { column in table.contains { $0[column] > 0 } }
    let rows = table.map { row in columns.map { row[$0] } }
    let rowSums = rows.map { $0.reduce(0, +) }
    let total = rowSums.reduce(0, +)
    guard columns.count > 1, rows.count > 1, rowSums.allSatisfy({ $0 > 0 }), total.isFinite
    else { return nil }
    var statistic = 0.0
    for column in columns.indices {
      let columnSum = rows.reduce(0) { $0 + $1[column] }
      for row in rows.indices {
        let expected = rowSums[row] * columnSum / total
        statistic += (rows[row][column] - expected) * (rows[row][column] - expected) / expected
      }
    }
    self.statistic = statistic
    degreesOfFreedom = (rows.count - 1) * (columns.count - 1)
    pValue = Self.upperGamma(Double(degreesOfFreedom) / 2, statistic / 2)
  }

  /// The regularised upper incomplete gamma function `Q(a, x) = Γ(a, x) / Γ(a)`.
  ///
  /// - Source: DLMF 8.7.1 below x = a + 1, else the continued fraction 8.9.2, evaluated by Lentz's
  ///   method.
  private static func upperGamma(_ a: Double, _ x: Double) -> Double {
    guard x > 0 else { return 1 }
    let factor = exp(a * log(x) - x - lgamma(a).0)
    if x < a + 1 {
      var (term, sum, n) = (1 / a, 1 / a, a)
      while term > sum * 1e-17 {
        n += 1
        term *= x / n
        sum += term
      }
      return max(0, 1 - factor * sum)
    }
    var b = x + 1 - a
    var (c, d) = (1 / 1e-300, 1 / b)
    var fraction = d
    for step in 1...10_000 {
      let k = Double(step)
      let numerator = -k * (k - a)
      b += 2
      d = 1 / (numerator * d + b)
      c = b + numerator / c
      fraction *= d * c
      if abs(d * c - 1) < 1e-16 { break }
    }
    return factor * fraction
  }
}
