internal import Foundation

/// A file of one JSON object on each line, read as a table: a column for each name, in order of first
/// appearance.
struct JSONLinesFile {
  /// What is known of a file when all of it was read once.
  struct Knowledge {
    /// The columns' names, in order of first appearance.
    let names: [String]
    /// What their cells are, over all rows.
    let kinds: [Table.Column.Kind]
    /// Rows and damage.
    let report: ReadingReport
  }

  private let input: TableInput
  private let format: TableFormat
  private let asText: Set<String>

  /// Whether a file of this name holds JSON lines.
  static func isNamed(_ name: String) -> Bool {
    let name = name.lowercased()
    return [".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz"].contains { name.hasSuffix($0) }
  }

  init(_ input: TableInput, _ format: TableFormat, asText: Set<String>) {
    self.input = input
    self.format = format
    self.asText = asText
  }

  /// A new pass over the file.
  func pass() throws(DataError) -> JSONLinesPass { try JSONLinesPass(input, format) }

  /// All rows.
  func table() throws(DataError) -> Table {
    let pass = try pass()
    var draft = JSONTableDraft(asText: asText)
    while try pass.readLine({ cells, line throws(RowProblem) in try draft.keep(cells, line: line) })
    {}
    try check(pass.report)
    return draft.table(source: input.name, reading: pass.report)
  }

  /// Reads the file once to know its columns, in the memory of one row.
  func knowledge() throws(DataError) -> Knowledge {
    let pass = try pass()
    var names: [String] = []
    var kinds: [String: Table.Column.Kind] = [:]
    while try pass.readLine({ cells, _ throws(RowProblem) in
      try JSONTableDraft.checkColumns(names.count + cells.count { kinds[$0.name] == nil })
      for (name, cell) in cells {
        let known = kinds[name]
        if known == nil { names.append(name) }
        kinds[name] = asText.contains(name) ? .text : cell?.kind(beside: known) ?? known ?? .whole
      }
    }) {}
    try check(pass.report)
    return Knowledge(
      names: names, kinds: names.map { kinds[$0] ?? .whole }, report: pass.report)
  }

  private func check(_ report: ReadingReport) throws(DataError) {
    try report.requireSome()
    guard report.kept > 0 else { throw .noRows(file: input.name) }
  }
}

extension JSONLine.Cell {
  /// What a column is that holds this cell beside others.
  fileprivate func kind(beside others: Table.Column.Kind?) -> Table.Column.Kind {
    switch self {
    case .text: .text
    case .number(let number):
      others == .text || others == .real
        ? others ?? .real : Table.Column.isWhole(number) ? .whole : .real
    }
  }
}
