/// Calibration by the rising steps that fit best: the greater the score, the greater the probability,
/// and nothing else is assumed. It needs some hundreds of samples.
///
/// - Source: Zadrozny & Elkan 2002, doi:10.1145/775047.775151; the steps by pooling adjacent violators,
///   Ayer et al. 1955, doi:10.1214/aoms/1177728423.
public struct IsotonicCalibration: Codable, Sendable, Equatable {
  /// The scores between which probabilities are interpolated, ascending.
  public let scores: [Double]
  /// The probability at each of them, never falling.
  public let probabilities: [Double]

  /// Fits steps to samples, by weighted least squares.
  ///
  /// - Parameter truth: Whether yes is true.
  /// - Parameter scores: The model's, of any scale.
  /// - Parameter weights: How much each sample counts, at least 0; all alike if nil.
  /// - Throws: `MetricsError` if there are no samples, lengths or weights do not fit, or a score is not
  ///   finite.
  /// - Complexity: O(n).
  public init(
    truth: [Bool], scores: [Double], weights: [Double]? = nil
  ) throws(MetricsError) {
    let sweep = try ThresholdSweep(truth: truth, scores: scores, weights: weights)
    // One block for each distinct score, then neighbours are pooled as long as they fall.
    var blocks: [(hits: Double, weight: Double, first: Int, last: Int)] = []
    for place in sweep.thresholds.indices.reversed() {
      let before =
        place == 0 ? (0, 0) : (sweep.truePositives[place - 1], sweep.falsePositives[place - 1])
      let hits = sweep.truePositives[place] - before.0
      let misses = sweep.falsePositives[place] - before.1
      blocks.append((hits, hits + misses, place, place))
      while blocks.count > 1 {
        let (last, previous) = (blocks[blocks.count - 1], blocks[blocks.count - 2])
        guard previous.hits * last.weight >= last.hits * previous.weight else { break }
        blocks.removeLast()
        blocks[blocks.count - 1] = (
          previous.hits + last.hits, previous.weight + last.weight, previous.first, last.last
        )
      }
    }
    var (edges, heights): ([Double], [Double]) = ([], [])
    for block in blocks {
      for place in block.first == block.last ? [block.first] : [block.first, block.last] {
        edges.append(sweep.thresholds[place])
        heights.append(block.hits / block.weight)
      }
    }
    self.scores = edges
    probabilities = heights
  }

  /// The probability of yes, linear between steps, and that of the nearest end beyond them.
  public func calibrated(_ score: Double) -> Double {
    var (low, high) = (0, scores.count)
    while low < high {
      let middle = (low + high) / 2
      if scores[middle] < score { low = middle + 1 } else { high = middle }
    }
    if low == 0 { return probabilities[0] }
    if low == scores.count { return probabilities[low - 1] }
    let share = (score - scores[low - 1]) / (scores[low] - scores[low - 1])
    return probabilities[low - 1] + share * (probabilities[low] - probabilities[low - 1])
  }
}
