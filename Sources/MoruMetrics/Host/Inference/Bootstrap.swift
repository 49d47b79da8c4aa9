public import MoruTensors

/// Resampling with replacement: how a figure would vary if other samples of the same kind had come.
///
/// Samples that follow one another in time are drawn in blocks of neighbours, so that what hangs together
/// stays together.
///
/// - Source: Efron & Tibshirani 1993, "An Introduction to the Bootstrap", chapter 13: percentiles; Politis &
///   Romano 1992, "A circular block-resampling procedure for stationary data", for blocks.
public struct Bootstrap: Sendable, Equatable {
  /// Decides the resamples: the same seed gives the same intervals.
  public let seed: Seed
  /// How many times samples are drawn anew.
  public let resamples: Int
  /// How many neighbours are drawn together, the first being the last one's neighbour; 1 for samples
  /// that do not hang together.
  public let blockLength: Int

  /// Fewer resamples than this cannot show 2.5 % in each tail.
  public static let minimumResamples = 100

  /// - Throws: `tooFewResamples` below ``minimumResamples``.
  public init(seed: Seed, resamples: Int = 2000) throws(MetricsError) {
    guard resamples >= Self.minimumResamples else {
      throw .tooFewResamples(found: resamples, minimum: Self.minimumResamples)
    }
    self.seed = seed
    self.resamples = resamples
    blockLength = 1
  }

  /// As many resamples as a reader waits for: 2000, and fewer of many samples, whose figures vary less.
  ///
  /// - Parameters:
  ///   - count: The number of samples.
  ///   - blockLength: How many neighbours are drawn together; at least 1 and at most `count` are.
  public init(seed: Seed, forSamples count: Int, blocksOf blockLength: Int = 1) {
    self.seed = seed
    self.blockLength = max(1, min(blockLength, count))
    resamples = min(2000, max(Self.minimumResamples, 50_000_000 / max(count, 1)))
  }

  /// The values of a statistic over resamples of numbered samples.
  ///
  /// - Parameter count: The number of samples, at least 1.
  /// - Parameter statistic: The figure of the samples at the drawn places.
  public func values<Value>(count: Int, of statistic: (Draws) -> Value) -> [Value] {
    var draws = Draws(
      places: [Int](repeating: 0, count: count), blockLength: blockLength,
      generator: seed.generator)
    return (0..<resamples).map { _ in
      draws.next()
      return statistic(draws)
    }
  }

  /// A statistic of samples with its interval.
  ///
  /// - Parameters:
  ///   - count: The number of samples.
  ///   - statistic: The figure of the samples at some places; nil where it is undefined, which such
  ///     resamples then leave out.
  /// - Throws: `noSamples`.
  /// - Returns: Nil if the figure of the samples themselves is undefined.
  public func estimate(
    count: Int, of statistic: ([Int]) -> Double?
  ) throws(MetricsError) -> Estimate? {
    guard count > 0 else { throw .noSamples }
    guard let value = statistic(Array(0..<count)) else { return nil }
    return Self.estimate(value, values(count: count) { statistic($0.places) })
  }

  /// A value with the interval of resampled ones, of which undefined ones are left out.
  static func estimate(_ value: Double, _ resampled: [Double?]) -> Estimate {
    let defined = resampled.compactMap { $0 }
    let sorted = defined.isEmpty ? [value] : defined.sorted()
    return Estimate(
      value: value,
      interval: Interval(
        lower: sorted.quantile(0.025), upper: sorted.quantile(0.975), method: .bootstrap))
  }

  /// The places of a resample.
  public struct Draws {
    /// As many places as there are samples, some of them more than once.
    public private(set) var places: [Int]
    private let blockLength: Int
    private var generator: SeededGenerator

    init(places: [Int], blockLength: Int, generator: SeededGenerator) {
      self.places = places
      self.blockLength = blockLength
      self.generator = generator
    }

    mutating func next() {
      let count = UInt64(places.count)
      for place in places.indices {
        if place % blockLength == 0 {
          // The high half of a product is an index; its bias is below count / 2⁶⁴.
          places[place] = Int(generator.next().multipliedFullWidth(by: count).high)
        } else {
          places[place] = (places[place - 1] + 1) % places.count
        }
      }
    }
  }
}
