internal import Foundation

/// The rows of a CSV file as they stand, byte for byte: joined they are the file again.
struct RawTable {
  /// One row.
  struct Row: Equatable {
    /// The bytes of each field, quotation marks included.
    var fields: [[UInt8]]
    /// The line end, and blank lines after it.
    var end: [UInt8]
    /// The line in which it begins, from 1.
    var line: Int
    /// What is wrong with its quotation marks: it is one field, to the end of its line.
    var problem: RowProblem?

    /// The bytes of the row.
    func bytes(separator: UInt8) -> [UInt8] { Array(fields.joined(separator: [separator])) + end }
  }

  /// What stands before the header: a byte-order mark, blank lines.
  let prefix: [UInt8]
  var header: Row
  var rows: [Row]
  let separator: UInt8
  let source: String

  /// - Throws: `DataError.row` for a damaged header, `.emptyFile`.
  init(_ bytes: [UInt8], separator: UInt8, source: String) throws(DataError) {
    let hasMark = bytes.starts(with: [0xEF, 0xBB, 0xBF])
    let result: Result<(start: Int, rows: [Row]), DataError> =
      (bytes + [UInt8](repeating: 0, count: 8)).withUnsafeBufferPointer { all in
        guard let base = all.baseAddress else { return .failure(.emptyFile(source)) }
        var scanner = CSVScanner(
          base, count: bytes.count, separator: separator, from: hasMark ? 3 : 0)
        _ = scanner.findRow(before: scanner.count)
        let start = scanner.position
        var rows: [Row] = []
        while scanner.position < scanner.count {
          let line = scanner.line + 1
          let row = Row(from: &scanner, line: line)
          if rows.isEmpty, let problem = row.problem {
            return .failure(.row(place: "\(source):\(line)", problem))
          }
          rows.append(row)
        }
        return .success((start, rows))
      }
    let (start, found) = try result.get()
    guard let header = found.first else { throw .emptyFile(source) }
    prefix = Array(bytes[..<start])
    self.header = header
    rows = Array(found.dropFirst())
    self.separator = separator
    self.source = source
  }

  /// The file.
  var bytes: [UInt8] {
    prefix + header.bytes(separator: separator)
      + rows.flatMap { $0.bytes(separator: separator) }
  }

  /// A field as it is written, of the bytes of a text: no other byte of CP949 looks like a separator, a
  /// quotation mark or a line end.
  func field(_ bytes: [UInt8]) -> [UInt8] {
    let needsQuotes =
      CSVScanner.missingWords.contains(bytes)
      || bytes.contains { $0 == separator || [0x22, 0x0A, 0x0D].contains($0) }
    return needsQuotes
      ? [0x22] + bytes.flatMap { $0 == 0x22 ? [0x22, 0x22] : [$0] } + [0x22] : bytes
  }
}

extension RawTable.Row {
  /// The row at which a scanner stands, which then stands at the next. Where quotation marks do not fit,
  /// that is the next line, as tables are read.
  fileprivate init(from scanner: inout CSVScanner, line: Int) {
    self.init(fields: [], end: [], line: line)
    let start = (position: scanner.position, line: scanner.line)
    var (next, end) = (CSVScanner.End.separator, 0)
    do throws(RowProblem) {
      while next == .separator {
        let field: CSVScanner.Field
        (field, next) = try scanner.nextField(column: fields.count + 1)
        let marks = field.isQuoted ? 1 : 0
        end = field.range.upperBound + marks
        fields.append(scanner.bytes(field.range.lowerBound - marks..<end))
      }
    } catch {
      problem = error
      (scanner.position, scanner.line) = start
      if !scanner.skipLine() { scanner.position = scanner.count }
      fields = [scanner.bytes(start.position..<scanner.position)]
      end = scanner.position
    }
    _ = scanner.findRow(before: scanner.count)
    self.end = scanner.bytes(end..<scanner.position)
  }
}

extension CSVScanner {
  fileprivate func bytes(_ range: Range<Int>) -> [UInt8] {
    Array(UnsafeBufferPointer(start: bytes + range.lowerBound, count: range.count))
  }
}
