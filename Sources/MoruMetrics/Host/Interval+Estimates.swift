import Foundation

extension Interval {
  /// `estimate ± t · standardError`, with the 97.5 % quantile t of Student's distribution: exact for
  /// normal errors.
  ///
  /// - Parameter degreesOfFreedom: At least 1.
  /// - Source: Student 1908, doi:10.2307/2331554.
  package static func student(
    _ estimate: Double, standardError: Double, degreesOfFreedom: Int
  ) -> Interval {
    let freedom = Double(degreesOfFreedom)
    // ν / (ν + t²) has the beta distribution of shapes ν/2 and ½.
    let share = betaQuantile(0.05, freedom / 2, 0.5)
    let margin = (freedom * (1 - share) / share).squareRoot() * standardError
    return Interval(lower: estimate - margin, upper: estimate + margin, method: .student)
  }

  /// `estimate ± 1.96 · standardError`: right for many samples.
  ///
  /// - Source: Wald 1943, doi:10.1090/S0002-9947-1943-0012401-3.
  package static func wald(_ estimate: Double, standardError: Double) -> Interval {
    let margin = 1.959963984540054 * standardError
    return Interval(lower: estimate - margin, upper: estimate + margin, method: .wald)
  }
}

/// The probability of a value of Student's distribution farther from 0 than `t`, on either side.
package func studentTails(_ t: Double, degreesOfFreedom: Int) -> Double {
  let freedom = Double(degreesOfFreedom)
  return incompleteBeta(freedom / (freedom + t * t), freedom / 2, 0.5)
}

/// The probability of a value of the normal distribution farther from 0 than `z`, on either side.
package func normalTails(_ z: Double) -> Double { erfc(abs(z) / 2.0.squareRoot()) }
