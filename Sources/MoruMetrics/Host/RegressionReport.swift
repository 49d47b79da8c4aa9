public import MoruTensors

/// How far predicted quantities lie from the true ones.
public struct RegressionReport: Codable, Sendable, Equatable {
  /// Mean absolute error, `Σ|ŷ − y| / n`, in the target's unit.
  public let meanAbsoluteError: Estimate
  /// Root mean squared error, `√(Σ(ŷ − y)² / n)`, in the target's unit.
  public let rootMeanSquaredError: Estimate
  /// Coefficient of determination, `1 − Σ(ŷ − y)² / Σ(y − ȳ)²`: 1 is perfect, 0 is no better than
  /// the samples' own mean.
  ///
  /// Nil where the true values do not vary, since it is then undefined.
  public let r2: Estimate?
  /// The number of samples.
  public let samples: Int

  /// Compares quantities sample by sample.
  ///
  /// The intervals are percentiles (2.5 % and 97.5 %, linear between ranks) over resamples drawn
  /// with replacement. Time grows with `resamples` times the number of samples.
  ///
  /// - Parameter truth: The true values, all in one unit.
  /// - Parameter predicted: The model's values, in the same unit.
  /// - Parameter seed: Decides the resamples: the same seed gives the same intervals.
  /// - Parameter resamples: At least ``Bootstrap/minimumResamples``.
  /// - Throws: `MetricsError` if there are no samples, the lengths differ, a value is not finite,
  ///   errors are too large to be squared, or resamples are too few.
  /// - Source: Efron & Tibshirani 1993, "An Introduction to the Bootstrap", chapter 13.
  public init(
    truth: [Double], predicted: [Double], seed: Seed, resamples: Int = 2000
  ) throws(MetricsError) {
    guard truth.count == predicted.count else {
      throw .lengthsDiffer(truth: truth.count, predicted: predicted.count)
    }
    guard !truth.isEmpty else { throw .noSamples }
    let bootstrap = try Bootstrap(seed: seed, resamples: resamples)
    if let position = truth.firstIndex(where: { !$0.isFinite }) {
      throw .notFinite(side: .truth, position: position)
    }
    if let position = predicted.firstIndex(where: { !$0.isFinite }) {
      throw .notFinite(side: .predicted, position: position)
    }
    let samples = PairedSamples(truth: truth, predicted: predicted)
    let measured = samples.sums(truth.indices)
    guard measured.leavesRoomForResamples else { throw .overflow }

    let resampled = bootstrap.values(count: truth.count) { samples.sums($0.places) }
    func estimate(_ value: Double, _ statistic: (PairedSamples.Sums) -> Double?) -> Estimate {
      Bootstrap.estimate(value, resampled.map(statistic))
    }
    meanAbsoluteError = estimate(measured.meanAbsoluteError, \.meanAbsoluteError)
    rootMeanSquaredError = estimate(measured.rootMeanSquaredError, \.rootMeanSquaredError)
    r2 = measured.r2.map { estimate($0, \.r2) }
    self.samples = truth.count
  }
}

/// Errors and centred true values, from which any selection's statistics follow by four sums.
private struct PairedSamples {
  let errors: [Double]
  let centredTruth: [Double]

  init(truth: [Double], predicted: [Double]) {
    errors = zip(truth, predicted).map { abs($1 - $0) }
    // Equal values must be centred to exactly 0; the rounding of their sum must not pass for
    // variation.
    let first = truth.first ?? 0
    let varies = truth.contains { $0 != first }
    let mean = varies ? truth.mean : first
    centredTruth = truth.map { $0 - mean }
  }

  struct Sums {
    var count = 0.0
    var absolute = 0.0
    var squared = 0.0
    var truth = 0.0
    var squaredTruth = 0.0

    var meanAbsoluteError: Double { absolute / count }
    var rootMeanSquaredError: Double { (squared / count).squareRoot() }

    /// Whether even the largest error, drawn every time, keeps all sums finite.
    var leavesRoomForResamples: Bool { ((squared + squaredTruth) * count * count).isFinite }

    /// Nil where the true values vary by no more than rounding.
    var r2: Double? {
      let variation = squaredTruth - truth * truth / count
      guard variation > 1e-14 * squaredTruth else { return nil }
      return 1 - squared / variation
    }
  }

  func sums(_ selection: some Sequence<Int>) -> Sums {
    var sums = Sums()
    for index in selection {
      let error = errors[index]
      let truth = centredTruth[index]
      sums.count += 1
      sums.absolute += error
      sums.squared += error * error
      sums.truth += truth
      sums.squaredTruth += truth * truth
    }
    return sums
  }
}
