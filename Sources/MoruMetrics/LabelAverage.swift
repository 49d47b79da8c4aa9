import MoruTensors

/// How the figures of several labels become one.
public enum LabelAverage: String, Codable, Sendable, CaseIterable {
  /// From counts over all labels together: labels with many samples count more.
  case micro
  /// The mean of the labels' figures: all labels count alike.
  case macro
  /// The mean of the labels' figures, each counting as often as the label is true.
  case weighted

  /// `(1 + beta²) · precision · recall / (beta² · precision + recall)`, averaged.
  ///
  /// - Parameter sums: Those of `labelCounting`.
  func score(of sums: [[Double]], beta: Double) -> Double {
    let labels = ThresholdCounts.labels(self == .micro ? sums.map { [$0.reduce(0, +)] } : sums)
    // One threshold decides.
    let scores = labels.map { counts in
      let (precision, recall) = (counts[0].precision, counts[0].recall)
      return ratio(
        (1 + beta * beta) * precision * recall, beta * beta * precision + recall)
    }
    guard self == .weighted else { return scores.mean }
    let weights = labels.map { $0[0].positives }
    return ratio(zip(scores, weights).map { $0 * $1 }.reduce(0, +), weights.reduce(0, +))
  }
}

/// Counts for each label, with yes above a threshold or, if it is nil, for the greatest score of a
/// sample.
func labelCounting(_ threshold: Double?) -> ThresholdCounting {
  ThresholdCounting(
    thresholds: threshold.map { [$0] }, topK: threshold == nil ? 1 : nil, isPerLabel: true)
}
