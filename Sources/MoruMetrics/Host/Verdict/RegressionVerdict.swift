public import MoruTensors

/// Everything that is said of a model that answers with numbers, on samples whose answers are known.
public struct RegressionVerdict: Codable, Sendable, Equatable {
  /// A sample's true and predicted value.
  public struct Point: Codable, Sendable, Equatable {
    /// What is true.
    public let truth: Double
    /// What the model says.
    public let predicted: Double
  }

  /// The number of samples.
  public let samples: Int
  /// The figures that stand first, with intervals.
  public let headline: [VerdictEntry]
  /// Further figures.
  public let others: [VerdictEntry]
  /// What the baseline always answers: the mean of these samples.
  public let baselineAnswer: Double
  /// Samples to draw: all, or evenly chosen ones of many.
  public let points: [Point]

  /// So many samples are drawn at most.
  public static let maximumPoints = 1000

  /// Judges quantities.
  ///
  /// - Parameter truth: The true values, all in one unit.
  /// - Parameter predicted: The model's values, in the same unit.
  /// - Parameter seed: Decides the resamples behind the intervals.
  /// - Throws: `MetricsError` if there are no samples, lengths differ, a value is not finite, or errors
  ///   are too large to be squared.
  public init(truth: [Double], predicted: [Double], seed: Seed) throws(MetricsError) {
    let bootstrap = Bootstrap(seed: seed, forSamples: truth.count)
    let report = try RegressionReport(
      truth: truth, predicted: predicted, seed: seed, resamples: bootstrap.resamples)
    let answer = truth.mean
    let model = try RegressionFigures(truth: truth, predicted: predicted)
    let known = try RegressionFigures(truth: truth, predicted: truth.map { _ in answer })
    headline =
      [
        VerdictEntry(
          .meanAbsoluteError, report.meanAbsoluteError, baseline: known.meanAbsoluteError),
        VerdictEntry(
          .rootMeanSquaredError, report.rootMeanSquaredError, baseline: known.rootMeanSquaredError),
      ] + (report.r2.map { [VerdictEntry(.r2, $0, baseline: 0)] } ?? [])
    let errors = zip(truth, predicted).map { $1 - $0 }
    let figures: [(VerdictFigure, ([Double]) -> Double, Double)] = [
      (.bias, \.mean, known.bias),
      (
        .medianAbsoluteError, { $0.map(abs).sorted().quantile(0.5) },
        known.medianAbsoluteError
      ),
      (.maxError, { $0.reduce(0) { max($0, abs($1)) } }, known.maxError),
    ]
    var others: [VerdictEntry] = []
    for (figure, value, baseline) in figures {
      let estimate = try bootstrap.estimate(count: errors.count) { places in
        value(places.map { errors[$0] })
      }
      if let estimate { others.append(VerdictEntry(figure, estimate, baseline: baseline)) }
    }
    self.others = others
    samples = model.truth.count
    baselineAnswer = answer
    let step = max(1, (truth.count + Self.maximumPoints - 1) / Self.maximumPoints)
    points = stride(from: 0, to: truth.count, by: step).map {
      Point(truth: truth[$0], predicted: predicted[$0])
    }
  }
}
