/// Reads the few JSON forms that a safetensors header is made of: objects, strings and lists of
/// whole numbers.
///
/// A general JSON reader would not do: it keeps the last of two members of one name without a
/// word, takes 1e2 for a size, and nests as deep as the file likes.
struct HeaderScanner {
  typealias Damage = SafeTensorsHeader.Damage

  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Reads `{"name": …, …}`; `member` reads what follows each colon.
  mutating func object(
    _ member: (inout HeaderScanner, String) throws(Damage) -> Void
  ) throws(Damage) {
    try expect("{")
    if take("}") { return }
    repeat {
      let name = try string()
      try expect(":")
      try member(&self, name)
    } while take(",")
    try expect("}")
  }

  /// Reads `[1, 2, …]`: numbers from 0 to `Int.max`.
  mutating func numbers() throws(Damage) -> [Int] {
    try expect("[")
    var numbers: [Int] = []
    if take("]") { return numbers }
    repeat { numbers.append(try number()) } while take(",")
    try expect("]")
    return numbers
  }

  /// Reads a string.
  mutating func string() throws(Damage) -> String {
    try expect("\"")
    var text: [UInt8] = []
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let string = String(validating: text, as: UTF8.self) else {
          throw damage("a string that is not UTF-8 ends")
        }
        return string
      case UInt8(ascii: "\\"): text += Array(String(try escaped()).utf8)
      case 0..<0x20: throw damage("a control character stands")
      default: text.append(byte)
      }
    }
    throw damage("a string has no end")
  }

  /// Checks that nothing but white space is left.
  mutating func expectEnd() throws(Damage) {
    skipSpace()
    guard position == bytes.count else { throw damage("the header goes on after its object") }
  }

  private mutating func number() throws(Damage) -> Int {
    skipSpace()
    let start = position
    var value = 0
    while position < bytes.count, (0x30...0x39).contains(bytes[position]) {
      let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = tens.addingReportingOverflow(Int(bytes[position] - 0x30))
      guard !overflow, !carry else { throw damage("a number is too large") }
      value = sum
      position += 1
    }
    let hasLeadingZero = position - start > 1 && bytes[start] == 0x30
    guard position > start, !hasLeadingZero else { throw damage("a whole number is missing") }
    return value
  }

  private mutating func escaped() throws(Damage) -> Unicode.Scalar {
    guard position < bytes.count else { throw damage("a string has no end") }
    let byte = bytes[position]
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      let first = try hexadecimal()
      if let scalar = Unicode.Scalar(first) { return scalar }
      // A high surrogate, which only means something before an escaped low one.
      guard (0xD800..<0xDC00).contains(first), bytes[position...].starts(with: Array("\\u".utf8))
      else { throw damage("half a character is escaped") }
      position += 2
      let second = try hexadecimal()
      guard (0xDC00..<0xE000).contains(second),
        let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
      else { throw damage("half a character is escaped") }
      return scalar
    default: throw damage("an unknown escape stands")
    }
  }

  private mutating func hexadecimal() throws(Damage) -> UInt32 {
    guard position + 4 <= bytes.count else { throw damage("a string has no end") }
    var value: UInt32 = 0
    for byte in bytes[position..<position + 4] {
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw damage("an escape is not hexadecimal")
      }
      value = value << 4 | UInt32(digit)
    }
    position += 4
    return value
  }

  private mutating func expect(_ character: Unicode.Scalar) throws(Damage) {
    guard take(character) else { throw damage("'\(character)' is missing") }
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard position < bytes.count, UInt32(bytes[position]) == character.value else { return false }
    position += 1
    return true
  }

  private mutating func skipSpace() {
    while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) {
      position += 1
    }
  }

  private func damage(_ what: String) -> Damage {
    Damage(reason: "\(what) at byte \(position) of its header")
  }
}
