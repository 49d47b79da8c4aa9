internal import Foundation

/// A file of one JSON object on each line, read as a table: a column for each name, in order of first
/// appearance.
struct JSONLinesFile {
  /// Most cells of a table, the missing ones counted: a name that one row has makes one in all rows.
  private static let cellLimit = 1 << 28
  private static let columnLimit = 1 << 17

  private let input: TableInput
  private let format: TableFormat
  private let asText: Set<String>
  private var report: ReadingReport
  private var lines: [Int] = []
  private var columns: [ColumnDraft] = []
  private var columnOfName: [String: Int] = [:]

  /// Whether a file of this name holds JSON lines.
  static func isNamed(_ name: String) -> Bool {
    let name = name.lowercased()
    return [".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz"].contains { name.hasSuffix($0) }
  }

  init(_ input: TableInput, _ format: TableFormat, asText: Set<String>) {
    self.input = input
    self.format = format
    self.asText = asText
    report = ReadingReport(source: input.name, unit: "row", encoding: format.encoding ?? .utf8)
  }

  /// All rows.
  func table() throws(DataError) -> Table {
    var reader = self
    try reader.read()
    try reader.report.requireSome()
    guard !reader.lines.isEmpty else { throw .noRows(file: input.name) }
    return Table(
      source: input.name, columns: reader.columns.map { $0.column(rows: reader.lines.count) },
      rowCount: reader.lines.count, lines: reader.lines, reading: reader.report)
  }

  private mutating func read() throws(DataError) {
    let (source, bound) = try input.open(format.encoding ?? .utf8)
    let limit = TableLimits().window
    let window = try ByteWindow(source, capacity: limit, bound: bound)
    guard window.count > 0 else { throw .emptyFile(input.name) }
    var line = 1
    while window.count > 0 {
      var start = 0
      while start < window.count {
        let found = memchr(window.bytes + start, 10, window.count - start)
        guard found != nil || window.isLast else { break }
        let end =
          found.map { UnsafeRawPointer($0) - UnsafeRawPointer(window.bytes) } ?? window.count
        try readLine(window.bytes, start..<end, line: line)
        line += 1
        start = min(end + 1, window.count)
      }
      guard start > 0 else { throw .row(place: place(line), .tooLong(limit: limit)) }
      try window.advance(by: start)
    }
  }

  private func place(_ line: Int) -> String { "\(input.name):\(line)" }

  private mutating func readLine(
    _ bytes: UnsafePointer<UInt8>, _ range: Range<Int>, line: Int
  ) throws(DataError) {
    guard range.contains(where: { !" \t\r".utf8.contains(bytes[$0]) }) else { return }
    do throws(RowProblem) {
      let cells = try JSONLine.cells(bytes, range, nested: format.nested)
      try keep(cells, line: line)
    } catch {
      guard format.damaged == .skip else { throw .row(place: place(line), error) }
      let place = self.place(line)
      report.skip(1, [.init(place: place, reason: error.reason)])
    }
  }

  private mutating func keep(
    _ cells: [(name: String, cell: JSONLine.Cell?)], line: Int
  ) throws(RowProblem) {
    let newCount = cells.count { columnOfName[$0.name] == nil }
    let count = columns.count + newCount
    guard count <= Self.columnLimit, (lines.count + 1) * count <= Self.cellLimit else {
      throw .tooManyCells(limit: Self.cellLimit)
    }
    for (name, cell) in cells {
      let column = columnOfName[name] ?? columns.count
      if column == columns.count {
        columnOfName[name] = column
        columns.append(ColumnDraft(name: name, isText: asText.contains(name)))
      }
      if let cell { columns[column].add(cell, row: lines.count) }
    }
    report.keep()
    lines.append(line)
  }
}

/// A column while its rows are read.
private struct ColumnDraft {
  let name: String
  private var isText: Bool
  private var numbers: [Double] = []
  private var codes: [Int32] = []
  private var texts = TextInterner()
  private var numericCount = 0
  private var firstTextRow: Int?

  init(name: String, isText: Bool) {
    self.name = name
    self.isText = isText
  }

  mutating func add(_ cell: JSONLine.Cell, row: Int) {
    if case .text = cell, !isText { turnToText() }
    pad(to: row)
    switch cell {
    case .number(let number):
      numericCount += 1
      if isText {
        codes.append(code(Table.Column.text(of: number)))
      } else {
        numbers.append(number)
      }
    case .text(let text):
      if firstTextRow == nil { firstTextRow = row }
      codes.append(code(text))
    }
  }

  /// Numbers that were read before become text in their shortest form.
  private mutating func turnToText() {
    isText = true
    codes = numbers.map { $0.isNaN ? -1 : code(Table.Column.text(of: $0)) }
    numbers = []
  }

  private func code(_ text: String) -> Int32 {
    var text = text
    return text.withUTF8 { texts.code(of: UnsafeRawBufferPointer($0)) { (_) throws(Never) in } }
  }

  /// Fills rows in which the name does not occur.
  private mutating func pad(to row: Int) {
    if isText {
      codes += repeatElement(-1, count: row - codes.count)
    } else {
      numbers += repeatElement(.nan, count: row - numbers.count)
    }
  }

  func column(rows: Int) -> Table.Column {
    var draft = self
    draft.pad(to: rows)
    let kind: Table.Column.Kind =
      isText ? .text : draft.numbers.allSatisfy(Table.Column.isWhole) ? .whole : .real
    return Table.Column(
      name: name, kind: kind,
      values: isText
        ? .text(codes: draft.codes, categories: texts.texts) : .numbers(draft.numbers),
      numericCount: numericCount, firstTextRow: firstTextRow)
  }
}
