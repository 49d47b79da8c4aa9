internal import Foundation

/// A stretch of CSV text that begins with a row: what reading it gave.
struct CSVStretch {
  /// What reading needs to know beside the bytes.
  struct Settings {
    let separator: UInt8
    let encoding: TextEncoding
    let damaged: DamagePolicy
    /// Which columns are text.
    var isText: [Bool]
  }

  /// The rows.
  let rows: TablePiece
  /// Where the first row behind the stretch begins.
  private(set) var end: Int
  /// Line ends before `end`.
  private(set) var lineCount = 0
  /// The first rows that are damaged, and the lines in which they begin.
  private(set) var problems: [(line: Int, problem: RowProblem)] = []
  /// How many rows are damaged.
  private(set) var problemCount = 0
  /// Whether the stretch is one row that does not end before the text does.
  private(set) var isUnfinished = false

  /// Reads the rows that begin in a range of a text; the last one may go on behind it.
  ///
  /// - Parameter isWhole: Whether the file ends with the text. Else a row that may go on behind the
  ///   text is not read.
  init(
    _ bytes: UnsafePointer<UInt8>, count: Int, range: Range<Int>, isWhole: Bool,
    _ settings: Settings
  ) {
    rows = TablePiece(
      isText: settings.isText, rows: Self.lineEnds(bytes, range) + 1, byteCount: range.count)
    end = range.lowerBound
    let expected = settings.isText.count
    var scanner = CSVScanner(
      bytes, count: count, separator: settings.separator, from: range.lowerBound)
    while scanner.findRow(before: range.upperBound) {
      let start = (position: scanner.position, line: scanner.line)
      do throws(RowProblem) {
        try Self.readRow(&scanner, into: rows, expected: expected, settings)
        if !isWhole, scanner.position >= count {
          rows.dropRow()
          scanner.position = start.position
          isUnfinished = true
          break
        }
        rows.keepRow(line: start.line)
      } catch {
        rows.dropRow()
        if !isWhole, scanner.position >= count {
          scanner.position = start.position
          isUnfinished = true
          break
        }
        problemCount += 1
        if problems.count < ReadingReport.listLimit { problems.append((start.line, error)) }
        guard settings.damaged == .skip else { break }
        Self.recover(&scanner, from: start, error)
      }
      end = scanner.position
      lineCount = scanner.line
    }
    // Blank lines at the end.
    if !isUnfinished {
      end = max(end, scanner.position)
      lineCount = max(lineCount, scanner.line)
    }
  }

  /// A row without its line ends takes a byte at least, so each row has a line end but the last.
  private static func lineEnds(_ bytes: UnsafePointer<UInt8>, _ range: Range<Int>) -> Int {
    var (count, position) = (0, range.lowerBound)
    while position + 8 <= range.upperBound {
      // Eight counts in a word, none of which may pass 255.
      var counts: UInt64 = 0
      for _ in 0..<min(255, (range.upperBound - position) / 8) {
        counts &+= CSVScanner.lineEnds(in: bytes + position)
        position += 8
      }
      let pairs = (counts & 0x00FF_00FF_00FF_00FF) &+ (counts >> 8 & 0x00FF_00FF_00FF_00FF)
      count += Int((pairs &* 0x0001_0001_0001_0001) >> 48)
    }
    for place in position..<range.upperBound {
      count += CSVScanner.isLineEnd(bytes[place]) ? 1 : 0
    }
    return count
  }

  /// Goes on behind a damaged row. Where quotation marks do not fit nobody knows where the row ends, so
  /// the next line begins the next row.
  private static func recover(
    _ scanner: inout CSVScanner, from start: (position: Int, line: Int), _ problem: RowProblem
  ) {
    switch problem {
    case .unclosedQuote, .textAfterQuote:
      (scanner.position, scanner.line) = start
      if !scanner.skipLine() { scanner.position = scanner.count }
    default: break
    }
  }

  @inline(__always)
  private static func readRow(
    _ scanner: inout CSVScanner, into rows: TablePiece, expected: Int, _ settings: Settings
  ) throws(RowProblem) {
    let row = rows.rowCount
    let targets = rows.targets
    var column = 0
    var end = CSVScanner.End.separator
    var damage: RowProblem?
    while end == .separator {
      if column < expected {
        let target = targets[column]
        if target.isText {
          end = try readText(&scanner, column, to: target, row, settings.encoding, &damage)
        } else if let next = readPlainNumber(&scanner, to: target.numbers + row) {
          end = next
        } else {
          end = try readNumber(
            &scanner, column, to: target.numbers + row, rows, settings.encoding, &damage)
        }
      } else {
        (_, end) = try scanner.nextField(column: column + 1)
      }
      column += 1
    }
    // A wrong number of fields is found at the row's end only, and comes first.
    guard column == expected else { throw .fieldCount(found: column, expected: expected) }
    if let damage { throw damage }
  }

  /// Reads a number that is spelt without exponent, spaces and quotation marks, or nothing; nil for all
  /// else.
  @inline(__always)
  private static func readPlainNumber(
    _ scanner: inout CSVScanner, to target: UnsafeMutablePointer<Double>
  ) -> CSVScanner.End? {
    var position = scanner.position
    let digits = NumberParser.Digits(scanner.bytes, from: &position)
    let next = scanner.bytes[position]
    guard next == scanner.separator || CSVScanner.isLineEnd(next), position < scanner.count else {
      return nil
    }
    if position == scanner.position {
      target.pointee = .nan
      return scanner.endField()
    }
    guard digits.count > 0, digits.count <= NumberParser.digitLimit,
      let value = NumberParser.value(digits.mantissa, exponent: -digits.fractionCount)
    else { return nil }
    target.pointee = digits.isNegative ? -value : value
    scanner.position = position
    return scanner.endField()
  }

  @inline(never)
  private static func readNumber(
    _ scanner: inout CSVScanner, _ column: Int, to target: UnsafeMutablePointer<Double>,
    _ rows: TablePiece, _ encoding: TextEncoding, _ damage: inout RowProblem?
  ) throws(RowProblem) -> CSVScanner.End {
    let (field, end) = try scanner.nextField(column: column + 1)
    if let value = NumberParser.number(scanner.raw(field)) {
      target.pointee = value
    } else if scanner.isMissing(field) {
      target.pointee = .nan
    } else {
      rows.turn(column)
      damage = damage ?? problem(scanner.raw(field), encoding)
    }
    return end
  }

  @inline(__always)
  private static func readText(
    _ scanner: inout CSVScanner, _ column: Int, to target: TablePiece.Target, _ row: Int,
    _ encoding: TextEncoding, _ damage: inout RowProblem?
  ) throws(RowProblem) -> CSVScanner.End {
    let (field, end) = try scanner.nextField(column: column + 1)
    guard !scanner.isMissing(field) else {
      target.codes[row] = -1
      return end
    }
    do throws(RowProblem) {
      target.codes[row] = try scanner.withText(of: field) { text throws(RowProblem) in
        try target.texts.pointee.code(of: text) { text throws(RowProblem) in
          if let problem = problem(text, encoding) { throw problem }
        }
      }
    } catch { damage = damage ?? error }
    return end
  }

  /// What is wrong with the bytes of a field as text.
  static func problem(_ text: UnsafeRawBufferPointer, _ encoding: TextEncoding) -> RowProblem? {
    if let base = text.baseAddress, memchr(base, 0, text.count) != nil { return .nulByte }
    return UTF8Tally.isValid(text) ? nil : .notText(encoding)
  }
}
