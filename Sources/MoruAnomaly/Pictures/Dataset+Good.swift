public import Foundation
public import MoruData

extension Dataset {
  /// The pictures of a folder, or of the folders in it, as good samples.
  ///
  /// - Shapes: one feature `input`, UInt8 `[samples, height, width, channels]`, 0 to 255.
  /// - Parameters:
  ///   - size: Height and width that every picture is brought to.
  ///   - channels: 1 or 3; nil takes 3 if any picture has colour.
  /// - Throws: `DataError` naming the folder or picture.
  public static func goodPictures(
    at folder: URL, size: (height: Int, width: Int), channels: Int? = nil
  ) throws -> Dataset {
    let pictures = try Dataset.images(
      of: ImageFolder.loose(at: folder), size: size, channels: channels)
    return try Dataset(source: pictures.source, features: pictures.features)
  }

  /// The rows of a table as good samples: all, or those that a column says are good.
  ///
  /// - Parameters:
  ///   - kind: The column that says what rows are, which is not learned from; nil if all are good.
  ///   - good: What it says of good rows.
  ///   - missing: What becomes of cells without a value.
  /// - Throws: `DataError` naming file, line and column; `.setting` if no row is good.
  public static func goodRows(
    at file: URL, kind: String? = nil, good: String = "good",
    missing: TableEncoding.MissingPolicy = .error
  ) throws -> Dataset {
    let table = try Table(at: file, asText: kind.map { [$0] } ?? [])
    let rows = try kind.map { name in
      let column = try table.column(name)
      return (0..<table.rowCount).filter { column.text(at: $0) == good }
    }
    if let kind, rows?.isEmpty == true {
      throw DataError.setting(
        "goodRows",
        "no row of \(table.source) has '\(good)' in '\(kind)'. Say what good rows are called.")
    }
    let encoding = try TableEncoding(
      fitting: table, target: nil, features: table.names.filter { $0 != kind }, missing: missing,
      unknown: .ignore, rows: rows)
    let chosen = try rows.map { try table.subset($0) } ?? table
    return try Dataset(
      source: table.source, features: [.init(values: encoding.encode(chosen))],
      encoding: encoding)
  }

  /// Windows of a table's series as good samples, in the order of time: each ends with a step that is to be
  /// judged by those before it.
  ///
  /// - Shapes: one feature `input`, Float32 `[windows, context, features]`.
  /// - Parameters:
  ///   - table: Rows of steps.
  ///   - encoding: How windows are made; its context counts the judged step.
  ///   - kind: The column that says what steps are; windows all of whose steps are good are taken.
  ///   - good: What it says of good ones.
  /// - Throws: `DataError` for a table that is no such series; `.setting` if no window is good, or the
  ///   encoding has more than its target.
  public static func goodSeries(
    of table: Table, by encoding: SeriesEncoding, kind: String? = nil, good: String = "good"
  ) throws -> Dataset {
    try goodSeries(encoding.series(in: table), of: table, by: encoding, kind: kind, good: good)
  }

  /// Windows of series as good samples, of a table whose series are read already.
  ///
  /// - Shapes: one feature `input`, Float32 `[windows, context, features]`.
  /// - Parameters:
  ///   - series: The table's, by the encoding.
  ///   - table: Rows of steps.
  ///   - encoding: How windows are made; its context counts the judged step.
  ///   - kind: The column that says what steps are; windows all of whose steps are good are taken.
  ///   - good: What it says of good ones.
  /// - Throws: As ``goodSeries(of:by:kind:good:)``.
  public static func goodSeries(
    _ series: [TimeSeries], of table: Table, by encoding: SeriesEncoding, kind: String? = nil,
    good: String = "good"
  ) throws -> Dataset {
    guard encoding.features == [encoding.target] else {
      // A score would be the error of all of them, and what is known ahead is a later step's.
      throw DataError.setting(
        "goodSeries",
        "steps are judged by '\(encoding.target)' alone, and the windows hold "
          + "\(encoding.features.dropFirst().joined(separator: ", ")) as well. Make an encoding without "
          + "past and known columns and calendar.")
    }
    guard let kind else {
      let windows = try encoding.stepWindows(of: series)
      return try Dataset(source: table.source, features: [.init(values: windows.values)])
    }
    let column = try table.column(kind)
    // For each step of each series how many steps up to it are good, without a bad one between.
    let runs = series.map { one -> [Int] in
      var run = 0
      return one.rows.map { row -> Int in
        let isGood = row.map { column.text(at: $0) == good } ?? true
        run = isGood ? run + 1 : 0
        return run
      }
    }
    let windows = try encoding.stepWindows(of: series) { runs[$0][$1] >= encoding.context }
    guard !windows.steps.isEmpty else {
      throw DataError.setting(
        "goodSeries",
        "\(table.source) has no \(encoding.context) steps in a row with '\(good)' in '\(kind)'. "
          + "Say what good steps are called, or use a shorter window.")
    }
    return try Dataset(source: table.source, features: [.init(values: windows.values)])
  }
}
