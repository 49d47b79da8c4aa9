import MoruData

/// Writes JSON, numbers in the shortest form that reads back as the same bits.
struct JSONWriter {
  private var bytes: [UInt8] = []

  /// The text of a value in UTF-8.
  ///
  /// - Precondition: Its numbers are finite; callers refuse others with an error of their own.
  static func bytes(of value: JSONValue) -> [UInt8] {
    var writer = JSONWriter()
    writer.write(value)
    return writer.bytes
  }

  private mutating func write(_ value: JSONValue) {
    switch value {
    case .null: write("null")
    case .bool(let flag): write(flag ? "true" : "false")
    case .number(let number): write(number)
    case .integer(let integer): write(String(integer))
    case .single(let number): write(number.description)
    case .string(let text): write(quoted: text)
    case .numbers(let numbers): writeList(numbers) { $0.write($1) }
    case .array(let elements): writeList(elements) { $0.write($1) }
    case .object(let members):
      bytes.append(UInt8(ascii: "{"))
      for (place, member) in members.enumerated() {
        if place > 0 { bytes.append(UInt8(ascii: ",")) }
        write(quoted: member.name)
        bytes.append(UInt8(ascii: ":"))
        write(member.value)
      }
      bytes.append(UInt8(ascii: "}"))
    }
  }

  private mutating func writeList<E>(_ elements: [E], _ element: (inout JSONWriter, E) -> Void) {
    bytes.append(UInt8(ascii: "["))
    for (place, value) in elements.enumerated() {
      if place > 0 { bytes.append(UInt8(ascii: ",")) }
      element(&self, value)
    }
    bytes.append(UInt8(ascii: "]"))
  }

  private mutating func write(_ text: String) { bytes.append(contentsOf: text.utf8) }

  /// Whole numbers without a fraction, `8` and not `8.0`: shapes and counts are whole.
  private mutating func write(_ number: Double) {
    if let whole = Int64(exactly: number), whole.magnitude <= 1 << 53,
      number.sign == .plus || whole != 0
    {
      write(String(whole))
    } else {
      write(number.description)
    }
  }

  private mutating func write(quoted text: String) {
    let digits = Array("0123456789abcdef".utf8)
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
      case 0x0A: write("\\n")
      // `<` is escaped too, so that JSON can stand inside a page's script element.
      case 0..<0x20, 0x7F, UInt8(ascii: "<"):
        write("\\u00")
        bytes += [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}
