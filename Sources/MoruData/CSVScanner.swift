/// Cuts CSV bytes into fields, without copying them.
struct CSVScanner {
  /// One field of a line.
  struct Field {
    /// The bytes between separators, or between quotation marks if there are any.
    var range: Range<Int>
    /// Whether the field stands in quotation marks.
    var isQuoted = false
    /// Whether doubled quotation marks inside stand for single ones.
    var hasEscapes = false
  }

  /// What ended a field.
  enum End { case separator, line, file }

  let bytes: UnsafeRawBufferPointer
  let source: String
  let separator: UInt8
  /// The next byte.
  var position: Int
  /// The line of the next byte, from 1.
  var line = 1

  init(bytes: UnsafeRawBufferPointer, source: String, separator: UInt8) {
    self.bytes = bytes
    self.source = source
    self.separator = separator
    let hasMark = bytes.count >= 3 && bytes[0] == 0xEF && bytes[1] == 0xBB && bytes[2] == 0xBF
    position = hasMark ? 3 : 0
  }

  /// Steps over blank lines; false at the end of the bytes.
  mutating func findRow() -> Bool {
    while position < bytes.count {
      guard isLineEnd(bytes[position]) else { return true }
      skipLineEnd()
    }
    return false
  }

  /// The next field. `column` (from 1) is for messages.
  @inline(__always)
  mutating func nextField(column: Int) throws(DataError) -> (Field, End) {
    if position < bytes.count, bytes[position] == UInt8(ascii: "\"") {
      return try quotedField(column: column)
    }
    let start = position
    while position < bytes.count {
      let byte = bytes[position]
      if byte == separator || isLineEnd(byte) { break }
      position += 1
    }
    let field = Field(range: start..<position)
    return (field, endField())
  }

  private mutating func quotedField(column: Int) throws(DataError) -> (Field, End) {
    let quote = UInt8(ascii: "\"")
    let startLine = line
    var field = Field(range: position..<position, isQuoted: true)
    position += 1
    let start = position
    while true {
      guard position < bytes.count else {
        throw .quoting(place: "\(source):\(startLine)", column: column, unclosed: true)
      }
      let byte = bytes[position]
      if byte == quote {
        guard position + 1 < bytes.count, bytes[position + 1] == quote else { break }
        field.hasEscapes = true
        position += 2
      } else if isLineEnd(byte) {
        skipLineEnd()
      } else {
        position += 1
      }
    }
    field.range = start..<position
    position += 1
    guard position == bytes.count || bytes[position] == separator || isLineEnd(bytes[position])
    else { throw .quoting(place: "\(source):\(line)", column: column, unclosed: false) }
    return (field, endField())
  }

  @inline(__always)
  private mutating func endField() -> End {
    guard position < bytes.count else { return .file }
    if bytes[position] == separator {
      position += 1
      return .separator
    }
    skipLineEnd()
    return .line
  }

  @inline(__always)
  private func isLineEnd(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
  }

  /// Steps over LF, CRLF or CR, which counts as one line.
  private mutating func skipLineEnd() {
    let wasReturn = bytes[position] == UInt8(ascii: "\r")
    position += 1
    if wasReturn, position < bytes.count, bytes[position] == UInt8(ascii: "\n") { position += 1 }
    line += 1
  }

  /// The field's text.
  ///
  /// - Throws: `DataError.notUTF8`.
  func text(of field: Field, line: Int) throws(DataError) -> String {
    let slice = UnsafeRawBufferPointer(rebasing: bytes[field.range])
    guard let text = String(validating: slice, as: UTF8.self) else {
      throw .notUTF8(place: "\(source):\(line)")
    }
    return field.hasEscapes ? text.replacing("\"\"", with: "\"") : text
  }

  /// Whether the field stands for "no value".
  static func isMissing(_ field: Field, in bytes: UnsafeRawBufferPointer) -> Bool {
    if field.range.isEmpty { return true }
    guard !field.isQuoted, field.range.count <= 4 else { return false }
    let slice = UnsafeRawBufferPointer(rebasing: bytes[field.range])
    return missingWords.contains { slice.elementsEqual($0) }
  }

  private static let missingWords = ["NA", "N/A", "NaN", "nan", "null", "NULL"].map {
    Array($0.utf8)
  }
}
