/// Reads the few Python literals that NumPy's headers are made of.
struct PythonLiteral {
  enum Value: Equatable {
    case text(String)
    case truth(Bool)
    /// A tuple of whole numbers from 0.
    case numbers([Int])
    /// Something else in brackets, such as the fields of records.
    case other
  }

  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The one dictionary that the bytes spell; nil if they do not, or a key is repeated.
  mutating func dictionary() -> [String: Value]? {
    guard take("{") else { return nil }
    var entries: [String: Value] = [:]
    while !take("}") {
      guard let key = text(), take(":"), let value = value(), entries[key] == nil else {
        return nil
      }
      entries[key] = value
      guard take(",") || peek() == UInt8(ascii: "}") else { return nil }
    }
    skipSpace()
    return position == bytes.count ? entries : nil
  }

  private mutating func value() -> Value? {
    switch peek() {
    case UInt8(ascii: "("): numbers().map(Value.numbers)
    case UInt8(ascii: "T"): take("True") ? .truth(true) : nil
    case UInt8(ascii: "F"): take("False") ? .truth(false) : nil
    default: text().map(Value.text)
    }
  }

  private mutating func numbers() -> [Int]? {
    guard take("(") else { return nil }
    var numbers: [Int] = []
    while !take(")") {
      skipSpace()
      let digits = bytes[position...].prefix { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
      position += digits.count
      guard let number = Int(String(decoding: digits, as: UTF8.self)) else { return nil }
      numbers.append(number)
      // Python 2 wrote long numbers with an L.
      _ = take("L")
      guard take(",") || peek() == UInt8(ascii: ")") else { return nil }
    }
    return numbers
  }

  private mutating func text() -> String? {
    guard let quote = peek(), quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
      return nil
    }
    let content = bytes[(position + 1)...].prefix { $0 != quote && $0 != UInt8(ascii: "\\") }
    position += content.count + 1
    guard position < bytes.count, bytes[position] == quote else { return nil }
    position += 1
    return String(validating: content, as: UTF8.self)
  }

  private mutating func skipSpace() {
    while position < bytes.count, " \n\t\r".utf8.contains(bytes[position]) { position += 1 }
  }

  private mutating func peek() -> UInt8? {
    skipSpace()
    return position < bytes.count ? bytes[position] : nil
  }

  private mutating func take(_ word: String) -> Bool {
    skipSpace()
    guard bytes[position...].starts(with: word.utf8) else { return false }
    position += word.utf8.count
    return true
  }
}
