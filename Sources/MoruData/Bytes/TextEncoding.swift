internal import CKernels

/// How the bytes of a file stand for text.
public enum TextEncoding: String, Codable, Sendable, CaseIterable {
  /// Unicode in one to four bytes.
  case utf8 = "utf-8"
  /// Korean Windows' encoding (code page 949, unified Hangul code), which holds EUC-KR.
  case cp949

  /// What people call it.
  public var title: String {
    switch self {
    case .utf8: "UTF-8"
    case .cp949: "CP949"
    }
  }

  /// The C library's name.
  var systemName: String { title }
}

/// How many characters beyond ASCII some bytes hold if they are UTF-8, and how many bytes cannot be
/// UTF-8.
struct UTF8Tally: Equatable {
  private(set) var characters = 0
  private(set) var strayBytes = 0

  /// Looks at bytes that begin and end between characters.
  mutating func add(_ bytes: UnsafeRawBufferPointer) {
    let found = ck_utf8_characters(
      bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), Int64(bytes.count))
    guard found < 0 else {
      characters += Int(found)
      return
    }
    var position = 0
    while position < bytes.count {
      guard bytes[position] >= 0x80 else {
        position += 1
        continue
      }
      let length = Self.characterLength(bytes, at: position)
      if length > 0 { characters += 1 } else { strayBytes += 1 }
      position += max(length, 1)
    }
  }

  static func += (total: inout UTF8Tally, part: UTF8Tally) {
    total.characters += part.characters
    total.strayBytes += part.strayBytes
  }

  /// The encoding of the bytes. Text of CP949 has few pairs of bytes that happen to be UTF-8, and text
  /// of UTF-8 with some damage few bytes that are not.
  var encoding: TextEncoding { strayBytes > characters ? .cp949 : .utf8 }

  static func isValid(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var tally = UTF8Tally()
    tally.add(bytes)
    return tally.strayBytes == 0
  }

  /// The length of the well-formed character of two to four bytes at a place, or 0.
  ///
  /// - Source: The Unicode Standard, table 3-7, well-formed UTF-8 byte sequences.
  @inline(__always)
  private static func characterLength(_ bytes: UnsafeRawBufferPointer, at position: Int) -> Int {
    let length: Int
    var second: ClosedRange<UInt8> = 0x80...0xBF
    switch bytes[position] {
    case 0xC2...0xDF: length = 2
    case 0xE0: (length, second) = (3, 0xA0...0xBF)
    case 0xED: (length, second) = (3, 0x80...0x9F)
    case 0xE1...0xEF: length = 3
    case 0xF0: (length, second) = (4, 0x90...0xBF)
    case 0xF4: (length, second) = (4, 0x80...0x8F)
    case 0xF1...0xF3: length = 4
    default: return 0
    }
    guard position + length <= bytes.count, second.contains(bytes[position + 1]) else { return 0 }
    for place in 2..<max(length, 2) where bytes[position + place] & 0xC0 != 0x80 { return 0 }
    return length
  }
}
