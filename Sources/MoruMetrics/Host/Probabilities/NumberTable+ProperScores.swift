import Foundation

extension NumberTable {
  /// The mean surprise at the true classes, `−Σ w·log p(y) / Σ w`, in nats: 0 is perfect.
  ///
  /// Probabilities are cut to ε…1 − ε, ε = 2⁻⁵², so that one mistake made with certainty is not
  /// infinite.
  ///
  /// - Parameter truth: The class of each sample.
  /// - Parameter weights: How much each sample counts, at least 0; all alike if nil.
  /// - Throws: `MetricsError` if lengths or weights do not fit, a class is out of range, or a number is
  ///   no probability.
  public func logLoss(truth: [Int], weights: [Double]? = nil) throws(MetricsError) -> Double {
    try check(truth: truth, weights: weights)
    try checkProbabilities()
    let limit = Double.ulpOfOne
    return mean(weights: weights) { row in
      -log(min(max(values[row * width + truth[row]], limit), 1 - limit))
    }
  }

  /// The mean squared distance of probabilities from what is true, `Σ w·Σⱼ (pⱼ − [y = j])² / Σ w`,
  /// halved for two classes, as is the custom: 0 is perfect.
  ///
  /// - Throws: As ``logLoss(truth:weights:)``.
  /// - Source: Brier 1950, doi:10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2.
  public func brierScore(truth: [Int], weights: [Double]? = nil) throws(MetricsError) -> Double {
    try check(truth: truth, weights: weights)
    try checkProbabilities()
    let sum = mean(weights: weights) { row in
      var sum = 0.0
      for column in 0..<width {
        let distance = values[row * width + column] - (column == truth[row] ? 1 : 0)
        sum += distance * distance
      }
      return sum
    }
    return width < 3 ? sum / 2 : sum
  }

  /// The share of samples whose class is among the `k` greatest scores, 0…1. A class ties in its favour:
  /// it counts unless `k` scores are greater than its own.
  ///
  /// - Throws: `MetricsError` if lengths or weights do not fit, a class is out of range, or `k` is below
  ///   1.
  public func topKAccuracy(
    _ k: Int, truth: [Int], weights: [Double]? = nil
  ) throws(MetricsError) -> Double {
    try check(truth: truth, weights: weights)
    guard k >= 1 else {
      throw .badSetting(name: "k", value: Double(k), allowed: "a whole number of at least 1")
    }
    return values.withUnsafeBufferPointer { values in
      mean(weights: weights) { row in
        let own = values[row * width + truth[row]]
        var greater = 0
        for column in 0..<width where values[row * width + column] > own { greater += 1 }
        return greater < k ? 1 : 0
      }
    }
  }
}
