internal import MoruTensors

extension Dataset {
  /// Windows of a time series, and what comes after each: as Keras's `timeseries_dataset_from_array`.
  ///
  /// Window `i` is the rows `i · stride + samplingRate · 0, 1, …, window − 1`; its target is the column
  /// `target` at the steps of `horizon` behind its last row. All of that lies within `rows`: windows over
  /// the training rows alone and over the later rows alone have no row in common. With `series` it also
  /// lies within one series, whose rows stand together.
  ///
  /// - Shapes: one feature `input`, Float32 `[windows, window, features]`; the target is one number for
  ///   each window, or `[windows, steps]` for a horizon of several steps.
  /// - Parameters:
  ///   - table: Rows in order of time.
  ///   - features: The columns in the windows; all but `series` if nil, the target's past among them.
  ///   - target: The column to be forecast.
  ///   - window: Rows in a window, at least 1.
  ///   - horizon: Steps behind the last row, at least 1.
  ///   - stride: Rows between the beginnings of windows, at least 1.
  ///   - samplingRate: Rows between the rows of a window, at least 1.
  ///   - series: The column that tells series apart, such as a machine's number.
  ///   - rows: The rows that windows and targets are taken from; all if nil.
  /// - Throws: `DataError.setting` if no window fits; `.notANumber`, `.missingValue` and `.outOfRange`
  ///   with the place; `.unknownColumn`.
  public static func windows(
    of table: Table, features: [String]? = nil, target: String, window: Int,
    horizon: ClosedRange<Int> = 1...1, stride: Int = 1, samplingRate: Int = 1,
    series: String? = nil, rows: Range<Int>? = nil
  ) throws(DataError) -> Dataset {
    let rows = rows ?? 0..<table.rowCount
    guard window >= 1, stride >= 1, samplingRate >= 1, horizon.lowerBound >= 1,
      rows.lowerBound >= 0, rows.upperBound <= table.rowCount
    else {
      throw .setting(
        "windows",
        "window, stride, sampling rate and horizon are at least 1, and the rows are among the "
          + "\(table.rowCount) of \(table.source).")
    }
    let (last, overflow) = (window - 1).multipliedReportingOverflow(by: samplingRate)
    let (span, tooLong) = last.addingReportingOverflow(horizon.upperBound)
    let ends = try ends(ofSeries: series, in: table, rows)
    let starts =
      overflow || tooLong
      ? []
      : Swift.stride(from: rows.lowerBound, to: rows.upperBound, by: stride).filter {
        span < ends[$0 - rows.lowerBound] - $0
      }
    guard !starts.isEmpty else {
      throw .setting(
        "windows",
        "no window of \(window) rows with a horizon of \(horizon.upperBound) fits into "
          + "\(counted(rows.count, "row")). Use shorter ones.")
    }
    let names = features ?? table.names.filter { $0 != series }
    let columns = try names.map { name throws(DataError) in
      try numbers(name, of: table, rows)
    }
    guard starts.count <= TableEncoding.elementLimit / max(window * max(columns.count, 1), 1) else {
      throw .tooLarge(file: table.source, limit: TableEncoding.elementLimit, unit: "numbers")
    }
    let values = HostTensor(shape: [starts.count, window, columns.count]) {
      (buffer: UnsafeMutableBufferPointer<Float>) in
      var place = 0
      for start in starts {
        for step in 0..<window {
          for column in columns {
            buffer.initializeElement(
              at: place, to: column[start - rows.lowerBound + step * samplingRate])
            place += 1
          }
        }
      }
    }
    let answers = try numbers(target, of: table, rows)
    let ahead = starts.flatMap { start in
      horizon.map { answers[start - rows.lowerBound + last + $0] }
    }
    return try Dataset(
      source: table.source, features: [Feature(values: values)],
      targets: horizon.count == 1
        ? .values(ahead)
        : .tensor(shaped(HostTensor(ahead), [starts.count, horizon.count])))
  }

  /// For each row the place behind the last row of its series.
  private static func ends(
    ofSeries name: String?, in table: Table, _ rows: Range<Int>
  ) throws(DataError) -> [Int] {
    var ends = [Int](repeating: rows.upperBound, count: rows.count)
    guard let name else { return ends }
    let keys = try table.column(name).keys
    var seen = Set<Int64>()
    for row in rows.reversed() {
      if row + 1 < rows.upperBound, keys[row] == keys[row + 1] {
        ends[row - rows.lowerBound] = ends[row + 1 - rows.lowerBound]
      } else {
        ends[row - rows.lowerBound] = row + 1
        guard seen.insert(keys[row]).inserted else {
          throw .setting(
            "windows",
            "\(table.place(ofRow: row)): the rows of a series in '\(name)' do not stand together. "
              + "Sort the table by it, then by time.")
        }
      }
    }
    return ends
  }

  private static func numbers(
    _ name: String, of table: Table, _ rows: Range<Int>
  ) throws(DataError) -> [Float] {
    let column = try table.column(name)
    guard case .numbers(let numbers) = column.values else {
      throw .notANumber(place: table.place(ofRow: column.firstTextRow ?? 0), column: name)
    }
    var values: [Float] = []
    values.reserveCapacity(rows.count)
    for row in rows {
      guard !numbers[row].isNaN else {
        throw .missingValue(place: table.place(ofRow: row), column: name)
      }
      let value = Float(numbers[row])
      guard value.isFinite else { throw .outOfRange(place: table.place(ofRow: row), column: name) }
      values.append(value)
    }
    return values
  }
}
