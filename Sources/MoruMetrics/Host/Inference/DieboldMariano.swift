import Foundation
import MoruTensors

/// Whether one forecast loses less than another over the same times, as sure as losses that hang together
/// in time allow: `d̄ / √(V / n)` with `V = γ₀ + 2 Σ γₖ` of the differences `d` of losses, `k = 1 … lags`.
///
/// - Source: Diebold & Mariano 1995, doi:10.1080/07350015.1995.10524599; corrected for few forecasts after
///   Harvey, Leybourne & Newbold 1997, doi:10.1016/S0169-2070(96)00719-4, with Student's distribution.
public struct DieboldMariano: Codable, Sendable, Equatable {
  /// The corrected statistic: below 0 the first loses less.
  public let statistic: Double
  /// The probability of a statistic as far from 0 if both lose alike, on either side.
  public let pValue: Double
  /// How many neighbours' differences were taken to hang together.
  public let lags: Int

  /// Compares losses.
  ///
  /// - Parameters:
  ///   - first: The first forecast's loss at each time, in order.
  ///   - second: The second's at the same times.
  ///   - lags: How many neighbours overlap: steps ahead less 1, by steps between forecasts.
  /// - Throws: `lengthsDiffer`, `noSamples` for fewer than two, `notFinite`; `badSetting` for lags below 0.
  /// - Returns: Nil where the differences do not vary, or so that their variance comes out negative.
  public init?(first: [Double], second: [Double], lags: Int) throws(MetricsError) {
    try Checks.pairs(truth: first.count, predicted: second.count, weights: nil)
    try Checks.finite(first, side: .truth)
    try Checks.finite(second, side: .predicted)
    guard lags >= 0 else {
      throw .badSetting(name: "lags", value: Double(lags), allowed: "a whole number from 0 on")
    }
    let count = first.count
    guard count > 1 else { throw .noSamples }
    let differences = zip(first, second).map { $0 - $1 }
    let mean = differences.mean
    let used = min(lags, count - 1)
    func covariance(_ lag: Int) -> Double {
      zip(differences.dropFirst(lag), differences).reduce(0) {
        $0 + ($1.0 - mean) * ($1.1 - mean)
      } / Double(count)
    }
    let variance = covariance(0) + (0..<used).reduce(0) { $0 + 2 * covariance($1 + 1) }
    // What rounding leaves of equal differences is no variation.
    guard variance > 1e-24 * mean * mean, variance > 0 else { return nil }
    let (n, h) = (Double(count), Double(used + 1))
    let correction = (n + 1 - 2 * h + h * (h - 1) / n) / n
    guard correction > 0 else { return nil }
    statistic = mean / (variance / n).squareRoot() * correction.squareRoot()
    pValue = studentTails(statistic, degreesOfFreedom: count - 1)
    self.lags = used
  }
}
