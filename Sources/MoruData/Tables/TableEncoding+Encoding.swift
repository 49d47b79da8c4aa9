public import Foundation
internal import MoruArchive
public import MoruTensors

extension TableEncoding {
  /// Reads a CSV or TSV file so that its columns fit this encoding.
  public func table(
    at url: URL, as format: TableFormat = TableFormat()
  ) throws(DataError) -> Table {
    try Table(at: url, as: format, asText: textColumns)
  }

  /// The features of every row, `[rows] + shape` of `dtype`. Columns are found by name; columns that
  /// the encoding does not know are passed over.
  ///
  /// - Throws: `DataError.unknownColumn`, `.notANumber`, `.missingValue`, `.unknownCategory`, `.text`,
  ///   with file and line.
  public func encode(_ table: Table) throws(DataError) -> HostTensor {
    let width = width
    // A package's file may say anything.
    guard shape.elementCount == width else {
      throw .inconsistent("rows have \(width) values, but the shape \(shape)")
    }
    try Self.checkSize(rows: table.rowCount, width: width, source: table.source)
    var matrix = [Float](repeating: 0, count: table.rowCount * width)
    var start = 0
    for column in columns {
      let values = try table.column(column.name)
      switch column.rule {
      case .number(let fill):
        try write(values, of: table, fill: fill, into: &matrix, at: start, width: width)
      case .category(let categories, let fill):
        try write(
          values, of: table, categories: categories, fill: fill, into: &matrix, at: start,
          width: width)
      case .lookup(let lookup, let fill):
        try write(values, of: table, fill: fill, into: &matrix, at: start, width: width) {
          text throws(DataError) in try lookup.encode([Array(text.utf8)])
        }
      case .text(let vectorization, let fill):
        try write(values, of: table, fill: fill, into: &matrix, at: start, width: width) {
          text throws(DataError) in try vectorization.row(text)
        }
      }
      start += column.rule.width
    }
    return HostTensor(shape: Shape([table.rowCount] + shape.dimensions)) {
      (target: UnsafeMutableBufferPointer<Float>) in
      _ = target.initialize(fromContentsOf: matrix)
    }.converted(to: dtype)
  }

  /// The features of rows that arrive as JSON objects from column name to cell,
  /// `[rows] + shape` of `dtype`. An absent name is a missing value.
  ///
  /// - Parameter source: What to call the rows in messages.
  /// - Throws: As `encode(_:)` for a table, and `DataError.unknownColumn` for a name that neither
  ///   features nor target have.
  public func encode(
    _ rows: [[String: CellValue]], source: String = "request"
  ) throws(DataError) -> HostTensor {
    let known = columns.map(\.name) + (target.map { [$0.name] } ?? [])
    for row in rows {
      for name in row.keys.sorted() where !known.contains(name) {
        throw .unknownColumn(source: source, name: name, nearest: nearest(name, among: known))
      }
    }
    var tableColumns: [Table.Column] = []
    for column in columns {
      let cells = rows.map { $0[column.name] ?? .missing }
      switch column.rule {
      case .number: tableColumns.append(Table.Column(numbers: cells, name: column.name))
      case .category, .lookup: tableColumns.append(Table.Column(text: cells, name: column.name))
      case .text:
        if let row = cells.firstIndex(where: { if case .number = $0 { true } else { false } }) {
          throw .notText(place: "\(source), row \(row + 1)", column: column.name)
        }
        tableColumns.append(Table.Column(text: cells, name: column.name))
      }
    }
    return try encode(
      Table(source: source, columns: tableColumns, rowCount: rows.count, lines: nil))
  }

  /// The features of texts, for an encoding of one column that holds text.
  ///
  /// - Parameter source: What to call the texts in messages.
  /// - Throws: As `encode(_:)` for rows; `DataError.inconsistent` for an encoding of other columns.
  public func encode(texts: [String], source: String = "request") throws(DataError) -> HostTensor {
    guard let textColumn else { throw .inconsistent("a row has other columns than one of text") }
    return try encode(texts.map { [textColumn.name: .text($0)] }, source: source)
  }

  /// The table as a data set with one feature `input` and the targets.
  ///
  /// - Throws: As `encode(_:)`; the target column must be there if the encoding has one.
  public func dataset(from table: Table) throws(DataError) -> Dataset {
    try Dataset(
      source: table.source, features: [Dataset.Feature(values: encode(table))],
      targets: target.map { target throws(DataError) in
        try targets(in: target.name, labels: target.labels, of: table)
      },
      encoding: self
    ).with(table.reading)
  }

