internal import Foundation
internal import MoruTensors

/// One reading of a CSV file from its beginning to its end, a block of rows at a time.
///
/// A block is cut at line ends into stretches, which are read side by side as if each began with a
/// row. Where a line end lay inside quotation marks the stretch behind it is read anew from where the
/// one before it ended.
final class CSVPass {
  /// What a pass may find out about a file that it should have known at its beginning.
  struct Knowledge: Equatable {
    /// How the bytes stand for text; nil before anything was read.
    var encoding: TextEncoding?
    /// The columns' names and which of them are text; empty before anything was read.
    var names: [String] = []
    var isText: [Bool] = []
  }

  /// Rows in the file's order.
  struct Piece {
    let rows: TablePiece
    /// The line in which the piece begins, from 1.
    let firstLine: Int
  }

  /// The most columns that a table may have.
  private static let columnLimit = 1 << 17

  /// What is known by now.
  private(set) var knowledge: Knowledge
  /// Whether that is more than at the beginning, so that rows read before are wrong and the file must
  /// be read again.
  private(set) var isStale = false
  /// Rows and damage so far.
  private(set) var report: ReadingReport

  private let name: String
  private let window: ByteWindow
  private let limits: TableLimits
  private let damaged: DamagePolicy
  private let separator: UInt8
  /// What of the encoding is found out; nil if it was known.
  private var guess: EncodingGuess?
  private var start = 0
  private var line = 1
  private var isFirstBlock = true

  /// Opens the file and reads its header.
  ///
  /// - Parameter asText: Columns that are text even if they hold numbers.
  init(
    _ input: TableInput, _ format: TableFormat, asText: Set<String>, limits: TableLimits,
    knowing known: Knowledge
  ) throws(DataError) {
    self.limits = limits
    name = input.name
    separator = try format.separatorByte(fileName: input.name)
    damaged = format.damaged
    knowledge = known
    let encoding = format.encoding ?? known.encoding
    guess = encoding == nil ? EncodingGuess() : nil
    knowledge.encoding = encoding ?? .utf8
    report = ReadingReport(source: input.name, unit: "row", encoding: encoding ?? .utf8)
    let (source, bound) = try input.open(encoding ?? .utf8)
    window = try ByteWindow(source, capacity: limits.window, bound: bound)
    if window.count >= 3, window.bytes[0] == 0xEF, window.bytes[1] == 0xBB, window.bytes[2] == 0xBF
    {
      start = 3
    }
    guard try isUTF8() else { return }
    let names = try readHeader(isNamed: format.hasHeader)
    if knowledge.names.isEmpty {
      knowledge.names = names
      knowledge.isText = names.map(asText.contains)
      learnFromSample()
    } else if knowledge.names != names {
      throw .unreadable(file: input.name, reason: "it changes while it is being read")
    }
  }

  /// The rows of the next block in order; nil at the file's end, or when nothing more can be found
  /// out.
  func next() throws(DataError) -> [Piece]? {
    while start < window.count, try isUTF8() {
      let (pieces, end) = try readBlock()
      isFirstBlock = false
      if end > start {
        try advance(to: end)
      } else if start > 0 {
        try advance(to: start)
      } else {
        try skipEndlessRow()
      }
      if !pieces.isEmpty { return pieces }
    }
    return nil
  }

  private func advance(to end: Int) throws(DataError) {
    try window.advance(by: end)
    guess?.advance(by: end)
    start = 0
  }

  private func place(_ line: Int) -> String { "\(name):\(line)" }

  // MARK: Encoding

  /// Whether all that was read is UTF-8, if that is still to be found out. If not, the file is read to
  /// its end to say what it is.
  private func isUTF8() throws(DataError) -> Bool {
    guard guess != nil else { return true }
    guess?.look(at: window)
    guard guess?.isUTF8 == false else { return true }
    while !window.isLast {
      // A character is at most four bytes long, so that looking on always gets on.
      let checked = guess?.checked ?? 0
      try window.advance(by: checked)
      guess?.advance(by: checked)
      guess?.look(at: window)
    }
    knowledge.encoding = guess?.encoding
    isStale = true
    start = window.count
    return false
  }

  // MARK: Header

