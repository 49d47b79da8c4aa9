/// How the range of a value is found from samples of it.
public enum RangeEstimator: Sendable, Hashable {
  /// From the least to the greatest number that was seen.
  case minMax
  /// From the mean of the batches' least to the mean of their greatest numbers, where the newest batch
  /// counts for `1 − decay`, `0 ≤ decay < 1`.
  case movingAverage(decay: Double)
  /// Up to the magnitude that a share of all numbers does not exceed, in percent, above 50 and at most
  /// 100: a few far numbers then do not make the steps of all others coarse.
  case percentile(Double)
  /// Up to the magnitude at which least is lost of how numbers are distributed: the one of least
  /// Kullback-Leibler divergence between their histogram of 2048 bins and what a byte leaves of it, at least
  /// a sixteenth of the greatest.
  ///
  /// - Source: Migacz 2017, "8-bit inference with TensorRT", as NVIDIA's pytorch-quantization has it.
  case entropy

  /// What is wrong with its numbers; nil if nothing is.
  var complaint: TrainingError? {
    switch self {
    case .minMax, .entropy: nil
    case .movingAverage(let decay):
      (0..<1).contains(decay) ? nil : .outOfRange("decay", allowed: "0 to below 1")
    case .percentile(let share):
      share > 50 && share <= 100 ? nil : .outOfRange("percentile", allowed: "above 50, up to 100")
    }
  }

  /// The bins of the histogram of magnitudes that it needs; nil if it needs none.
  var binCount: Int? {
    switch self {
    case .minMax, .movingAverage: nil
    case .percentile: 4096
    case .entropy: 2048
    }
  }

  /// Up to which magnitude numbers of a histogram are told apart.
  func limit(of histogram: MagnitudeHistogram, isSigned: Bool) -> Float {
    switch self {
    case .minMax, .movingAverage: .infinity
    case .percentile(let share): histogram.magnitude(ofShare: share / 100)
    case .entropy: histogram.magnitude(ofLeastDivergenceIn: isSigned ? 128 : 256)
    }
  }
}