  /// What is true of each row by the column `name`: the class, or a number if there are no labels.
  ///
  /// - Throws: `DataError` naming file, line and column.
  package func targets(
    in name: String, labels: [String]?, of table: Table
  ) throws(DataError) -> Dataset.Targets {
    let column = try table.column(name)
    guard let labels else {
      var numbers = [Float](repeating: 0, count: table.rowCount)
      try write(column, of: table, fill: nil, into: &numbers, at: 0, width: 1)
      return .values(numbers)
    }
    let places = Self.places(labels)
    var classes: [Int32] = []
    for row in 0..<table.rowCount {
      guard let text = column.text(at: row) else {
        throw .missingValue(place: table.place(ofRow: row), column: name)
      }
      guard let place = places[text] else {
        throw .unknownCategory(
          place: table.place(ofRow: row), column: name, known: labels.count)
      }
      classes.append(Int32(place))
    }
    return .classes(classes, labels: labels)
  }

  private func write(
    _ column: Table.Column, of table: Table, fill: Double?, into matrix: inout [Float],
    at start: Int, width: Int
  ) throws(DataError) {
    switch column.values {
    case .text:
      let row = column.firstTextRow ?? 0
      throw .notANumber(place: table.place(ofRow: row), column: column.name)
    case .numbers(let numbers):
      for (row, number) in numbers.enumerated() {
        let value = number.isNaN ? fill : number
        guard let value else {
          throw .missingValue(place: table.place(ofRow: row), column: column.name)
        }
        let single = Float(value)
        guard single.isFinite else {
          throw .outOfRange(place: table.place(ofRow: row), column: column.name)
        }
        matrix[row * width + start] = single
      }
    }
  }

  private func write(
    _ column: Table.Column, of table: Table, categories: [String], fill: String?,
    into matrix: inout [Float], at start: Int, width: Int
  ) throws(DataError) {
    let places = Self.places(categories)
    for row in 0..<table.rowCount {
      guard let text = column.text(at: row) ?? fill else {
        throw .missingValue(place: table.place(ofRow: row), column: column.name)
      }
      guard let place = places[text] else {
        if unknown == .ignore { continue }
        throw .unknownCategory(
          place: table.place(ofRow: row), column: column.name, known: categories.count)
      }
      matrix[row * width + start + place] = 1
    }
  }

  /// Writes the numbers that `encode` makes of each text.
  private func write(
    _ column: Table.Column, of table: Table, fill: String?, into matrix: inout [Float],
    at start: Int, width: Int, encode: (String) throws(DataError) -> [Float]
  ) throws(DataError) {
    for row in 0..<table.rowCount {
      guard let text = column.text(at: row) ?? fill else {
        throw .missingValue(place: table.place(ofRow: row), column: column.name)
      }
      do throws(DataError) {
        for (place, value) in try encode(text).enumerated() {
          matrix[row * width + start + place] = value
        }
      } catch { throw .text(place: table.place(ofRow: row), column: column.name, error) }
    }
  }

  /// Where each name stands. Decoded encodings come from files, so a repeated name must not trap.
  private static func places(_ names: [String]) -> [String: Int] {
    Dictionary(names.enumerated().map { ($1, $0) }) { first, _ in first }
  }
}

extension Table.Column {
  /// A number column of JSON cells; text in it is found by `firstTextRow`.
  init(numbers cells: [CellValue], name: String) {
    let textRow = cells.firstIndex { if case .text = $0 { true } else { false } }
    let numbers = cells.map { if case .number(let number) = $0 { number } else { Double.nan } }
    self.init(
      name: name, kind: textRow == nil ? .real : .text,
      values: textRow == nil ? .numbers(numbers) : .text(codes: [], categories: []),
      numericCount: 0, firstTextRow: textRow)
  }

  /// A text column of JSON cells; numbers in it become text as they do in a file.
  init(text cells: [CellValue], name: String) {
    var categories: [String] = []
    var codes: [Int32] = []
    for cell in cells {
      switch cell {
      case .missing: codes.append(-1)
      case .number(let number):
        codes.append(Int32(categories.count))
        categories.append(Self.text(of: number))
      case .text(let text):
        codes.append(Int32(categories.count))
        categories.append(text)
      }
    }
    self.init(
      name: name, kind: .text, values: .text(codes: codes, categories: categories),
      numericCount: 0, firstTextRow: nil)
  }
}
