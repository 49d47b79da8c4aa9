/// Reads a table in two passes: the first cuts the lines and reads numbers, the second reads the
/// text of those columns that turned out not to be numbers.
struct TableLoader {
  let bytes: UnsafeRawBufferPointer
  let source: String
  let separator: UInt8

  /// What the first pass learns of a column.
  private struct Draft {
    let name: String
    var isText: Bool
    var isWhole = true
    var numbers: [Double] = []
    var numericCount = 0
    var firstTextRow: Int?
    // Second pass, text columns only.
    var codes: [Int32] = []
    var categories: [String] = []
    var codeOfText: [String: Int32] = [:]
  }

  func table(hasHeader: Bool, asText: Set<String>) throws(DataError) -> Table {
    var scanner = CSVScanner(bytes: bytes, source: source, separator: separator)
    guard scanner.findRow() else { throw .emptyFile(source) }
    let dataStart = scanner
    var drafts = try header(&scanner, isNamed: hasHeader).map {
      Draft(name: $0, isText: asText.contains($0))
    }
    if !hasHeader { scanner = dataStart }
    let body = scanner
    let lines = try readNumbers(&scanner, into: &drafts)
    guard !lines.isEmpty else { throw .noRows(file: source) }
    if drafts.contains(where: \.isText) { try readText(from: body, into: &drafts) }
    return Table(
      source: source, columns: drafts.map(Self.column), rowCount: lines.count, lines: lines)
  }

  private func header(
    _ scanner: inout CSVScanner, isNamed: Bool
  ) throws(DataError) -> [String] {
    let line = scanner.line
    let place = "\(source):\(line)"
    var names: [String] = []
    var columnOfName: [String: Int] = [:]
    var end = CSVScanner.End.separator
    while end == .separator {
      let field: CSVScanner.Field
      (field, end) = try scanner.nextField(column: names.count + 1)
      let name = isNamed ? try scanner.text(of: field, line: line) : "column_\(names.count + 1)"
      names.append(name)
      if let first = columnOfName.updateValue(names.count, forKey: name) {
        throw .duplicateColumn(place: place, name: name, first: first, second: names.count)
      }
    }
    return names
  }

  /// Returns the line in which each row begins.
  private func readNumbers(
    _ scanner: inout CSVScanner, into drafts: inout [Draft]
  ) throws(DataError) -> [Int] {
    var lines: [Int] = []
    while scanner.findRow() {
      let line = scanner.line
      var column = 0
      var end = CSVScanner.End.separator
      while end == .separator {
        let field: CSVScanner.Field
        (field, end) = try scanner.nextField(column: column + 1)
        if column < drafts.count { note(field, row: lines.count, in: &drafts[column]) }
        column += 1
      }
      guard column == drafts.count else {
        throw .fieldCount(place: "\(source):\(line)", found: column, expected: drafts.count)
      }
      lines.append(line)
    }
    return lines
  }

  @inline(__always)
  private func note(_ field: CSVScanner.Field, row: Int, in draft: inout Draft) {
    if let number = NumberParser.number(bytes[field.range]) {
      draft.numericCount += 1
      if draft.isText { return }
      if draft.isWhole, number.rounded() != number || abs(number) > 0x1p53 { draft.isWhole = false }
      draft.numbers.append(number)
    } else if CSVScanner.isMissing(field, in: bytes) {
      if !draft.isText { draft.numbers.append(.nan) }
    } else {
      if draft.firstTextRow == nil { draft.firstTextRow = row }
      draft.isText = true
      draft.numbers = []
    }
  }

  private func readText(
    from body: CSVScanner, into drafts: inout [Draft]
  ) throws(DataError) {
    var scanner = body
    while scanner.findRow() {
      let line = scanner.line
      for column in drafts.indices {
        let (field, _) = try scanner.nextField(column: column + 1)
        guard drafts[column].isText else { continue }
        let code =
          CSVScanner.isMissing(field, in: bytes)
          ? -1 : Self.code(of: try scanner.text(of: field, line: line), in: &drafts[column])
        drafts[column].codes.append(code)
      }
    }
  }

  private static func code(of text: String, in draft: inout Draft) -> Int32 {
    if let code = draft.codeOfText[text] { return code }
    let code = Int32(draft.categories.count)
    draft.codeOfText[text] = code
    draft.categories.append(text)
    return code
  }

  private static func column(_ draft: Draft) -> Table.Column {
    guard draft.isText else {
      // A column without a single value holds numbers, all missing.
      return Table.Column(
        name: draft.name, kind: draft.isWhole ? .whole : .real, values: .numbers(draft.numbers),
        numericCount: draft.numericCount, firstTextRow: nil)
    }
    return Table.Column(
      name: draft.name, kind: .text,
      values: .text(codes: draft.codes, categories: draft.categories),
      numericCount: draft.numericCount, firstTextRow: draft.firstTextRow)
  }
}
