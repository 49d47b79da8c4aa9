internal import MoruArchive

/// One series at equal steps: its target up to the last known value, and the features of its windows.
public struct TimeSeries: Sendable, Equatable {
  /// The value of the column that tells series apart; nil for an only one.
  public let name: String?
  /// When the steps are.
  public let axis: TimeAxis
  /// The target at each step, up to the last known one.
  public let values: [Double]
  /// Whether the target of a step was missing, so that it is a copy of the one before.
  public let isFilled: [Bool]
  /// The row of the table that each step comes from; nil for a gap.
  public let rows: [Int?]
  /// The features by step, in the encoding's order; what is known ahead as it is `horizon` steps later.
  let table: Table
  /// Steps at which all that is to be known ahead is known; 0 stands for it at later ones.
  let knownCount: Int

  /// Number of steps up to the last known target.
  public var count: Int { values.count }

  init(
    name: String?, times: TimeColumn, rows: [Int], of table: Table, encoding: SeriesEncoding
  ) throws(DataError) {
    let columns = try StepColumns(
      series: name, times: times, rows: rows, table: table, missing: encoding.missing)
    let target = try columns.target(encoding.target)
    let last = target.count - 1
    values = try columns.filled(target, encoding.target)
    isFilled = target.map(\.isNaN)
    self.rows = columns.rowOfStep(before: last + 1)
    var features = [Table.Column(name: encoding.target, kind: .real, numbers: values)]
    for name in encoding.past {
      let numbers = try columns.filled(Array(columns.numbers(name)[...last]), name)
      features.append(Table.Column(name: name, kind: .real, numbers: numbers))
    }
    for name in encoding.known {
      let all = try columns.filled(columns.numbers(name), name)
      let ahead = (encoding.horizon...last + encoding.horizon).map { $0 < all.count ? all[$0] : 0 }
      features.append(Table.Column(name: name, kind: .real, numbers: ahead))
    }
    for feature in encoding.calendar {
      let turns = (0...last).map {
        feature.values(at: $0 + encoding.horizon, of: times.axis) ?? [0, 0]
      }
      for (place, name) in feature.names.enumerated() {
        features.append(Table.Column(name: name, kind: .real, numbers: turns.map { $0[place] }))
      }
    }
    self.name = name
    axis = times.axis
    knownCount =
      encoding.known.isEmpty ? last + 1 : min(last + 1, columns.count - encoding.horizon)
    self.table = Table(
      source: columns.source, columns: features, rowCount: last + 1, lines: nil)
  }
}

/// The columns of one series by step.
private struct StepColumns {
  /// The table and, if there are several, the series, for messages.
  let source: String
  /// Number of steps, those without a target at the end included.
  let count: Int
  private let times: TimeColumn
  private let rows: [Int]
  private let table: Table
  private let missing: SeriesEncoding.MissingPolicy

  /// Most steps: two times far apart must not ask for all the memory there is.
  private static let mostSteps = 10_000_000

  init(
    series: String?, times: TimeColumn, rows: [Int], table: Table,
    missing: SeriesEncoding.MissingPolicy
  ) throws(DataError) {
    count = (times.places.last ?? -1) + 1
    guard count <= Self.mostSteps else {
      throw .tooLarge(file: table.source, limit: Self.mostSteps, unit: "steps")
    }
    source = series.map { "\(table.source), \($0)" } ?? table.source
    self.times = times
    self.rows = rows
    self.table = table
    self.missing = missing
  }

  /// The numbers of a column by step; NaN for gaps.
  func numbers(_ name: String) throws(DataError) -> [Double] {
    let column = try table.column(name)
    var values = [Double](repeating: .nan, count: count)
    switch column.values {
    case .numbers(let numbers):
      for (row, place) in zip(rows, times.places) { values[place] = numbers[row] }
    // A column without any value holds no text either.
    case .text where column.missingCount == table.rowCount: break
    case .text:
      throw .notANumber(place: table.place(ofRow: column.firstTextRow ?? 0), column: name)
    }
    return values
  }

  /// The row of each step; nil for gaps.
  func rowOfStep(before end: Int) -> [Int?] {
    var found = [Int?](repeating: nil, count: end)
    for (row, place) in zip(rows, times.places) where place < end { found[place] = row }
    return found
  }

  /// The target up to its last known value; NaN for gaps.
  func target(_ name: String) throws(DataError) -> [Double] {
    let all = try numbers(name)
    guard let last = all.lastIndex(where: { !$0.isNaN }),
      let first = all.firstIndex(where: { !$0.isNaN })
    else {
      throw .series(
        place: source, problem: "column '\(name)' has no value", advice: "Name another column.")
    }
    guard first == 0 || missing == .error else {
      throw .series(
        place: source, problem: "column '\(name)' begins with missing values",
        advice: "Leave out the rows before \(times.axis.label(first)).")
    }
    return Array(all[...last])
  }

  /// The values of a column with the missing ones among them filled, if that is wished.
  func filled(_ values: [Double], _ column: String) throws(DataError) -> [Double] {
    guard let hole = values.firstIndex(where: \.isNaN) else { return values }
    guard missing == .carry, hole > 0 else {
      let holes = values.count { $0.isNaN }
      throw .series(
        place: source,
        problem:
          "column '\(column)' has no value at \(holes) of \(values.count) steps, the first "
          + times.axis.label(hole),
        advice: hole == 0
          ? "Leave out the rows before its first value."
          : "Fill them, carry the last value on (missing: carry), or leave the time column out "
            + "to take rows as steps.")
    }
    var result = values
    for place in hole..<result.count where result[place].isNaN {
      result[place] = result[place - 1]
    }
    return result
  }
}
