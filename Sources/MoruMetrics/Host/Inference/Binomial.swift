import Foundation
import MoruTensors

extension SeededGenerator {
  /// How often an event of probability `p` happens in `n` independent trials.
  ///
  /// - Source: Hörmann 1993, "The generation of binomial random variates",
  ///   doi:10.1080/00949659308811496, algorithm BTRS; few expected events are counted off from none.
  mutating func binomial(_ n: Int, _ p: Double) -> Int {
    if p <= 0 || n == 0 { return 0 }
    if p >= 1 { return n }
    if p > 0.5 { return n - binomial(n, 1 - p) }
    return Double(n) * p < 10 ? binomialFromNone(n, p) : binomialByRejection(n, p)
  }

  private mutating func binomialFromNone(_ n: Int, _ p: Double) -> Int {
    let odds = p / (1 - p)
    var probability = exp(Double(n) * log1p(-p))
    var rest = uniform()
    for count in 0..<n {
      if rest < probability { return count }
      rest -= probability
      probability *= odds * Double(n - count) / Double(count + 1)
    }
    return n
  }

  private mutating func binomialByRejection(_ n: Int, _ p: Double) -> Int {
    let trials = Double(n)
    let spread = (trials * p * (1 - p)).squareRoot()
    let b = 1.15 + 2.53 * spread
    let a = -0.0873 + 0.0248 * b + 0.01 * p
    let center = trials * p + 0.5
    let mode = ((trials + 1) * p).rounded(.down)
    let logOdds = log(p / (1 - p))
    let peak = lgamma(mode + 1).0 + lgamma(trials - mode + 1).0
    while true {
      let u = uniform() - 0.5
      let v = uniform()
      let distance = 0.5 - abs(u)
      let count = ((2 * a / distance + b) * u + center).rounded(.down)
      guard count >= 0, count <= trials else { continue }
      if distance >= 0.07, v <= 0.92 - 4.2 / b { return Int(count) }
      let bound =
        peak - lgamma(count + 1).0 - lgamma(trials - count + 1).0 + (count - mode) * logOdds
      let height = (2.83 + 5.1 / b) * spread / (a / (distance * distance) + b)
      if log(v * height) <= bound { return Int(count) }
    }
  }
}
