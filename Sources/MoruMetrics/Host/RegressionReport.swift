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

  /// Fewer resamples than this cannot show 2.5 % in each tail.
  public static let minimumResamples = 100

  /// Compares quantities sample by sample.
  ///
  /// The intervals are percentiles (2.5 % and 97.5 %, linear between ranks) over resamples drawn
  /// with replacement. Time grows with `resamples` times the number of samples.
  ///
  /// - Parameter truth: The true values, all in one unit.
  /// - Parameter predicted: The model's values, in the same unit.
  /// - Parameter seed: Decides the resamples: the same seed gives the same intervals.
  /// - Parameter resamples: At least ``minimumResamples``.
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
    guard resamples >= Self.minimumResamples else {
      throw .tooFewResamples(found: resamples, minimum: Self.minimumResamples)
    }
    if let position = truth.firstIndex(where: { !$0.isFinite }) {
      throw .notFinite(side: .truth, position: position)
    }
    if let position = predicted.firstIndex(where: { !$0.isFinite }) {
      throw .notFinite(side: .predicted, position: position)
    }
    let samples = PairedSamples(truth: truth, predicted: predicted)
    let measured = samples.sums(truth.indices)
    guard measured.leavesRoomForResamples else { throw .overflow }

    var generator = seed.generator
    let count = UInt64(truth.count)
    let resampled = (0..<resamples).map { _ in
      // The high half of a product is an index; its bias is below count / 2⁶⁴.
      samples.sums(
        (0..<truth.count).lazy.map { _ in
          Int(generator.next().multipliedFullWidth(by: count).high)
        })
    }
    func estimate(_ value: Double, _ statistic: (PairedSamples.Sums) -> Double?) -> Estimate {
      let sorted = resampled.compactMap(statistic).sorted()
      return Estimate(
        value: value,
        interval: Interval(
          lower: percentile(0.025, of: sorted) ?? value,
          upper: percentile(0.975, of: sorted) ?? value,
          method: .bootstrap))
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
    let mean = varies ? truth.reduce(0, +) / Double(truth.count) : first
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

/// The value below which a share of sorted values lies, linear between neighbours; nil for none.
private func percentile(_ share: Double, of sorted: [Double]) -> Double? {
  guard !sorted.isEmpty else { return nil }
  let rank = share * Double(sorted.count - 1)
  let below = Int(rank)
  let above = min(below + 1, sorted.count - 1)
  return sorted[below] + (rank - Double(below)) * (sorted[above] - sorted[below])
}
