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

    /// The bytes of the row.
    func bytes(separator: UInt8) -> [UInt8] { Array(fields.joined(separator: [separator])) + end }
  }

  /// What stands before the header: a byte-order mark, blank lines.
  let prefix: [UInt8]
  var header: Row
  var rows: [Row]
  let separator: UInt8
  let source: String

  /// - Throws: `DataError.row`, `.emptyFile`.
  init(_ bytes: [UInt8], separator: UInt8, source: String) throws(DataError) {
    var cutter = Cutter(bytes: bytes, separator: separator, source: source)
    let start = cutter.skipMarkAndBlankLines()
    guard let header = try cutter.next() else { throw .emptyFile(source) }
    prefix = Array(bytes[..<start])
    self.header = header
    var rows: [Row] = []
    while let row = try cutter.next() { rows.append(row) }
    self.rows = rows
    self.separator = separator
    self.source = source
  }

  /// The file.
  var bytes: [UInt8] {
    prefix + header.bytes(separator: separator)
      + rows.flatMap { $0.bytes(separator: separator) }
  }

  /// Without quotation marks these are read as no value.
  private static let missingWords: Set = ["NA", "N/A", "NaN", "nan", "null", "NULL"]

  /// A field as it is written for a text.
  func field(_ text: String) -> [UInt8] {
    let bytes = Array(text.utf8)
    let needsQuotes =
      Self.missingWords.contains(text)
      || bytes.contains { $0 == separator || [0x22, 0x0A, 0x0D].contains($0) }
    return needsQuotes ? [0x22] + Array(text.replacing("\"", with: "\"\"").utf8) + [0x22] : bytes
  }

  /// Cuts rows one after another.
  private struct Cutter {
    let bytes: [UInt8]
    let separator: UInt8
    let source: String
    var position = 0
    var line = 1

    mutating func skipMarkAndBlankLines() -> Int {
      if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
      while skipLineEnd() {}
      return position
    }

    mutating func next() throws(DataError) -> Row? {
      guard position < bytes.count else { return nil }
      var row = Row(fields: [], end: [], line: line)
      repeat { row.fields.append(try field(column: row.fields.count + 1)) } while skipSeparator()
      let start = position
      while skipLineEnd() {}
      row.end = Array(bytes[start..<position])
      return row
    }

    private mutating func skipSeparator() -> Bool {
      guard position < bytes.count, bytes[position] == separator else { return false }
      position += 1
      return true
    }

    private mutating func field(column: Int) throws(DataError) -> [UInt8] {
      let start = position
      if position < bytes.count, bytes[position] == 0x22 {
        let place = "\(source):\(line)"
        position += 1
        while true {
          guard position < bytes.count else {
            throw .row(place: place, .unclosedQuote(column: column))
          }
          if bytes[position] == 0x22 {
            guard position + 1 < bytes.count, bytes[position + 1] == 0x22 else { break }
            position += 2
          } else if !skipLineEnd() {
            position += 1
          }
        }
        position += 1
        guard position == bytes.count || bytes[position] == separator || isLineEnd else {
          throw .row(place: "\(source):\(line)", .textAfterQuote(column: column))
        }
      } else {
        while position < bytes.count, bytes[position] != separator, !isLineEnd { position += 1 }
      }
      return Array(bytes[start..<position])
    }

    private var isLineEnd: Bool { bytes[position] == 0x0A || bytes[position] == 0x0D }

    private mutating func skipLineEnd() -> Bool {
      guard position < bytes.count, isLineEnd else { return false }
      let wasReturn = bytes[position] == 0x0D
      position += 1
      if wasReturn, position < bytes.count, bytes[position] == 0x0A { position += 1 }
      line += 1
      return true
    }
  }
}
