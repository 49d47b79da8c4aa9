public import Foundation

/// A CSV or TSV file or JSON lines, read a number of rows at a time, however large the file is.
///
/// The file is read once in advance, in bounded memory, to find its encoding and the kind of every
/// column: all tables that it then gives have the same columns. A text column's categories are those of
/// each table alone.
///
/// ```swift
/// for try await rows in try TableStream(at: url, rowsPerTable: 10_000) { … }
/// ```
public struct TableStream: AsyncSequence, Sendable {
  public typealias Element = Table

  /// The name of the file.
  public let source: String
  /// The columns' names, in order.
  public let names: [String]
  /// What the columns' cells are, over all rows.
  public let kinds: [Table.Column.Kind]
  /// What was found in the file.
  public let reading: ReadingReport
  /// The most rows of a table; only the last one has fewer.
  public let rowsPerTable: Int

  /// Number of rows, the header and damaged ones not counted.
  public var rowCount: Int { reading.kept }

  /// The file, and what is known of it.
  private enum Origin {
    case csv(CSVFile, CSVPass.Knowledge)
    case jsonLines(JSONLinesFile, JSONLinesFile.Knowledge)
  }

  private let origin: Origin

  /// Reads a file once to know its columns.
  ///
  /// - Parameters:
  ///   - rowsPerTable: The most rows of a table, at least 1.
  ///   - asText: Columns that are kept as text even if they hold numbers.
  /// - Throws: `DataError` with file and line.
  public init(
    at url: URL, rowsPerTable: Int = 65_536, as format: TableFormat = TableFormat(),
    asText: Set<String> = []
  ) throws(DataError) {
    guard rowsPerTable >= 1 else { throw .inconsistent("a table of a stream needs a row at least") }
    self.rowsPerTable = rowsPerTable
    source = url.lastPathComponent
    let input = TableInput(file: url)
    guard !JSONLinesFile.isNamed(source) else {
      let file = JSONLinesFile(input, format, asText: asText)
      let knowledge = try file.knowledge()
      origin = .jsonLines(file, knowledge)
      (names, kinds, reading) = (knowledge.names, knowledge.kinds, knowledge.report)
      return
    }
    let file = CSVFile(input, format, asText: asText)
    let (pass, areWhole) = try file.read(into: [Bool]()) { areWhole, piece in
      let found = piece.rows.isText.indices.map { column in
        !piece.rows.isText[column] && piece.rows.numbers(column).allSatisfy(Table.Column.isWhole)
      }
      areWhole = areWhole.isEmpty ? found : zip(areWhole, found).map { $0 && $1 }
    }
    origin = .csv(file, pass.knowledge)
    names = pass.knowledge.names
    kinds = zip(pass.knowledge.isText, areWhole).map { $0 ? .text : $1 ? .whole : .real }
    reading = pass.report
  }

  public func makeAsyncIterator() -> Tables { Tables(self) }

  /// The tables, one after another, from the beginning of the file.
  public struct Tables: AsyncIteratorProtocol {
    private let stream: TableStream
    private var pass: CSVPass?
    private var lines: JSONLinesPass?
    private var slices: [TableSlice] = []
    private var isDone = false

    init(_ stream: TableStream) { self.stream = stream }

    /// The next rows; nil at the end.
    ///
    /// - Throws: `DataError`, also if the file is no longer the one that was read in advance.
    public mutating func next() throws(DataError) -> Table? {
      guard !isDone else { return nil }
      let table =
        switch stream.origin {
        case .csv(let file, let knowledge): try next(of: file, knowledge)
        case .jsonLines(let file, let knowledge): try next(of: file, knowledge)
        }
      isDone = table == nil
      return table
    }

    private mutating func next(
      of file: JSONLinesFile, _ knowledge: JSONLinesFile.Knowledge
    ) throws(DataError) -> Table? {
      let pass: JSONLinesPass
      if let lines { pass = lines } else { pass = try file.pass() }
      lines = pass
      var draft = JSONTableDraft(knowledge)
      var isKnown = true
      while draft.rowCount < stream.rowsPerTable, isKnown,
        try pass.readLine({ cells, line throws(RowProblem) in
          isKnown = draft.knows(cells)
          if isKnown { try draft.keep(cells, line: line) }
        })
      {}
      guard isKnown else {
        throw .unreadable(file: stream.source, reason: "it changes while it is being read")
      }
      return draft.rowCount > 0 ? draft.table(source: stream.source, reading: nil) : nil
    }

    private mutating func next(
      of file: CSVFile, _ knowledge: CSVPass.Knowledge
    ) throws(DataError) -> Table? {
      if pass == nil { pass = try file.pass(knowing: knowledge) }
      var count = slices.reduce(0) { $0 + $1.rows.count }
      while count < stream.rowsPerTable, let pass, let pieces = try pass.next() {
        guard pass.knowledge == knowledge else {
          throw .unreadable(file: stream.source, reason: "it changes while it is being read")
        }
        slices += pieces.map { TableSlice(piece: $0, rows: 0..<$0.rows.rowCount) }
        count += pieces.reduce(0) { $0 + $1.rows.rowCount }
      }
      guard count > 0 else { return nil }
      return Table(
        source: stream.source, names: stream.names, kinds: stream.kinds,
        slices: take(stream.rowsPerTable))
    }

    /// Removes the first rows.
    private mutating func take(_ count: Int) -> [TableSlice] {
      var taken: [TableSlice] = []
      var missing = count
      while missing > 0, let slice = slices.first {
        let cut = Swift.min(slice.rows.lowerBound + missing, slice.rows.upperBound)
        taken.append(TableSlice(piece: slice.piece, rows: slice.rows.lowerBound..<cut))
        missing -= cut - slice.rows.lowerBound
        if cut == slice.rows.upperBound {
          slices.removeFirst()
        } else {
          slices[0] = TableSlice(piece: slice.piece, rows: cut..<slice.rows.upperBound)
        }
      }
      return taken
    }
  }
}
