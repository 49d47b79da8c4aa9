public import Foundation
internal import MoruArchive

/// Rows and named columns of numbers and text, as read from a CSV or TSV file.
public struct Table: Sendable, Equatable {
  /// One named column.
  public struct Column: Sendable, Equatable {
    /// What a column holds, found by looking at every cell.
    public enum Kind: String, Codable, Sendable {
      /// Whole numbers of at most 2^53 in size.
      case whole
      /// Numbers, some not whole.
      case real
      /// Anything else.
      case text
    }

    /// A column's cells.
    public enum Values: Sendable, Equatable {
      /// Numbers; a missing one is NaN, and no other is.
      case numbers([Double])
      /// Places in `categories`, which are in order of first appearance; a missing cell is −1.
      case text(codes: [Int32], categories: [String])
    }

    /// The name in the header.
    public let name: String
    /// What the cells are.
    public let kind: Kind
    /// The cells.
    public let values: Values
    /// In a text column, how many cells are numbers all the same.
    public let numericCount: Int
    /// In a text column, the first row (from 0) that is neither a number nor missing.
    public let firstTextRow: Int?

    /// Number of cells without a value.
    public var missingCount: Int {
      switch values {
      case .numbers(let numbers): numbers.count { $0.isNaN }
      case .text(let codes, _): codes.count { $0 < 0 }
      }
    }

    /// Whether nearly all cells are numbers, so that the text among them looks like a mistake.
    public var looksNumeric: Bool {
      guard kind == .text, case .text(let codes, _) = values else { return false }
      return numericCount * 10 >= (codes.count - missingCount) * 9
    }

    /// The cell as text, or nil if it is missing. Whole numbers have no decimal point.
    public func text(at row: Int) -> String? {
      switch values {
      case .numbers(let numbers):
        numbers[row].isNaN ? nil : Self.text(of: numbers[row])
      case .text(let codes, let categories):
        codes[row] < 0 ? nil : categories[Int(codes[row])]
      }
    }

    /// The shortest text that reads back as `number`.
    static func text(of number: Double) -> String {
      Int64(exactly: number).map(String.init) ?? "\(number)"
    }
  }

  /// The name of the file, or another word for where the rows come from.
  public let source: String
  /// The columns in the file's order, all of the same length.
  public let columns: [Column]
  /// Number of rows, the header not counted.
  public let rowCount: Int
  /// The line of the file in which each row begins, from 1; nil for rows that are not from a file.
  let lines: [Int]?
  /// What was found in the file; nil for rows that are not from a file.
  public let reading: ReadingReport?

  /// The names of the columns, in order.
  public var names: [String] { columns.map(\.name) }

  /// The column of this name.
  ///
  /// - Throws: `DataError.unknownColumn`, with the nearest name.
  public func column(_ name: String) throws(DataError) -> Column {
    guard let column = columns.first(where: { $0.name == name }) else {
      throw .unknownColumn(source: source, name: name, nearest: nearest(name, among: names))
    }
    return column
  }

  /// Where a row stands, for messages: `digits.csv:17`.
  public func place(ofRow row: Int) -> String {
    if let lines { "\(source):\(lines[row])" } else { "\(source), row \(row + 1)" }
  }

  /// Reads a CSV or TSV file, or JSON lines if its name ends in `.jsonl` or `.ndjson`; plain or gzip.
  ///
  /// Of JSON lines each is an object whose names are columns, in order of first appearance; a name that
  /// a row lacks, and null, are missing cells, and true and false are text. Of CSV, quoting is RFC 4180's; lines end in LF, CRLF or CR; a byte-order mark and blank lines are skipped.
  /// Missing cells are empty or `NA`, `N/A`, `NaN`, `nan`, `null` or `NULL` (unquoted). A column
  /// whose present cells are all finite numbers is a number column, any other is text.
  ///
  /// - Parameter asText: Columns that are kept as text even if they hold numbers.
  /// - Throws: `DataError` with file and line.
  public init(
    at url: URL, as format: TableFormat = TableFormat(), asText: Set<String> = []
  ) throws(DataError) {
    let input = TableInput(file: url)
    self =
      try JSONLinesFile.isNamed(input.name)
      ? JSONLinesFile(input, format, asText: asText).table()
      : CSVFile(input, format, asText: asText).table()
  }

  /// Reads CSV text that is already in memory; see `init(at:as:asText:)`.
  public init(
    csv bytes: Data, source: String, as format: TableFormat = TableFormat(),
    asText: Set<String> = []
  ) throws(DataError) {
    self = try CSVFile(TableInput(bytes, name: source), format, asText: asText).table()
  }

  /// Reads JSON lines that are already in memory; see `init(at:as:asText:)`.
  public init(
    jsonLines bytes: Data, source: String, as format: TableFormat = TableFormat(),
    asText: Set<String> = []
  ) throws(DataError) {
    self = try JSONLinesFile(TableInput(bytes, name: source), format, asText: asText).table()
  }

  /// The same with other limits than the usual ones.
  package init(
    csv bytes: Data, source: String, as format: TableFormat, limits: TableLimits
  ) throws(DataError) {
    self = try CSVFile(TableInput(bytes, name: source), format, asText: [], limits: limits).table()
  }

  /// A table of columns that are known to be equally long.
  init(
    source: String, columns: [Column], rowCount: Int, lines: [Int]?, reading: ReadingReport? = nil
  ) {
    self.source = source
    self.columns = columns
    self.rowCount = rowCount
    self.lines = lines
    self.reading = reading
  }

  /// The rows named by `rows`, in that order, repeats allowed.
  ///
  /// - Throws: `DataError.inconsistent` for a row outside the table.
  public func subset(_ rows: [Int]) throws(DataError) -> Table {
    if let row = rows.first(where: { !(0..<rowCount).contains($0) }) {
      throw .inconsistent("there is no row \(row) among \(rowCount)")
    }
    return Table(
      source: source, columns: columns.map { $0.subset(rows) }, rowCount: rows.count,
      lines: lines.map { lines in rows.map { lines[$0] } })
  }
}

extension Table.Column {
  /// The cells of some rows of the table.
  fileprivate func subset(_ rows: [Int]) -> Table.Column {
    switch values {
    case .numbers(let numbers):
      Table.Column(name: name, kind: kind, numbers: rows.map { numbers[$0] })
    case .text(let codes, let categories):
      Table.Column(name: name, codes: rows.map { codes[$0] }, categories: categories)
    }
  }

  /// A column of numbers.
  init(name: String, kind: Kind, numbers: [Double]) {
    self.init(
      name: name, kind: kind, values: .numbers(numbers),
      numericCount: numbers.count { !$0.isNaN }, firstTextRow: nil)
  }

  /// A column of text, of which it is found out which cells are numbers all the same.
  init(name: String, codes: [Int32], categories: [String]) {
    let areNumbers = categories.map { text in
      var text = text
      return text.withUTF8 { NumberParser.number(alone: UnsafeRawBufferPointer($0)) != nil }
    }
    self.init(
      name: name, kind: .text, values: .text(codes: codes, categories: categories),
      numericCount: codes.count { $0 >= 0 && areNumbers[Int($0)] },
      firstTextRow: codes.firstIndex { $0 >= 0 && !areNumbers[Int($0)] })
  }
}
