/// Reads JSON as RFC 8259 has it, from text that nobody vouches for: depth is limited, names are not
/// given twice, numbers are finite, and every error says where it is.
///
/// The one reader of JSON that people and clients send. Foundation's makes an object of each number, limits
/// depth only by its own stack, and on Linux its decoder does not say where a text breaks the grammar; it
/// reads files that were written here. `JSONLine` reads rows of tables into columns.
package struct JSONReader {
  private let bytes: UnsafeBufferPointer<UInt8>
  private let depthLimit: Int
  private var position = 0

  /// The value that `bytes` spell.
  ///
  /// - Parameter depthLimit: How deep arrays and objects may be nested.
  /// - Throws: `JSONProblem.grammar` with the place, `.depth`, `.notUTF8`.
  package static func value(
    of bytes: some Collection<UInt8>, depthLimit: Int
  ) throws(JSONProblem) -> JSONValue {
    let result: Result<JSONValue, JSONProblem>? = bytes.withContiguousStorageIfAvailable { bytes in
      do throws(JSONProblem) {
        guard String(validating: bytes, as: UTF8.self) != nil else { throw .notUTF8 }
        var reader = JSONReader(bytes: bytes, depthLimit: depthLimit)
        let value = try reader.value(depth: 0)
        reader.skipSpace()
        guard reader.position == bytes.count else { throw reader.wrong("nothing after the value") }
        return .success(value)
      } catch {
        return .failure(error)
      }
    }
    guard let result else { return try value(of: Array(bytes), depthLimit: depthLimit) }
    return try result.get()
  }

  private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipSpace() {
    while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      position += 1
    }
  }

  private mutating func value(depth: Int) throws(JSONProblem) -> JSONValue {
    skipSpace()
    switch current {
    case UInt8(ascii: "{"): return try object(depth: depth + 1)
    case UInt8(ascii: "["): return try array(depth: depth + 1)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case let byte? where byte == UInt8(ascii: "-") || isDigit(byte): return try number()
    case UInt8(ascii: "N"), UInt8(ascii: "I"):
      throw wrong("a finite number (NaN and Infinity are not JSON)")
    default: throw wrong("a value")
    }
  }

  private mutating func word(_ word: String, _ value: JSONValue) throws(JSONProblem) -> JSONValue {
    for byte in word.utf8 {
      guard current == byte else { throw wrong("'\(word)'") }
      position += 1
    }
    return value
  }

  private mutating func array(depth: Int) throws(JSONProblem) -> JSONValue {
    guard depth <= depthLimit else { throw .depth(limit: depthLimit) }
    position += 1
    skipSpace()
    if current == UInt8(ascii: "]") {
      position += 1
      return .array([])
    }
    // Packed while all elements are numbers; the first other one unpacks them.
    var numbers: [Double] = []
    var elements: [JSONValue]?
    while true {
      let element = try value(depth: depth)
      if elements != nil {
        elements?.append(element)
      } else if case .number(let number) = element {
        numbers.append(number)
      } else {
        elements = numbers.map { .number($0) } + [element]
        numbers = []
      }
      skipSpace()
      let byte = current
      guard byte == UInt8(ascii: ",") || byte == UInt8(ascii: "]") else {
        throw wrong("',' or ']'")
      }
      position += 1
      if byte == UInt8(ascii: "]") { break }
    }
    return elements.map { .array($0) } ?? .numbers(numbers)
  }

  private mutating func object(depth: Int) throws(JSONProblem) -> JSONValue {
    guard depth <= depthLimit else { throw .depth(limit: depthLimit) }
    position += 1
    var members: [JSONValue.Member] = []
    var names = Set<String>()
    skipSpace()
    if current == UInt8(ascii: "}") {
      position += 1
      return .object([])
    }
    while true {
      skipSpace()
      guard current == UInt8(ascii: "\"") else { throw wrong("a name in quotation marks") }
      let start = position
      let name = try string()
      guard names.insert(name).inserted else {
        position = start
        throw wrong("each name once")
      }
      skipSpace()
      guard current == UInt8(ascii: ":") else { throw wrong("':'") }
      position += 1
      members.append(JSONValue.Member(name: name, value: try value(depth: depth)))
      skipSpace()
      let byte = current
      guard byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}") else {
        throw wrong("',' or '}'")
      }
      position += 1
      if byte == UInt8(ascii: "}") { return .object(members) }
    }
  }

  private mutating func string() throws(JSONProblem) -> String {
    position += 1
    var text: [UInt8] = []
    var runStart = position
    while let byte = current {
      switch byte {
      case UInt8(ascii: "\""):
        text += bytes[runStart..<position]
        position += 1
        return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"):
        text += bytes[runStart..<position]
        position += 1
        text += try escaped()
        runStart = position
      case 0..<0x20: throw wrong("no control character in a string")
      default: position += 1
      }
    }
    throw wrong("a closing quotation mark")
  }

  private mutating func escaped() throws(JSONProblem) -> [UInt8] {
    guard let byte = current else { throw wrong("a closing quotation mark") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0C]
    case UInt8(ascii: "n"): return [0x0A]
    case UInt8(ascii: "r"): return [0x0D]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "u"):
      let first = try fourDigits()
      guard (0xD800..<0xDC00).contains(first) else { return try utf8(first) }
      guard current == UInt8(ascii: "\\"), position + 1 < bytes.count,
        bytes[position + 1] == UInt8(ascii: "u")
      else { throw wrong("the second half of a surrogate pair") }
      position += 2
      let second = try fourDigits()
      guard (0xDC00..<0xE000).contains(second) else {
        throw wrong("the second half of a surrogate pair")
      }
      return try utf8(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    default:
      position -= 1
      throw wrong("an escape that JSON has")
    }
  }

  private func utf8(_ code: UInt32) throws(JSONProblem) -> [UInt8] {
    guard let scalar = Unicode.Scalar(code) else { throw wrong("a whole surrogate pair") }
    return Array(String(Character(scalar)).utf8)
  }

  private mutating func fourDigits() throws(JSONProblem) -> UInt32 {
    var code: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = current, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw wrong("four hexadecimal digits")
      }
      code = code << 4 | UInt32(digit)
      position += 1
    }
    return code
  }

  private mutating func number() throws(JSONProblem) -> JSONValue {
    let start = position
    var isWhole = true
    if current == UInt8(ascii: "-") { position += 1 }
    let firstDigit = current
    let digits = try skipDigits()
    guard digits == 1 || firstDigit != UInt8(ascii: "0") else {
      position = start
      throw wrong("a number without a leading zero")
    }
    if current == UInt8(ascii: ".") {
      isWhole = false
      position += 1
      _ = try skipDigits()
    }
    if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
      isWhole = false
      position += 1
      if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { position += 1 }
      _ = try skipDigits()
    }
    if isWhole, digits <= 15 { return .number(small(start)) }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if isWhole, let integer = Int64(text) {
      return integer.magnitude <= 1 << 53 ? .number(Double(integer)) : .integer(integer)
    }
    guard let number = Double(text), number.isFinite else {
      position = start
      throw wrong("a number within the range of Float64")
    }
    return .number(number)
  }

  /// The number of at most 15 digits from `start` to here.
  private func small(_ start: Int) -> Double {
    let isNegative = bytes[start] == UInt8(ascii: "-")
    var magnitude: Int64 = 0
    for byte in bytes[(isNegative ? start + 1 : start)..<position] {
      magnitude = magnitude &* 10 &+ Int64(byte &- UInt8(ascii: "0"))
    }
    // Negated as Float64, so that -0 keeps its sign.
    return isNegative ? -Double(magnitude) : Double(magnitude)
  }

  private mutating func skipDigits() throws(JSONProblem) -> Int {
    let start = position
    while let byte = current, isDigit(byte) { position += 1 }
    guard position > start else { throw wrong("a digit") }
    return position - start
  }

  private func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  /// An error at the present position, as line and column counted from 1.
  private func wrong(_ expected: String) -> JSONProblem {
    let before = bytes[..<position]
    let line = before.count { $0 == 0x0A } + 1
    let column = position - (before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0) + 1
    let found = position < bytes.count ? nil : "the end of the text"
    return .grammar(line: line, column: column, expected: expected, found: found)
  }
}
