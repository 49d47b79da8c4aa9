public import MoruTensors

/// The verdict on always answering the class most frequent in training: what any classifier has
/// to beat.
public struct MostFrequentClassBaseline: Codable, Sendable, Equatable {
  /// The answer: an index into the labels; the first of equally frequent classes.
  public let classIndex: Int
  /// The answer's name.
  public let label: String
  /// The answer's share of the training samples, 0…1.
  public let trainingShare: Double
  /// How good that answer is on the test samples.
  public let report: ClassificationReport

  /// Finds the answer in the training classes and judges it on the test classes.
  ///
  /// - Parameter training: The class of each training sample, an index into `labels`.
  /// - Parameter test: The class of each test sample, an index into `labels`.
  /// - Parameter labels: The classes' names.
  /// - Throws: `MetricsError` if either set is empty, an index is outside the labels, labels
  ///   repeat, or there are too many.
  public init(training: [Int], test: [Int], labels: [String]) throws(MetricsError) {
    let tally = try ConfusionMatrix(truth: training, predicted: training, labels: labels)
    let counts = tally.supports
    let largest = counts.max() ?? 0
    let answer = counts.firstIndex(of: largest) ?? 0
    classIndex = answer
    label = labels[answer]
    trainingShare = share(largest, of: tally.total)
    report = ClassificationReport(
      try ConfusionMatrix(
        truth: test, predicted: test.map { _ in answer }, labels: labels))
  }
}

/// The verdict on always answering the training targets' mean: what any regression has to beat.
public struct MeanBaseline: Codable, Sendable, Equatable {
  /// The answer, in the target's unit.
  public let mean: Double
  /// How good that answer is on the test samples.
  public let report: RegressionReport

  /// Takes the training targets' mean and judges it on the test targets.
  ///
  /// - Parameter training: The training targets, all in one unit.
  /// - Parameter test: The test targets, in the same unit.
  /// - Parameter seed: Decides the resamples behind the intervals.
  /// - Throws: `MetricsError` if either set is empty, a value is not finite, or errors are too large
  ///   to be squared.
  public init(training: [Double], test: [Double], seed: Seed) throws(MetricsError) {
    guard !training.isEmpty else { throw .noSamples }
    if let position = training.firstIndex(where: { !$0.isFinite }) {
      throw .notFinite(side: .truth, position: position)
    }
    let mean = training.mean
    guard mean.isFinite else { throw .overflow }
    self.mean = mean
    report = try RegressionReport(
      truth: test, predicted: test.map { _ in mean }, seed: seed)
  }
}
