import Foundation

/// The regularised incomplete beta function, `I_x(a, b)`: the beta distribution's cumulative
/// probability at `x`.
///
/// - Parameter x: A probability, 0…1.
/// - Parameter a: First shape, above 0.
/// - Parameter b: Second shape, above 0.
/// - Source: Lentz's evaluation of the continued fraction DLMF 8.17.22.
func incompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
  if x <= 0 { return 0 }
  if x >= 1 { return 1 }
  // The fraction converges fast below the mean only; beyond it, mirror.
  if x > (a + 1) / (a + b + 2) { return 1 - incompleteBeta(1 - x, b, a) }

  let tiny = 1e-300  // stands in for a zero denominator
  var c = 1.0
  var d = 1 / nonzero(1 - (a + b) * x / (a + 1), tiny)
  var fraction = d
  // The number of terms needed grows with √max(a, b); this bound is generous.
  for term in 1...(200 + Int(20 * max(a, b).squareRoot())) {
    let m = Double(term)
    let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
    d = 1 / nonzero(1 + even * d, tiny)
    c = nonzero(1 + even / c, tiny)
    fraction *= c * d
    let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 / nonzero(1 + odd * d, tiny)
    c = nonzero(1 + odd / c, tiny)
    fraction *= c * d
    if abs(c * d - 1) < 1e-15 { break }
  }
  let logFront =
    logGamma(a + b) - logGamma(a) - logGamma(b) + a * log(x) + b * log1p(-x) - log(a)
  return exp(logFront) * fraction
}

/// The `x` at which the beta distribution's cumulative probability is `probability`.
///
/// Halving needs no derivative and no start value, and ends when no number lies between.
func betaQuantile(_ probability: Double, _ a: Double, _ b: Double) -> Double {
  var lower = 0.0
  var upper = 1.0
  while true {
    let middle = lower + (upper - lower) / 2
    guard middle > lower, middle < upper else { return middle }
    if incompleteBeta(middle, a, b) < probability { lower = middle } else { upper = middle }
  }
}

private func nonzero(_ value: Double, _ substitute: Double) -> Double {
  abs(value) < substitute ? substitute : value
}

/// The sign that Foundation's `lgamma` also returns is always + here.
private func logGamma(_ x: Double) -> Double { lgamma(x).0 }
