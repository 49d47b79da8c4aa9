/// Reads one JSON object as RFC 8259 has it: names are not given twice, numbers are finite, depth is
/// limited.
///
/// A reader of its own beside `JSONReader`: millions of rows go from the file's bytes into columns without a
/// tree of values between, objects within become names with points on the way, and numbers are read by the
/// parser that CSV has.
struct JSONLine {
  /// What a name stands for; null is left out.
  enum Cell: Equatable {
    case number(Double)
    case text(String)
  }

  private static let depthLimit = 64

  private let bytes: UnsafePointer<UInt8>
  private let end: Int
  private let start: Int
  private var position: Int
  private let nested: NestedPolicy
  private var cells: [(name: String, cell: Cell?)] = []

  /// The names and values of the object in a range of bytes, behind which one is readable that no
  /// number goes on with. Objects and arrays within become names with points, if they may.
  static func cells(
    _ bytes: UnsafePointer<UInt8>, _ range: Range<Int>, nested: NestedPolicy
  ) throws(RowProblem) -> [(name: String, cell: Cell?)] {
    var line = JSONLine(bytes, range, nested)
    line.skipSpace()
    guard line.current == UInt8(ascii: "{") else { throw line.wrong("an object begins with {") }
    try line.object(path: "", depth: 1)
    line.skipSpace()
    guard line.position == line.end else { throw line.wrong("nothing may follow the object") }
    guard Set(line.cells.map(\.name)).count == line.cells.count else {
      throw line.wrong("a name is given twice")
    }
    return line.cells
  }

  private init(_ bytes: UnsafePointer<UInt8>, _ range: Range<Int>, _ nested: NestedPolicy) {
    self.bytes = bytes
    self.nested = nested
    (start, end, position) = (range.lowerBound, range.upperBound, range.lowerBound)
  }

  private var current: UInt8? { position < end ? bytes[position] : nil }

  private func wrong(_ reason: String) -> RowProblem {
    .json(column: position - start + 1, reason)
  }

  private mutating func skipSpace() {
    while let byte = current, byte == 0x20 || byte == 0x09 || byte == 0x0D { position += 1 }
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard current == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func object(path: String, depth: Int) throws(RowProblem) {
    guard depth <= Self.depthLimit else { throw wrong("nested too deep") }
    position += 1
    if take("}") { return }
    repeat {
      skipSpace()
      guard current == UInt8(ascii: "\"") else { throw wrong("a name stands in quotation marks") }
      let name = path + (try string())
      guard take(":") else { throw wrong("a colon follows a name") }
      try value(name, depth: depth)
    } while take(",")
    guard take("}") else { throw wrong("an object ends with }") }
  }

  private mutating func array(path: String, depth: Int) throws(RowProblem) {
    guard depth <= Self.depthLimit else { throw wrong("nested too deep") }
    position += 1
    if take("]") { return }
    var index = 0
    repeat {
      try value("\(path)\(index)", depth: depth)
      index += 1
    } while take(",")
    guard take("]") else { throw wrong("an array ends with ]") }
  }

  private mutating func value(_ name: String, depth: Int) throws(RowProblem) {
    skipSpace()
    switch current {
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      guard nested == .flatten else {
        throw wrong("an object or array stands in the value; flatten it")
      }
      if current == UInt8(ascii: "{") {
        try object(path: name + ".", depth: depth + 1)
      } else {
        try array(path: name + ".", depth: depth + 1)
      }
    case UInt8(ascii: "\""): cells.append((name, .text(try string())))
    case UInt8(ascii: "t"): cells.append((name, .text(try word("true"))))
    case UInt8(ascii: "f"): cells.append((name, .text(try word("false"))))
    case UInt8(ascii: "n"):
      _ = try word("null")
      cells.append((name, nil))
    default: cells.append((name, .number(try number())))
    }
  }

  private mutating func word(_ word: String) throws(RowProblem) -> String {
    guard
      UnsafeBufferPointer(start: bytes + position, count: end - position)
        .starts(with: word.utf8)
    else { throw wrong("this is no value") }
    position += word.utf8.count
    return word
  }

  private mutating func number() throws(RowProblem) -> Double {
    let first = position
    if current == UInt8(ascii: "-") { position += 1 }
    let whole = digits()
    guard whole > 0, whole == 1 || bytes[position - whole] != UInt8(ascii: "0") else {
      position = first
      throw wrong("this is no value")
    }
    if current == UInt8(ascii: ".") {
      position += 1
      guard digits() > 0 else { throw wrong("a digit follows the point") }
    }
    if let byte = current, byte | 0x20 == UInt8(ascii: "e") {
      position += 1
      if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { position += 1 }
      guard digits() > 0 else { throw wrong("an exponent has a digit") }
    }
    let text = UnsafeRawBufferPointer(start: bytes + first, count: position - first)
    guard let number = NumberParser.number(text) else {
      throw wrong("the number is beyond the range of Float64")
    }
    return number
  }

  private mutating func digits() -> Int {
    let first = position
    while let byte = current, byte &- UInt8(ascii: "0") <= 9 { position += 1 }
    return position - first
  }

  private mutating func string() throws(RowProblem) -> String {
    position += 1
    var text: [UInt8] = []
    while let byte = current, byte != UInt8(ascii: "\"") {
      guard byte >= 0x20 else { throw wrong("a control character in a text is not escaped") }
      position += 1
      if byte == UInt8(ascii: "\\") { try escape(into: &text) } else { text.append(byte) }
    }
    guard current != nil else { throw wrong("a text ends with a quotation mark") }
    position += 1
    guard let string = String(validating: text, as: UTF8.self) else { throw .notText(.utf8) }
    return string
  }

  private mutating func escape(into text: inout [UInt8]) throws(RowProblem) {
    guard let byte = current else { throw wrong("a text ends with a quotation mark") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"):
      var code = try unit()
      if code & 0xFC00 == 0xD800, bytes[position] == UInt8(ascii: "\\"), position + 1 < end,
        bytes[position + 1] == UInt8(ascii: "u")
      {
        position += 2
        let low = try unit()
        guard low & 0xFC00 == 0xDC00 else { throw wrong("half a character is escaped") }
        code = 0x10000 + (code & 0x3FF) << 10 + low & 0x3FF
      }
      guard let scalar = Unicode.Scalar(code) else { throw wrong("half a character is escaped") }
      text += Array(String(Character(scalar)).utf8)
    default: throw wrong("there is no such escape")
    }
  }

  /// Four hexadecimal digits.
  private mutating func unit() throws(RowProblem) -> UInt32 {
    guard position + 4 <= end else { throw wrong("an escape has four digits") }
    var code: UInt32 = 0
    for _ in 0..<4 {
      guard let digit = Character(Unicode.Scalar(bytes[position])).hexDigitValue else {
        throw wrong("an escape has four digits")
      }
      code = code << 4 | UInt32(digit)
      position += 1
    }
    return code
  }
}
