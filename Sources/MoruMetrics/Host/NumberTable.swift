/// Finite numbers of samples, one row for each sample: a score for each class or label, or features.
public struct NumberTable: Sendable, Equatable {
  /// The numbers row by row.
  public let values: [Double]
  /// The number of columns.
  public let width: Int
  /// The number of rows.
  public var rows: Int { values.count / width }

  /// Numbers row by row.
  ///
  /// - Throws: `noSamples` if there are none, `ragged` if they do not fill rows, `notFinite`.
  public init(_ values: [Double], width: Int) throws(MetricsError) {
    guard width > 0, values.count % width == 0 else {
      throw .ragged(values: values.count, width: width)
    }
    guard !values.isEmpty else { throw .noSamples }
    if let place = values.firstIndex(where: { !$0.isFinite }) {
      throw .notFinite(side: .predicted, position: place / width)
    }
    self.init(checked: values, width: width)
  }

  /// Numbers by rows.
  ///
  /// - Throws: `noSamples` if there are none, `ragged` if rows differ in length, `notFinite`.
  public init(rows: [[Double]]) throws(MetricsError) {
    guard let width = rows.first?.count else { throw .noSamples }
    guard rows.allSatisfy({ $0.count == width }) else {
      throw .ragged(values: rows.reduce(0) { $0 + $1.count }, width: width)
    }
    try self.init(rows.flatMap { $0 }, width: width)
  }

  /// The probabilities of no and yes, from those of yes.
  ///
  /// - Throws: `noSamples` if there are none, `notProbability` for one outside 0…1.
  public init(positive: [Double]) throws(MetricsError) {
    guard !positive.isEmpty else { throw .noSamples }
    try Checks.probabilities(positive)
    self.init(checked: positive.flatMap { [1 - $0, $0] }, width: 2)
  }

  init(checked values: [Double], width: Int) {
    self.values = values
    self.width = width
  }

  /// A row.
  public subscript(row: Int) -> ArraySlice<Double> { values[row * width..<(row + 1) * width] }

  /// A column.
  public func column(_ place: Int) -> [Double] {
    stride(from: place, to: values.count, by: width).map { values[$0] }
  }

  /// The place of each row's greatest score, the first of equal ones.
  public var best: [Int] {
    values.withUnsafeBufferPointer { values in
      stride(from: 0, to: values.count, by: width).map { start in
        var best = 0
        for column in 1..<max(width, 1) where values[start + column] > values[start + best] {
          best = column
        }
        return best
      }
    }
  }

  /// The weighted mean over rows of what each comes to, without keeping it.
  func mean(weights: [Double]?, of value: (Int) -> Double) -> Double {
    var (sum, total) = (0.0, 0.0)
    for row in 0..<rows {
      let weight = weights?[row] ?? 1
      guard weight > 0 else { continue }
      sum += weight * value(row)
      total += weight
    }
    return sum / total
  }

  /// - Throws: `notProbability` for a score outside 0…1.
  func checkProbabilities() throws(MetricsError) {
    if let place = values.firstIndex(where: { !(0...1).contains($0) }) {
      throw .notProbability(position: place / width, value: values[place])
    }
  }

  /// - Throws: `MetricsError` unless there is one class for each row, within the columns.
  func check(truth: [Int], weights: [Double]?) throws(MetricsError) {
    try Checks.pairs(truth: truth.count, predicted: rows, weights: weights)
    if let position = truth.firstIndex(where: { !(0..<width).contains($0) }) {
      throw .classOutOfRange(
        side: .truth, position: position, value: truth[position], classCount: width)
    }
  }
}
