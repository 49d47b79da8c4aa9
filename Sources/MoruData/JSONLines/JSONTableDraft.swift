/// A table while its rows of JSON are read.
struct JSONTableDraft {
  /// Most cells of a table, the missing ones counted: a name that one row has makes one in all rows.
  private static let cellLimit = 1 << 28
  private static let columnLimit = 1 << 17

  private let asText: Set<String>
  /// What the columns are beyond these rows; found in the rows if nil.
  private let kinds: [Table.Column.Kind]?
  private var lines: [Int] = []
  private var columns: [ColumnDraft] = []
  private var columnOfName: [String: Int] = [:]

  /// Number of rows.
  var rowCount: Int { lines.count }

  /// A table whose columns are found in its rows.
  init(asText: Set<String>) {
    self.asText = asText
    kinds = nil
  }

  /// A table of columns that are known.
  init(_ knowledge: JSONLinesFile.Knowledge) {
    asText = []
    kinds = knowledge.kinds
    for (name, kind) in zip(knowledge.names, knowledge.kinds) {
      columnOfName[name] = columns.count
      columns.append(ColumnDraft(name: name, isText: kind == .text))
    }
  }

  /// Whether there is a column for each name.
  func knows(_ cells: [JSONLinesPass.Cell]) -> Bool {
    cells.allSatisfy { columnOfName[$0.name] != nil }
  }

  /// - Throws: `RowProblem.tooManyCells` for a row that would make the table too large.
  mutating func keep(_ cells: [JSONLinesPass.Cell], line: Int) throws(RowProblem) {
    let count = columns.count + cells.count { columnOfName[$0.name] == nil }
    try Self.checkColumns(count)
    guard (lines.count + 1) * count <= Self.cellLimit else {
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
    lines.append(line)
  }

  static func checkColumns(_ count: Int) throws(RowProblem) {
    guard count <= columnLimit else { throw .tooManyCells(limit: cellLimit) }
  }

  /// The rows that were kept.
  func table(source: String, reading: ReadingReport?) -> Table {
    Table(
      source: source,
      columns: columns.enumerated().map { place, column in
        column.column(rows: lines.count, kind: kinds?[place])
      }, rowCount: lines.count, lines: lines, reading: reading)
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
    return text.withUTF8 { texts.code(of: UnsafeRawBufferPointer($0)) }
  }

  /// Fills rows in which the name does not occur.
  private mutating func pad(to row: Int) {
    if isText {
      codes += repeatElement(-1, count: row - codes.count)
    } else {
      numbers += repeatElement(.nan, count: row - numbers.count)
    }
  }

  func column(rows: Int, kind: Table.Column.Kind?) -> Table.Column {
    var draft = self
    draft.pad(to: rows)
    let kind: Table.Column.Kind =
      isText ? .text : kind ?? (draft.numbers.allSatisfy(Table.Column.isWhole) ? .whole : .real)
    return Table.Column(
      name: name, kind: kind,
      values: isText
        ? .text(codes: draft.codes, categories: texts.texts) : .numbers(draft.numbers),
      numericCount: numericCount, firstTextRow: firstTextRow)
  }
}
