internal import Foundation

/// One reading of a file of JSON lines from its beginning to its end, a row at a time.
final class JSONLinesPass {
  /// A name of a row and what it stands for; null and what is missing is nil.
  typealias Cell = (name: String, cell: JSONLine.Cell?)

  /// Rows and damage so far.
  private(set) var report: ReadingReport

  private let name: String
  private let nested: NestedPolicy
  private let damaged: DamagePolicy
  private let window: ByteWindow
  private var start = 0
  private var line = 0

  /// - Throws: `DataError.unreadable`, `.emptyFile`.
  init(_ input: TableInput, _ format: TableFormat) throws(DataError) {
    name = input.name
    nested = format.nested
    damaged = format.damaged
    report = ReadingReport(source: input.name, unit: "row", encoding: format.encoding ?? .utf8)
    let (source, bound) = try input.open(format.encoding ?? .utf8)
    window = try ByteWindow(source, capacity: TableLimits().window, bound: bound)
    guard window.count > 0 else { throw .emptyFile(input.name) }
  }

  /// Reads the next line and gives its cells to `keep`, unless it is blank or damaged; false at the end.
  ///
  /// - Parameter keep: May refuse the row.
  /// - Throws: `DataError.row` for a damaged row, if that is an error.
  func readLine(
    _ keep: (_ cells: [Cell], _ line: Int) throws(RowProblem) -> Void
  ) throws(DataError) -> Bool {
    if start == window.count || lineEnd == nil, start > 0 {
      try window.advance(by: start)
      start = 0
    }
    guard window.count > 0 else { return false }
    line += 1
    guard let end = lineEnd ?? (window.isLast ? window.count : nil) else {
      try skipEndlessLine()
      return true
    }
    let range = start..<end
    start = min(end + 1, window.count)
    guard range.contains(where: { !" \t\r".utf8.contains(window.bytes[$0]) }) else { return true }
    do throws(RowProblem) {
      try keep(JSONLine.cells(window.bytes, range, nested: nested), line)
      report.keep()
    } catch { try skip(error) }
    return true
  }

  private var lineEnd: Int? {
    memchr(window.bytes + start, 10, window.count - start)
      .map { UnsafeRawPointer($0) - UnsafeRawPointer(window.bytes) }
  }

  private func skip(_ problem: RowProblem) throws(DataError) {
    let place = "\(name):\(line)"
    guard damaged == .skip else { throw .row(place: place, problem) }
    report.skip(1, [.init(place: place, reason: problem.reason)])
  }

  /// Drops a line that fills the window and does not end in it.
  private func skipEndlessLine() throws(DataError) {
    try skip(.tooLong(limit: window.capacity))
    while lineEnd == nil, window.count > 0 { try window.advance(by: window.count) }
    start = lineEnd.map { $0 + 1 } ?? 0
  }
}
