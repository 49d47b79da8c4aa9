public import MoruMetrics
public import MoruTensors

/// The verdict on always giving the labels that more than half of the training samples have: what
/// anything that gives sets of labels has to beat.
public struct FrequentLabelsBaseline: Sendable, Equatable {
  /// The answer; empty if no label is that frequent.
  public let labels: [String]
  /// How good that answer is on the test samples.
  public let report: MultiLabelReport

  /// Finds the answer in the training samples and judges it on the test samples.
  ///
  /// - Parameters:
  ///   - training: `[samples, labels]`, 0 and 1.
  ///   - test: The same of the test samples.
  ///   - labels: The labels' names.
  /// - Throws: `MetricsError` if either set is empty or does not fit the labels.
  public init(training: HostTensor, test: HostTensor, labels: [String]) throws {
    for table in [training, test] where table.shape.rank != 2 || table.shape[1] != labels.count {
      throw MetricsError.labelCounts(
        columns: table.shape.dimensions.dropFirst().first ?? 0, labels: labels.count,
        thresholds: labels.count)
    }
    let given = try training.converted(to: .float32).array(of: Float.self)
    guard !given.isEmpty, test.shape[0] > 0 else { throw MetricsError.noSamples }
    var counts = [Int](repeating: 0, count: labels.count)
    for (place, value) in given.enumerated() where value > 0.5 {
      counts[place % labels.count] += 1
    }
    let isFrequent = counts.map { 2 * $0 > training.shape[0] }
    self.labels = zip(labels, isFrequent).filter(\.1).map(\.0)
    let said: [Float] = isFrequent.map { $0 ? 1 : 0 }
    report = try MultiLabelReport(
      truth: test,
      scores: HostTensor((0..<test.shape[0]).flatMap { _ in said }, shape: test.shape),
      labels: labels)
  }
}
