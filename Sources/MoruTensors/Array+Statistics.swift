extension [Double] {
  /// `Σx / n`; NaN for no numbers.
  package var mean: Double { reduce(0, +) / Double(count) }

  /// `Σ(x − x̄)²`
  package var squaredDeviations: Double {
    let mean = mean
    return reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
  }

  /// The population's, `√(Σ(x − x̄)² / n)`; NaN for no numbers.
  package var standardDeviation: Double { (squaredDeviations / Double(count)).squareRoot() }

  /// The number below which a share of sorted ones lies, linear between neighbours, as NumPy's default;
  /// NaN for no numbers.
  package func quantile(_ share: Double) -> Double {
    guard let last else { return .nan }
    let rank = share * Double(count - 1)
    let below = Int(rank)
    guard below + 1 < count else { return last }
    return self[below] + (rank - Double(below)) * (self[below + 1] - self[below])
  }
}
