public import MoruTensors

/// Above which score each label counts as given, for samples that may have several labels.
///
/// One half for all suits no label that is rare: choose thresholds on validation data, never on the
/// data that the model is judged by.
public struct LabelThresholds: Codable, Sendable, Equatable {
  /// The threshold of each label; a greater score means yes.
  public let values: [Double]

  /// Thresholds of one's own.
  public init(_ values: [Double]) { self.values = values }

  /// The thresholds that give each label's F-score its greatest value,
  /// `(1 + beta²) · precision · recall / (beta² · precision + recall)`, half-way between two scores that
  /// occur; of equally good ones that nearest to one half, and one half for a label that no sample has.
  ///
  /// - Parameters:
  ///   - truth: `[samples, labels]`, 0 and 1.
  ///   - scores: `[samples, labels]`, such as a sigmoid's.
  ///   - beta: How many times as much recall counts as precision, above 0.
  /// - Throws: `MetricsError` for tables that do not fit, and scores that are no finite numbers.
  /// - Complexity: O(n log n) for each label of n samples.
  public init(
    maximizingFScoreOf truth: HostTensor, scores: HostTensor, beta: Double = 1
  ) throws(MetricsError) {
    let table = try LabelTable(truth: truth, scores: scores)
    values = (0..<table.labels).map { label in
      Self.best(
        (0..<table.samples).map { (table.scores[$0][label], table.truth[$0][label]) }, beta: beta)
    }
  }

  private static func best(_ samples: [(score: Double, isTrue: Bool)], beta: Double) -> Double {
    let support = samples.filter(\.isTrue).count
    guard support > 0 else { return 0.5 }
    let sorted = samples.sorted { $0.score > $1.score }
    var best = (value: 0.0, threshold: 0.5)
    var hits = 0
    for (place, sample) in sorted.enumerated() {
      if sample.isTrue { hits += 1 }
      // A threshold parts unequal scores only; below the last one, everything is yes.
      let next = place + 1 < sorted.count ? sorted[place + 1].score : sample.score - 1
      guard next < sample.score else { continue }
      let threshold =
        place + 1 < sorted.count ? (sample.score + next) / 2 : sample.score.nextDown
      let value =
        (1 + beta * beta) * Double(hits)
        / (beta * beta * Double(support) + Double(place + 1))
      let isNearer = abs(threshold - 0.5) < abs(best.threshold - 0.5)
      if value > best.value || (value == best.value && isNearer) { best = (value, threshold) }
    }
    return best.threshold
  }
}

/// True labels and scores of samples, checked.
struct LabelTable {
  let truth: [[Bool]]
  let scores: [[Double]]
  let labels: Int
  var samples: Int { truth.count }

  init(truth: HostTensor, scores: HostTensor) throws(MetricsError) {
    guard truth.shape.rank == 2, truth.shape == scores.shape else {
      throw .notLabelTables(truth: truth.shape, scores: scores.shape)
    }
    let labels = truth.shape[1]
    guard truth.shape[0] > 0, labels > 0 else { throw .noSamples }
    let answers = Self.numbers(truth)
    let numbers = Self.numbers(scores)
    if let place = answers.firstIndex(where: { $0 != 0 && $0 != 1 }) {
      throw .notAnAnswer(position: place / labels, label: place % labels, value: answers[place])
    }
    if let place = numbers.firstIndex(where: { !$0.isFinite }) {
      throw .notFinite(side: .predicted, position: place / labels)
    }
    self.labels = labels
    let rows = stride(from: 0, to: answers.count, by: labels)
    self.truth = rows.map { answers[$0..<$0 + labels].map { $0 == 1 } }
    self.scores = rows.map { Array(numbers[$0..<$0 + labels]) }
  }

  private static func numbers(_ tensor: HostTensor) -> [Double] {
    (try? tensor.converted(to: .float64).array(of: Double.self)) ?? []
  }
}
