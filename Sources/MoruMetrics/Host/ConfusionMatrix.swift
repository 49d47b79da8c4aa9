/// How often each true class was given each predicted class: `counts[true][predicted]`.
///
/// Holds at least one class and at least one sample, so that accuracy is always defined; a class
/// may be without samples. Rows are true and columns predicted, as in scikit-learn.
public struct ConfusionMatrix: Codable, Sendable, Equatable {
  /// The classes' names, in the order of rows and columns.
  public let labels: [String]
  /// Numbers of samples; one row for each true class, one column for each predicted class.
  public let counts: [[Int]]
  /// The number of samples.
  public let total: Int

  /// More classes than this are refused: the table grows with their square.
  public static let maximumClassCount = 4096

  /// What the counts are divided by.
  public enum Normalisation: String, Codable, Sendable, CaseIterable {
    /// The row's sum: the diagonal holds each class's recall.
    case truth
    /// The column's sum: the diagonal holds each class's precision.
    case predicted
    /// The number of samples: the diagonal's sum is the accuracy.
    case all
  }

  /// Counts the pairs of true and predicted classes.
  ///
  /// - Parameter truth: The class of each sample, an index into `labels`.
  /// - Parameter predicted: The class that the model gives each sample.
  /// - Parameter labels: The classes' names.
  /// - Throws: `MetricsError` if there are no samples, the lengths differ, an index is outside the
  ///   labels, labels repeat, or there are too many.
  public init(truth: [Int], predicted: [Int], labels: [String]) throws(MetricsError) {
    guard truth.count == predicted.count else {
      throw .lengthsDiffer(truth: truth.count, predicted: predicted.count)
    }
    try Self.check(labels)
    let cells = try tally(truth, predicted, classCount: labels.count) { _ in 1 }
    let counts = labels.indices.map { row in
      Array(cells[row * labels.count..<(row + 1) * labels.count])
    }
    try self.init(counts: counts, labels: labels)
  }

  /// A matrix from counts made elsewhere.
  ///
  /// - Throws: `MetricsError` if the counts are not square, one is negative, all are zero or too
  ///   large together, labels repeat, or there are too many.
  public init(counts: [[Int]], labels: [String]) throws(MetricsError) {
    try Self.check(labels)
    guard counts.count == labels.count else {
      throw .notSquare(row: counts.count, found: 0, classCount: labels.count)
    }
    var total = 0
    for (row, rowCounts) in counts.enumerated() {
      guard rowCounts.count == labels.count else {
        throw .notSquare(row: row, found: rowCounts.count, classCount: labels.count)
      }
      for (column, count) in rowCounts.enumerated() {
        let (sum, overflow) = total.addingReportingOverflow(count)
        guard count >= 0, !overflow else {
          throw .badCount(row: row, column: column, value: count)
        }
        total = sum
      }
    }
    guard total > 0 else { throw .noSamples }
    self.labels = labels
    self.counts = counts
    self.total = total
  }

  private enum CodingKeys: String, CodingKey { case labels, counts }

  /// - Throws: `MetricsError`, as a stored matrix is checked like any other.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(
      counts: container.decode([[Int]].self, forKey: .counts),
      labels: container.decode([String].self, forKey: .labels))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(labels, forKey: .labels)
    try container.encode(counts, forKey: .counts)
  }

  /// The number of samples on the diagonal.
  public var correct: Int { counts.indices.reduce(0) { $0 + counts[$1][$1] } }

  /// The number of samples of each true class.
  public var supports: [Int] { counts.map { $0.reduce(0, +) } }

  /// The number of samples given each class by the model.
  public var predictedTotals: [Int] {
    counts.indices.map { column in counts.reduce(0) { $0 + $1[column] } }
  }

  /// The share of samples judged right, `correct / total`, with Wilson's score interval.
  public var accuracy: Estimate {
    Estimate(
      value: Double(correct) / Double(total),
      interval: Interval(wilson: correct, of: total))
  }

  /// The counts as shares, 0…1.
  ///
  /// A row or column without samples stays 0, as in scikit-learn.
  public func normalised(by normalisation: Normalisation) -> [[Double]] {
    let rowSums = supports
    let columnSums = predictedTotals
    return counts.enumerated().map { row, rowCounts in
      rowCounts.enumerated().map { column, count in
        let divisor =
          switch normalisation {
          case .truth: rowSums[row]
          case .predicted: columnSums[column]
          case .all: total
          }
        return share(count, of: divisor)
      }
    }
  }

  private static func check(_ labels: [String]) throws(MetricsError) {
    guard (1...maximumClassCount).contains(labels.count) else {
      throw .classCountOutOfRange(found: labels.count, maximum: maximumClassCount)
    }
    var seen: [String: Int] = [:]
    for (position, label) in labels.enumerated() {
      if let first = seen.updateValue(position, forKey: label) {
        throw .labelsRepeat(first: first, second: position)
      }
    }
  }
}

/// `part / whole`, and 0 for 0 ÷ 0.
func share(_ part: Int, of whole: Int) -> Double {
  whole == 0 ? 0 : Double(part) / Double(whole)
}
