/// Reads decimal numbers from bytes: `-12`, `3.5`, `6.02e23`, with spaces around them.
enum NumberParser {
  /// Powers of ten that a Float64 holds exactly.
  private static let powers: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
  ]

  /// The finite number that the bytes spell, correctly rounded, or nil.
  ///
  /// Up to 2^53 and 10^±22 one exact multiplication or division rounds correctly; the standard
  /// library reads the rest.
  ///
  /// - Source: Clinger 1990, "How to read floating point numbers accurately",
  ///   doi:10.1145/93542.93557.
  static func number(_ bytes: Slice<UnsafeRawBufferPointer>) -> Double? {
    var start = bytes.startIndex
    var end = bytes.endIndex
    let base = bytes.base
    while start < end, isSpace(base[start]) { start += 1 }
    while end > start, isSpace(base[end - 1]) { end -= 1 }
    var position = start
    guard position < end else { return nil }
    let isNegative = base[position] == UInt8(ascii: "-")
    if isNegative || base[position] == UInt8(ascii: "+") { position += 1 }

    var mantissa: UInt64 = 0
    var digits = 0
    var exponent = 0
    var isAfterPoint = false
    while position < end {
      let digit = base[position] &- UInt8(ascii: "0")
      if digit <= 9 {
        mantissa = mantissa &* 10 &+ UInt64(digit)
        digits += 1
        if isAfterPoint { exponent -= 1 }
      } else if base[position] == UInt8(ascii: "."), !isAfterPoint {
        isAfterPoint = true
      } else {
        break
      }
      position += 1
    }
    guard digits > 0 else { return nil }
    if position == end, digits <= 18, mantissa <= 1 << 53, exponent >= -22 {
      let magnitude = Double(mantissa) / powers[-exponent]
      return isNegative ? -magnitude : magnitude
    }
    return general(base[start..<end])
  }

  /// Everything but the common case, after a check that only decimal spelling is used (the standard
  /// library also takes `inf`, `nan` and hexadecimal).
  private static func general(_ bytes: Slice<UnsafeRawBufferPointer>) -> Double? {
    let letters = Set("0123456789+-.eE".utf8)
    guard bytes.allSatisfy(letters.contains) else { return nil }
    let text = String(decoding: bytes, as: UTF8.self)
    guard let number = Double(text), number.isFinite else { return nil }
    return number
  }

  @inline(__always)
  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
  }
}
