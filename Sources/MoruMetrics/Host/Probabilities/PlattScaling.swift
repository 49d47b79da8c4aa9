import Foundation

/// Calibration by a logistic curve, `1 / (1 + exp(slope · score + intercept))`: two numbers, for few
/// samples.
///
/// - Source: Platt 1999, "Probabilistic outputs for support vector machines"; the fit by Newton's method
///   as Lin, Lin & Weng 2007, doi:10.1007/s10994-007-5018-6.
public struct PlattScaling: Codable, Sendable, Equatable {
  /// What scores are multiplied by; below 0 where greater scores mean yes.
  public let slope: Double
  /// What is added.
  public let intercept: Double

  /// Fits the curve of least log loss to targets that lean towards one half, as Platt has it.
  ///
  /// - Parameter truth: Whether yes is true.
  /// - Parameter scores: The model's, of any scale.
  /// - Parameter weights: How much each sample counts, at least 0; all alike if nil.
  /// - Throws: `MetricsError` if there are no samples, lengths or weights do not fit, or a score is not
  ///   finite.
  public init(
    truth: [Bool], scores: [Double], weights: [Double]? = nil
  ) throws(MetricsError) {
    try Checks.pairs(truth: truth.count, predicted: scores.count, weights: weights)
    try Checks.finite(scores, side: .predicted)
    func weight(_ place: Int) -> Double { weights?[place] ?? 1 }
    let yes = truth.indices.reduce(0) { $0 + (truth[$1] ? weight($1) : 0) }
    let no = truth.indices.reduce(0) { $0 + (truth[$1] ? 0 : weight($1)) }
    let (high, low) = ((yes + 1) / (yes + 2), 1 / (no + 2))
    // Scores of about 1, whatever their unit; the slope is brought back at the end.
    let scale = max(scores.reduce(0) { max($0, abs($1)) }, .leastNormalMagnitude)
    func loss(_ a: Double, _ b: Double) -> Double {
      truth.indices.reduce(0) { sum, place in
        let power = a * (scores[place] / scale) + b
        let target = truth[place] ? high : low
        // log(1 + exp(power)) − (1 − target)·power, without overflow.
        let softplus = max(power, 0) + log1p(exp(-abs(power)))
        return sum + weight(place) * (softplus - (1 - target) * power)
      }
    }
    var (a, b) = (0.0, log((no + 1) / (yes + 1)))
    var best = loss(a, b)
    for _ in 0..<100 {
      var (gradientA, gradientB) = (0.0, 0.0)
      var (aa, ab, bb) = (1e-12, 0.0, 1e-12)
      for place in truth.indices {
        let score = scores[place] / scale
        let probability = 1 / (1 + exp(a * score + b))
        let error = weight(place) * ((truth[place] ? high : low) - probability)
        let curve = weight(place) * probability * (1 - probability)
        gradientA += error * score
        gradientB += error
        aa += curve * score * score
        ab += curve * score
        bb += curve
      }
      let determinant = aa * bb - ab * ab
      let (stepA, stepB) = (
        -(bb * gradientA - ab * gradientB) / determinant,
        -(aa * gradientB - ab * gradientA) / determinant
      )
      var size = 1.0
      while size > 1e-10, loss(a + size * stepA, b + size * stepB) > best { size /= 2 }
      guard size > 1e-10 else { break }
      (a, b) = (a + size * stepA, b + size * stepB)
      let reached = loss(a, b)
      let isDone = abs(stepA) + abs(stepB) <= 1e-13 * (1 + abs(a) + abs(b))
      best = reached
      if isDone { break }
    }
    (slope, intercept) = (a / scale, b)
  }

  /// The probability of yes.
  public func calibrated(_ score: Double) -> Double { 1 / (1 + exp(slope * score + intercept)) }
}
