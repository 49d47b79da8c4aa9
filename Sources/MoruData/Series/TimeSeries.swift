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
  /// The features by step, in the encoding's order; what is known ahead as it is `horizon` steps later.
  let table: Table
  /// Steps at which all that is to be known ahead is known; 0 stands for it at later ones.
  let knownCount: Int

  /// Most steps: two times far apart must not ask for all the memory there is.
  private static let mostSteps = 10_000_000

  /// Number of steps up to the last known target.
  public var count: Int { values.count }

  init(
    name: String?, times: TimeColumn, rows: [Int], of table: Table, encoding: SeriesEncoding
  ) throws(DataError) {
    let source = name.map { "\(table.source), \($0)" } ?? table.source
    let length = (times.places.last ?? -1) + 1
    guard length <= Self.mostSteps else {
      throw .tooLarge(file: table.source, limit: Self.mostSteps, unit: "steps")
    }
    /// The numbers of a column by step; NaN for gaps.
    func numbers(_ name: String) throws(DataError) -> [Double] {
      let column = try table.column(name)
      var values = [Double](repeating: .nan, count: length)
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
    let target = try numbers(encoding.target)
    guard let last = target.lastIndex(where: { !$0.isNaN }),
      let first = target.firstIndex(where: { !$0.isNaN })
    else {
      throw .series(
        place: source, problem: "column '\(encoding.target)' has no value",
        advice: "Name another column.")
    }
    /// The values with the missing ones among them filled, if that is wished.
    func filled(_ values: [Double], _ column: String) throws(DataError) -> [Double] {
      guard let hole = values.firstIndex(where: \.isNaN) else { return values }
      guard encoding.missing == .carry, hole > 0 else {
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
    guard first == 0 || encoding.missing == .error else {
      throw .series(
        place: source, problem: "column '\(encoding.target)' begins with missing values",
        advice: "Leave out the rows before \(times.axis.label(first)).")
    }
    let known = Array(target[...last])
    let values = try filled(known, encoding.target)
    var columns = [Table.Column(name: encoding.target, kind: .real, numbers: values)]
    for name in encoding.past {
      columns.append(
        Table.Column(
          name: name, kind: .real, numbers: try filled(Array(try numbers(name)[...last]), name)))
    }
    for name in encoding.known {
      let all = try filled(try numbers(name), name)
      columns.append(
        Table.Column(
          name: name, kind: .real,
          numbers: (0...last).map { place in
            let ahead = place + encoding.horizon
            return ahead < all.count ? all[ahead] : 0
          }))
    }
    for feature in encoding.calendar {
      let turns = (0...last).map {
        feature.values(at: $0 + encoding.horizon, of: times.axis) ?? [0, 0]
      }
      for (place, name) in feature.names.enumerated() {
        columns.append(Table.Column(name: name, kind: .real, numbers: turns.map { $0[place] }))
      }
    }
    self.name = name
    knownCount = encoding.known.isEmpty ? last + 1 : min(last + 1, length - encoding.horizon)
    axis = times.axis
    self.values = values
    isFilled = known.map(\.isNaN)
    self.table = Table(source: source, columns: columns, rowCount: last + 1, lines: nil)
  }
}