  private func readHeader(isNamed: Bool) throws(DataError) -> [String] {
    var scanner = CSVScanner(window.bytes, count: window.count, separator: separator, from: start)
    guard scanner.findRow(before: window.count) else { throw .emptyFile(name) }
    let place = place(line + scanner.line)
    var names: [String] = []
    do throws(RowProblem) {
      var end = CSVScanner.End.separator
      while end == .separator {
        let field: CSVScanner.Field
        (field, end) = try scanner.nextField(column: names.count + 1)
        names.append(isNamed ? try name(field, of: scanner) : "column_\(names.count + 1)")
      }
      guard window.isLast || scanner.position < window.count else {
        throw .tooLong(limit: limits.window)
      }
    } catch { throw .row(place: place, error) }
    guard names.count <= Self.columnLimit else {
      throw .tooLarge(file: name, limit: Self.columnLimit, unit: "columns")
    }
    var columnOfName: [String: Int] = [:]
    for (column, name) in names.enumerated() {
      if let first = columnOfName.updateValue(column + 1, forKey: name) {
        throw .duplicateColumn(place: place, name: name, first: first, second: column + 1)
      }
    }
    guard isNamed else { return names }
    start = scanner.position
    line += scanner.line
    return names
  }

  private func name(
    _ field: CSVScanner.Field, of scanner: CSVScanner
  ) throws(RowProblem) -> String {
    try scanner.withText(of: field) { text throws(RowProblem) in
      if let problem = CSVStretch.problem(text, knowledge.encoding ?? .utf8) { throw problem }
      return String(decoding: text, as: UTF8.self)
    }
  }

  // MARK: Rows

  private var settings: CSVStretch.Settings {
    CSVStretch.Settings(
      separator: separator, encoding: knowledge.encoding ?? .utf8, damaged: damaged,
      isText: knowledge.isText)
  }

  private func stretch(_ range: Range<Int>) -> CSVStretch {
    CSVStretch(
      window.bytes, count: window.count, range: range, isWhole: window.isLast, settings)
  }

  /// Notes which columns of numbers hold text; false if none does.
  private func learn(_ stretches: [CSVStretch]) -> Bool {
    let turned = stretches.flatMap(\.rows.turned)
    for column in turned { knowledge.isText[column] = true }
    return !turned.isEmpty
  }

  private func learnFromSample() {
    let range = start..<lineEnd(from: min(start + limits.sample, window.count))
    while learn([stretch(range)]) {}
  }

  /// The place behind the first line feed at or behind `position`.
  private func lineEnd(from position: Int) -> Int {
    guard position < window.count,
      let found = memchr(window.bytes + position, 10, window.count - position)
    else { return window.count }
    return UnsafeRawPointer(found) - UnsafeRawPointer(window.bytes) + 1
  }

  private func readBlock() throws(DataError) -> (pieces: [Piece], end: Int) {
    var ranges: [Range<Int>] = []
    var end = start
    while end < window.count {
      let next = lineEnd(from: min(end + limits.stretch, window.count))
      ranges.append(end..<next)
      end = next
    }
    var stretches = readStretches(ranges)
    while learn(stretches) {
      guard isFirstBlock else {
        isStale = true
        break
      }
      stretches = readStretches(ranges)
    }
    var pieces: [Piece] = []
    for stretch in stretches {
      try note(stretch)
      if stretch.rows.rowCount > 0 { pieces.append(Piece(rows: stretch.rows, firstLine: line)) }
      line += stretch.lineCount
    }
    return (pieces, stretches.last?.end ?? start)
  }

  /// Reads a block's ranges side by side, and those anew that do not begin with a row.
  private func readStretches(_ ranges: [Range<Int>]) -> [CSVStretch] {
    let guesses = Parallel.map(ranges.count) { stretch(ranges[$0]) }
    var stretches: [CSVStretch] = []
    var end = start
    for (range, guess) in zip(ranges, guesses) where range.upperBound > end {
      let read = range.lowerBound == end ? guess : stretch(end..<range.upperBound)
      stretches.append(read)
      end = read.end
      if read.isUnfinished || (damaged == .error && read.problemCount > 0) { break }
    }
    return stretches
  }

  private func note(_ stretch: CSVStretch) throws(DataError) {
    report.keep(stretch.rows.rowCount)
    guard let first = stretch.problems.first else { return }
    guard damaged == .skip else { throw .row(place: place(line + first.line), first.problem) }
    report.skip(
      stretch.problemCount,
      stretch.problems.map {
        .init(place: place(line + $0.line), reason: $0.problem.reason)
      })
  }

  /// Drops the first line of a row that fills the window and does not end in it.
  private func skipEndlessRow() throws(DataError) {
    let problem = RowProblem.tooLong(limit: limits.window)
    guard damaged == .skip else { throw .row(place: place(line), problem) }
    report.skip(1, [.init(place: place(line), reason: problem.reason)])
    line += 1
    while window.count > 0, try isUTF8() {
      var scanner = CSVScanner(window.bytes, count: window.count, separator: separator)
      let isFound = scanner.skipLine()
      if isFound, scanner.position < window.count || window.isLast {
        return try advance(to: scanner.position)
      }
      // What goes on behind the window stays: a line feed after its return, and a character that is cut.
      try advance(to: isFound ? scanner.position - 1 : guess?.checked ?? window.count)
    }
  }
}
