public import MoruTensors

/// By how much a forecast errs less than another over the same times, `1 − Σ|e| / Σ|e′|`: 0 is as far off,
/// 1 is perfect, below 0 is worse.
public struct ForecastSkill: Codable, Sendable, Equatable {
  /// The skill.
  public let value: Double
  /// Its interval over resampled blocks of neighbouring times; nil if the times make fewer than
  /// ``leastBlocks`` of them, which say too little.
  public let interval: Interval?
  /// The test of equal errors; nil where it is undefined.
  public let test: DieboldMariano?

  /// Whether the interval lies above 0 entirely.
  public var isBetter: Bool { interval.map { $0.lower > 0 } ?? false }
  /// Whether the interval lies below 0 entirely.
  public var isWorse: Bool { interval.map { $0.upper < 0 } ?? false }

  /// Fewer blocks than this give no interval.
  public static let leastBlocks = 3

  /// Compares errors.
  ///
  /// - Parameters:
  ///   - errors: The forecast's mean absolute error at each time it was made, in order.
  ///   - reference: That of the other at the same times.
  ///   - lags: How many neighbours overlap: steps ahead less 1, by steps between forecasts.
  ///   - seed: Decides the resamples.
  /// - Throws: `lengthsDiffer`, `noSamples` for fewer than two, `notFinite`.
  /// - Returns: Nil if the other made no error at all.
  public init?(
    errors: [Double], reference: [Double], lags: Int, seed: Seed
  ) throws(MetricsError) {
    test = try DieboldMariano(first: errors, second: reference, lags: lags)
    let bootstrap = Bootstrap(seed: seed, forSamples: errors.count, blocksOf: lags + 1)
    let skill = try bootstrap.estimate(count: errors.count) { places in
      let whole = places.reduce(0) { $0 + reference[$1] }
      return whole > 0 ? 1 - places.reduce(0) { $0 + errors[$1] } / whole : nil
    }
    guard let skill else { return nil }
    value = skill.value
    interval = errors.count >= Self.leastBlocks * (lags + 1) ? skill.interval : nil
  }
}
