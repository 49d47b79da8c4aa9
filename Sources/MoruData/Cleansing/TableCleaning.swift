public import Foundation
internal import MoruArchive

/// A cleaned copy of a table, and the journal of what was changed.
public struct TableCleaning: Sendable {
  /// The cleaned file.
  public let bytes: Data
  /// What was changed.
  public let journal: CleaningJournal

  /// Cleans a CSV or TSV file in memory; the file stays as it is. The copy has the file's encoding.
  ///
  /// - Parameters:
  ///   - target: The column to be predicted; without it conflicts are not looked for, and no words of
  ///     it are taken for missing.
  ///   - output: The name of the cleaned copy, for the journal.
  /// - Throws: `DataError` naming file, line and column; `.journal` if the original would not come back.
  public init(
    of url: URL, target: String?, steps: Set<CleaningStep>, output: String
  ) throws(DataError) {
    let source = url.lastPathComponent
    let content = try FileBytes.read(url)
    let encoding = TextEncoding(guessedFrom: Array(content))
    let name = source.lowercased()
    let isTabbed = [".tsv", ".tab", ".tsv.gz", ".tab.gz"].contains { name.hasSuffix($0) }
    var draft = try CleaningDraft(
      RawTable(Array(content), separator: isTabbed ? 0x09 : 0x2C, source: source), target: target,
      TextCodec(encoding, name: source))
    let all = steps
    if all.contains(.damagedRows) { draft.removeDamagedRows() }
    try draft.rewriteCells(all)
    if all.contains(.constantColumns) { try draft.dropConstantColumns() }
    try draft.removeRepeatedRows(all)
    let cleaned = Data(draft.cleaned.bytes)
    bytes = cleaned
    journal = CleaningJournal(
      source: source, output: output, sourceChecksum: Checksum(of: content),
      outputChecksum: Checksum(of: cleaned), separator: isTabbed ? "\t" : ",",
      encoding: encoding == .utf8 ? nil : encoding,
      steps: CleaningStep.allCases.filter(all.contains), countBefore: draft.original.rows.count,
      countAfter: draft.keptRows.count, cells: draft.cells, rows: draft.removedRows,
      columns: draft.droppedColumns)
    // What cannot be taken back is not done.
    _ = try Self.original(from: cleaned, journal)
  }

  /// The original from its cleaned copy.
  ///
  /// - Throws: `DataError.journal` if the copy is not what the journal was written for.
  public static func original(
    from cleaned: Data, _ journal: CleaningJournal
  ) throws(DataError) -> Data {
    guard Checksum(of: cleaned) == journal.outputChecksum,
      let separator = journal.separator?.utf8.first
    else {
      throw .journal(
        file: journal.output, problem: "the file has changed since it was cleaned",
        advice: "Undo from the file as it was written.")
    }
    func damaged(_ problem: String) -> DataError {
      .journal(
        file: journal.source, problem: problem, advice: "Use the journal as it was written.")
    }
    let codec = try TextCodec(journal.encoding ?? .utf8, name: journal.source)
    func bytes(_ text: String) throws(DataError) -> [UInt8] {
      guard let bytes = codec.bytes(of: text) else {
        throw damaged("the journal holds text that \(codec.encoding.title) lacks")
      }
      return bytes
    }
    var table = try RawTable(Array(cleaned), separator: separator, source: journal.output)
    for column in journal.columns.sorted(by: { $0.place < $1.place }) {
      var cells: [[UInt8]] = []
      for run in column.cells {
        let count = max(0, min(run.count, table.rows.count - cells.count))
        cells += [[UInt8]](repeating: try bytes(run.text), count: count)
      }
      guard cells.count == table.rows.count, (0...table.header.fields.count).contains(column.place)
      else { throw damaged("the journal does not fit in column '\(column.name)'") }
      table.header.fields.insert(try bytes(column.head), at: column.place)
      for row in table.rows.indices {
        table.rows[row].fields.insert(cells[row], at: column.place)
      }
    }
    var removed: [Int: CleaningJournal.Row] = [:]
    for row in journal.rows { removed[row.row] = row }
    let cells = Dictionary(grouping: journal.cells, by: \.row)
    guard table.rows.count + removed.count == journal.countBefore else {
      throw damaged("the journal has another number of rows")
    }
    var original = table.prefix + table.header.bytes(separator: separator)
    var kept = table.rows.makeIterator()
    for place in 0..<journal.countBefore {
      if let row = removed[place] {
        if let raw = row.bytes { original += raw } else { original += try bytes(row.text) }
      } else if var row = kept.next() {
        // A cell may have been rewritten by one step after another: the first knows the original.
        for cell in (cells[place] ?? []).reversed() {
          guard row.fields.indices.contains(cell.place) else {
            throw damaged("the journal names a cell that is not there")
          }
          row.fields[cell.place] = try bytes(cell.old)
        }
        original += row.bytes(separator: separator)
      }
    }
    guard Checksum(of: Data(original)) == journal.sourceChecksum else {
      throw damaged("what comes back is not the original")
    }
    return Data(original)
  }
}
