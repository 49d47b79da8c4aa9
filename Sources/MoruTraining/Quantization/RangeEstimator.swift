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

  /// What is wrong with its numbers; nil if nothing is.
  var complaint: TrainingError? {
    switch self {
    case .minMax: nil
    case .movingAverage(let decay):
      (0..<1).contains(decay) ? nil : .outOfRange("decay", allowed: "0 to below 1")
    case .percentile(let share):
      share > 50 && share <= 100 ? nil : .outOfRange("percentile", allowed: "above 50, up to 100")
    }
  }
}
