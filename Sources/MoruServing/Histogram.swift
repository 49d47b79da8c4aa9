/// Counts of observations by size, as Prometheus wants them.
public struct Histogram: Sendable, Equatable {
  /// The upper bounds of the buckets, ascending; beyond the last there is one without a bound.
  public let bounds: [Double]
  /// Observations in each bucket alone; one entry more than `bounds`.
  public private(set) var counts: [Int]
  /// The sum of all observations.
  public private(set) var sum: Double = 0

  /// A histogram without observations.
  public init(bounds: [Double]) {
    self.bounds = bounds
    counts = [Int](repeating: 0, count: bounds.count + 1)
  }

  /// Number of observations.
  public var count: Int { counts.reduce(0, +) }

  /// Counts one observation; a value equal to a bound is within it.
  public mutating func observe(_ value: Double) {
    counts[bounds.firstIndex { value <= $0 } ?? bounds.count] += 1
    sum += value
  }

  /// Seconds from a quarter of a millisecond to ten seconds.
  public static let latency = Histogram(bounds: [
    0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
  ])

  /// Samples in a batch.
  public static let batchSize = Histogram(bounds: [1, 2, 4, 8, 16, 32, 64])
}
