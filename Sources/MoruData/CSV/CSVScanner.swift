/// Cuts the bytes of CSV text into fields, without copying them.
///
/// Quoting is RFC 4180's; lines end in LF, CRLF or CR.
struct CSVScanner {
  /// One field of a row.
  struct Field {
    /// The bytes between separators, or between quotation marks if there are any.
    var range: Range<Int>
    /// Whether the field stands in quotation marks.
    var isQuoted = false
    /// Whether doubled quotation marks inside stand for single ones.
    var hasEscapes = false
  }

  /// What ended a field.
  enum End { case separator, row }

  /// The text; eight bytes of 0 can be read behind its end.
  let bytes: UnsafePointer<UInt8>
  /// Where the text ends.
  let count: Int
  let separator: UInt8
  /// The next byte.
  var position: Int
  /// Line ends before the next byte.
  var line = 0
  private let separators: UInt64

  init(_ bytes: UnsafePointer<UInt8>, count: Int, separator: UInt8, from position: Int = 0) {
    self.bytes = bytes
    self.count = count
    self.separator = separator
    self.position = position
    separators = UInt64(separator) &* 0x0101_0101_0101_0101
  }

  /// Steps over blank lines; false at `end`.
  @inline(__always)
  mutating func findRow(before end: Int) -> Bool {
    while position < end {
      guard Self.isLineEnd(bytes[position]) else { return true }
      skipLineEnd()
    }
    return false
  }

  /// The next field, whose column (from 1) is for messages.
  @inline(__always)
  mutating func nextField(column: Int) throws(RowProblem) -> (Field, End) {
    if bytes[position] == UInt8(ascii: "\""), position < count {
      return try quotedField(column: column)
    }
    let start = position
    findFieldEnd()
    let field = Field(range: start..<position)
    return (field, endField())
  }

  /// Goes to the separator or line end of a field without quotation marks.
  ///
  /// Eight bytes at a time: a byte of `word ^ pattern` is 0 where `word` has the pattern's, and only
  /// then, and in bytes above the first such one, `x − 1 & ~x` has its highest bit.
  @inline(__always)
  private mutating func findFieldEnd() {
    while position < count {
      let word = UnsafeRawPointer(bytes + position).loadUnaligned(as: UInt64.self)
      let found =
        Self.zeros(word ^ separators) | Self.zeros(word ^ 0x0A0A_0A0A_0A0A_0A0A)
        | Self.zeros(word ^ 0x0D0D_0D0D_0D0D_0D0D)
      if found != 0 {
        position = min(count, position + found.trailingZeroBitCount / 8)
        return
      }
      position += 8
    }
    position = count
  }

  @inline(__always)
  private static func zeros(_ word: UInt64) -> UInt64 {
    (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080
  }

  private mutating func quotedField(column: Int) throws(RowProblem) -> (Field, End) {
    let quote = UInt8(ascii: "\"")
    var field = Field(range: position..<position, isQuoted: true)
    position += 1
    let start = position
    while true {
      skipText()
      guard position < count else { throw .unclosedQuote(column: column) }
      let byte = bytes[position]
      if byte == quote {
        guard position + 1 < count, bytes[position + 1] == quote else { break }
        field.hasEscapes = true
        position += 2
      } else if Self.isLineEnd(byte) {
        skipLineEnd()
      } else {
        position += 1
      }
    }
    field.range = start..<position
    position += 1
    guard position == count || bytes[position] == separator || Self.isLineEnd(bytes[position])
    else { throw .textAfterQuote(column: column) }
    return (field, endField())
  }

  /// Steps over groups of eight bytes without quotation marks and line ends.
  @inline(__always)
  private mutating func skipText() {
    while position + 8 <= count {
      let word = UnsafeRawPointer(bytes + position).loadUnaligned(as: UInt64.self)
      let found =
        Self.zeros(word ^ 0x2222_2222_2222_2222) | Self.zeros(word ^ 0x0A0A_0A0A_0A0A_0A0A)
        | Self.zeros(word ^ 0x0D0D_0D0D_0D0D_0D0D)
      position += found == 0 ? 8 : found.trailingZeroBitCount / 8
      if found != 0 { return }
    }
  }

  @inline(__always)
  mutating func endField() -> End {
    guard position < count else { return .row }
    if bytes[position] == separator {
      position += 1
      return .separator
    }
    skipLineEnd()
    return .row
  }

  @inline(__always)
  static func isLineEnd(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
  }

  /// The next eight bytes with 1 for each line end and 0 for all else.
  @inline(__always)
  static func lineEnds(in bytes: UnsafePointer<UInt8>) -> UInt64 {
    let word = UnsafeRawPointer(bytes).loadUnaligned(as: UInt64.self)
    // Where `word` has the pattern's byte, and only there, neither the sum nor the byte reaches 128.
    func differs(_ pattern: UInt64) -> UInt64 {
      let low: UInt64 = 0x7F7F_7F7F_7F7F_7F7F
      let difference = word ^ pattern
      return (difference & low) &+ low | difference
    }
    let none = differs(0x0A0A_0A0A_0A0A_0A0A) & differs(0x0D0D_0D0D_0D0D_0D0D)
    return ~none >> 7 & 0x0101_0101_0101_0101
  }

  /// Steps over LF, CRLF or CR, which counts as one line.
  @inline(__always)
  private mutating func skipLineEnd() {
    let wasReturn = bytes[position] == UInt8(ascii: "\r")
    position += 1
    if wasReturn, position < count, bytes[position] == UInt8(ascii: "\n") { position += 1 }
    line += 1
  }

  /// Goes to the beginning of the next line; false if there is none.
  mutating func skipLine() -> Bool {
    while position < count, !Self.isLineEnd(bytes[position]) { position += 1 }
    guard position < count else { return false }
    skipLineEnd()
    return true
  }

  /// The bytes of a field as they stand in the file.
  @inline(__always)
  func raw(_ field: Field) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: bytes + field.range.lowerBound, count: field.range.count)
  }

  /// Calls `body` with the bytes of a field's text.
  @inline(__always)
  func withText<R>(
    of field: Field, _ body: (UnsafeRawBufferPointer) throws(RowProblem) -> R
  ) throws(RowProblem) -> R {
    guard field.hasEscapes else { return try body(raw(field)) }
    var unescaped: [UInt8] = []
    var isSecond = false
    for byte in raw(field) {
      isSecond = byte == UInt8(ascii: "\"") && !isSecond
      if !isSecond { unescaped.append(byte) }
    }
    // Eight bytes of 0 behind the end, as elsewhere.
    let length = unescaped.count
    unescaped += [UInt8](repeating: 0, count: 8)
    let result: Result<R, RowProblem> = unescaped.withUnsafeBytes { all in
      do throws(RowProblem) {
        return .success(try body(UnsafeRawBufferPointer(rebasing: all[..<length])))
      } catch { return .failure(error) }
    }
    return try result.get()
  }

  /// Whether the field stands for "no value": empty, or a word for it without quotation marks.
  @inline(__always)
  func isMissing(_ field: Field) -> Bool {
    if field.range.isEmpty { return true }
    guard !field.isQuoted, field.range.count <= 4 else { return false }
    let first = bytes[field.range.lowerBound] | 0x20
    return first == UInt8(ascii: "n") && Self.missingWords.contains { raw(field).elementsEqual($0) }
  }

  /// Without quotation marks these are read as no value.
  static let missingWords = ["NA", "N/A", "NaN", "nan", "null", "NULL"].map {
    Array($0.utf8)
  }
}
