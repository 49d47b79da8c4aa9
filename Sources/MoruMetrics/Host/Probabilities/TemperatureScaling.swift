import Foundation

/// Calibration of class probabilities by one number: `softmax(logits / temperature)`. The class of the
/// greatest score stays the same.
///
/// - Source: Guo et al. 2017, arXiv:1706.04599.
public struct TemperatureScaling: Codable, Sendable, Equatable {
  /// What logits are divided by: above 1 the model was too sure, below 1 not sure enough.
  public let temperature: Double

  /// A temperature of one's own, above 0.
  ///
  /// - Throws: `badSetting` for another.
  public init(temperature: Double) throws(MetricsError) {
    guard temperature > 0, temperature.isFinite else {
      throw .badSetting(name: "temperature", value: temperature, allowed: "a number above 0")
    }
    self.temperature = temperature
  }

  /// The temperature of least log loss, between e⁻¹⁰ and e¹⁰, by Newton's steps inside a bracket.
  ///
  /// Choose it on validation samples, never on those the model is judged by.
  ///
  /// - Parameter logits: Scores before a softmax; of probabilities their logarithms.
  /// - Parameter truth: The class of each sample.
  /// - Parameter weights: How much each sample counts, at least 0; all alike if nil.
  /// - Throws: `MetricsError` if lengths or weights do not fit, or a class is out of range.
  public init(
    logits: NumberTable, truth: [Int], weights: [Double]? = nil
  ) throws(MetricsError) {
    try logits.check(truth: truth, weights: weights)
    // The loss is convex in the inverse of the temperature.
    var (low, high) = (exp(-10.0), exp(10.0))
    var inverse = 1.0
    for _ in 0..<200 {
      let (slope, bend) = Self.derivatives(logits, truth, weights, at: inverse)
      if slope > 0 { high = inverse } else { low = inverse }
      var next = inverse - slope / bend
      if !(next > low && next < high) { next = (low * high).squareRoot() }
      let step = abs(next - inverse)
      inverse = next
      if step <= 1e-14 * inverse { break }
    }
    temperature = 1 / inverse
  }

  /// The log loss's first and second derivative by the inverse temperature.
  private static func derivatives(
    _ logits: NumberTable, _ truth: [Int], _ weights: [Double]?, at inverse: Double
  ) -> (slope: Double, bend: Double) {
    var (slope, bend) = (0.0, 0.0)
    let width = logits.width
    logits.values.withUnsafeBufferPointer { values in
      for row in truth.indices {
        let scores = values[row * width..<(row + 1) * width]
        let peak = scores.max() ?? 0
        var (sum, first, second) = (0.0, 0.0, 0.0)
        for score in scores {
          // Relative to the peak: the mean's shift drops out of both derivatives.
          let power = exp(inverse * (score - peak))
          sum += power
          first += power * (score - peak)
          second += power * (score - peak) * (score - peak)
        }
        let mean = first / sum
        let weight = weights?[row] ?? 1
        slope += weight * (mean - (values[row * width + truth[row]] - peak))
        bend += weight * (second / sum - mean * mean)
      }
    }
    return (slope, bend)
  }

  /// The calibrated probabilities of logits, rows that sum to 1.
  public func calibrated(_ logits: NumberTable) -> NumberTable {
    var values = logits.values
    for start in stride(from: 0, to: values.count, by: logits.width) {
      let places = start..<start + logits.width
      let peak = values[places].max() ?? 0
      for place in places { values[place] = exp((values[place] - peak) / temperature) }
      let sum = values[places].reduce(0, +)
      for place in places { values[place] /= sum }
    }
    return NumberTable(checked: values, width: logits.width)
  }
}
