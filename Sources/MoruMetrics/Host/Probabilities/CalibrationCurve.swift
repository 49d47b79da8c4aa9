import MoruTensors

/// Whether probabilities mean what they say: of samples given 0.8, are 80 % yes?
public struct CalibrationCurve: Codable, Sendable, Equatable {
  /// Samples of about one probability.
  public struct Bin: Codable, Sendable, Equatable {
    /// The mean probability that the model gives them.
    public let meanProbability: Double
    /// The share of them that is yes.
    public let share: Double
    /// Their number.
    public let count: Int
  }

  /// Where bins begin and end.
  public enum Strategy: String, Codable, Sendable, CaseIterable {
    /// Equally wide.
    case uniform
    /// With equally many samples each.
    case quantile
  }

  /// The bins that hold samples, least probability first.
  public let bins: [Bin]

  /// Gathers samples into bins; a probability on an edge belongs to the bin below it.
  ///
  /// - Parameters:
  ///   - truth: Whether yes is true.
  ///   - probabilities: Of yes, 0…1.
  ///   - binCount: How many bins, at least 1; empty ones are left out.
  /// - Throws: `MetricsError` if there are no samples, lengths differ, a number is no probability, or
  ///   there is no bin.
  public init(
    truth: [Bool], probabilities: [Double], binCount: Int = 10, strategy: Strategy = .uniform
  ) throws(MetricsError) {
    try Checks.pairs(truth: truth.count, predicted: probabilities.count, weights: nil)
    try Checks.probabilities(probabilities)
    guard (1...1_000_000).contains(binCount) else {
      throw .badSetting(
        name: "binCount", value: Double(binCount), allowed: "a whole number of at least 1")
    }
    let step = 1 / Double(binCount)
    let inner = (1..<max(binCount, 1)).map { Double($0) * step }
    let edges: [Double]
    switch strategy {
    case .uniform: edges = inner
    case .quantile:
      let sorted = probabilities.sorted()
      edges = inner.map(sorted.quantile)
    }
    var sums = [Double](repeating: 0, count: binCount)
    var (hits, counts) = (
      [Int](repeating: 0, count: binCount), [Int](repeating: 0, count: binCount)
    )
    for (isTrue, probability) in zip(truth, probabilities) {
      // The number of edges below the probability.
      var (low, high) = (0, edges.count)
      while low < high {
        let middle = (low + high) / 2
        if edges[middle] < probability { low = middle + 1 } else { high = middle }
      }
      sums[low] += probability
      hits[low] += isTrue ? 1 : 0
      counts[low] += 1
    }
    bins = (0..<binCount).filter { counts[$0] > 0 }.map {
      Bin(
        meanProbability: sums[$0] / Double(counts[$0]),
        share: Double(hits[$0]) / Double(counts[$0]), count: counts[$0])
    }
  }

  /// The calibration of the answer that is given: the greatest probability of each sample, and whether
  /// its class is the true one.
  ///
  /// - Throws: As the other one, and `classOutOfRange`.
  public init(
    truth: [Int], probabilities: NumberTable, binCount: Int = 10, strategy: Strategy = .uniform
  ) throws(MetricsError) {
    try probabilities.check(truth: truth, weights: nil)
    let best = probabilities.best
    try self.init(
      truth: zip(truth, best).map { $0 == $1 },
      probabilities: best.enumerated().map { probabilities.values[$0 * probabilities.width + $1] },
      binCount: binCount, strategy: strategy)
  }

  /// The expected calibration error, `Σ n·|share − mean probability| / Σ n`, 0…1.
  ///
  /// - Source: Guo et al. 2017, arXiv:1706.04599.
  public var expectedError: Double {
    let total = bins.reduce(0) { $0 + Double($1.count) }
    return bins.reduce(0) { $0 + Double($1.count) * abs($1.share - $1.meanProbability) } / total
  }

  /// The greatest distance of a bin, `max |share − mean probability|`, 0…1.
  public var maximumError: Double {
    bins.reduce(0) { max($0, abs($1.share - $1.meanProbability)) }
  }
}
