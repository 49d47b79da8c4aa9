/// Each class's share of all samples: of those trained on, of a test set, or of the field.
public struct ClassShares: Codable, Sendable, Equatable {
  /// The shares in the classes' order, each 0…1; they sum to 1.
  public let values: [Double]

  /// Shares of one's own.
  ///
  /// - Throws: `badShares` for shares that are negative, not finite or do not sum to 1 within 1e-6.
  public init(_ values: [Double]) throws(MetricsError) {
    let sum = values.reduce(0, +)
    guard abs(sum - 1) <= 1e-6, values.allSatisfy({ $0 >= 0 }) else { throw .badShares(sum: sum) }
    self.values = values.map { $0 / sum }
  }

  /// The shares of two classes, of which the second is yes, such as a defect.
  ///
  /// - Parameter positive: The share of yes, 0…1.
  /// - Throws: `badShares` for a share outside 0…1.
  public init(positive: Double) throws(MetricsError) { try self.init([1 - positive, positive]) }

  /// The shares of counted samples.
  ///
  /// - Throws: `noSamples` if all counts are 0, `badShares` for negative ones.
  public init(counts: [Int]) throws(MetricsError) {
    let total = counts.reduce(0) { $0 + Double($1) }
    guard total != 0 else { throw .noSamples }
    try self.init(counts.map { Double($0) / total })
  }

  /// The shares of samples' classes.
  ///
  /// - Parameter truth: The class of each sample, from 0.
  /// - Throws: `MetricsError` if there are no samples or a class is out of range.
  public init(of truth: [Int], classCount: Int) throws(MetricsError) {
    try self.init(
      counts: ClassificationFigures(truth: truth, predicted: truth, classCount: classCount)
        .supports.map { Int($0) })
  }

  /// - Throws: `classCounts` for another number of classes.
  func check(_ classCount: Int) throws(MetricsError) {
    guard values.count == classCount else {
      throw .classCounts(name: "The class ratio", found: values.count, classCount: classCount)
    }
  }

  public init(from decoder: any Decoder) throws {
    try self.init(decoder.singleValueContainer().decode([Double].self))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(values)
  }
}
