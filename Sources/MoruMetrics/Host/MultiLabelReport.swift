public import MoruTensors

/// Precision, recall and F1 of each label of samples that may have several, their averages, and how
/// often a sample's labels are all right.
///
/// 0 ÷ 0 counts as 0, as with scikit-learn's `zero_division=0`.
public struct MultiLabelReport: Codable, Sendable, Equatable {
  /// The scores of each label, in the order of the columns.
  public let labels: [ClassificationReport.ClassScores]
  /// The threshold of each label.
  public let thresholds: LabelThresholds
  /// From counts over all labels together: labels with many samples count more.
  public let microAverage: ClassificationReport.Averages
  /// The plain mean over labels: a rare label counts as much as a frequent one.
  public let macroAverage: ClassificationReport.Averages
  /// The mean over labels weighted by their supports.
  public let weightedAverage: ClassificationReport.Averages
  /// The share of samples all of whose labels are right, with Wilson's score interval.
  public let exactMatch: Estimate
  /// The number of samples all of whose labels are right.
  public let exact: Int
  /// The share of wrong answers among all answers.
  public let hammingLoss: Double
  /// The number of samples.
  public let samples: Int

  /// Judges scores.
  ///
  /// - Parameters:
  ///   - truth: `[samples, labels]`, 0 and 1.
  ///   - scores: `[samples, labels]`, such as a sigmoid's.
  ///   - labels: The labels' names.
  ///   - thresholds: Above which score each label counts as given; one half for all if nil.
  /// - Throws: `MetricsError` for tables that do not fit each other, the labels or the thresholds,
  ///   and for scores that are no finite numbers.
  public init(
    truth: HostTensor, scores: HostTensor, labels: [String], thresholds: LabelThresholds? = nil
  ) throws(MetricsError) {
    let table = try LabelTable(truth: truth, scores: scores)
    let limits = thresholds ?? LabelThresholds([Double](repeating: 0.5, count: table.labels))
    guard labels.count == table.labels, limits.values.count == table.labels else {
      throw .labelCounts(
        columns: table.labels, labels: labels.count, thresholds: limits.values.count)
    }
    let answers = table.scores.map { row in zip(row, limits.values).map { $0 > $1 } }
    func count(_ label: Int, _ isCounted: (_ isTrue: Bool, _ isSaid: Bool) -> Bool) -> Int {
      zip(table.truth, answers).count { isCounted($0[label], $1[label]) }
    }
    let scores = labels.enumerated().map { place, label in
      ClassificationReport.ClassScores(
        label: label, hits: count(place) { $0 && $1 },
        support: count(place) { isTrue, _ in isTrue },
        predicted: count(place) { $1 })
    }
    let wrong = labels.indices.map { count($0) { $0 != $1 } }.reduce(0, +)
    exact = zip(table.truth, answers).count { $0 == $1 }
    exactMatch = Estimate(
      value: share(exact, of: table.samples),
      interval: try .wilson(successes: exact, of: table.samples))
    let together = ClassificationReport.ClassScores(
      label: "", hits: labels.indices.map { count($0) { $0 && $1 } }.reduce(0, +),
      support: scores.map(\.support).reduce(0, +), predicted: scores.map(\.predicted).reduce(0, +))
    microAverage = .init([together]) { _ in 1 }
    macroAverage = .init(scores) { _ in 1 }
    weightedAverage = .init(scores) { together.support == 0 ? 1 : Double($0.support) }
    hammingLoss = share(wrong, of: table.samples * table.labels)
    samples = table.samples
    self.labels = scores
    self.thresholds = limits
  }
}
