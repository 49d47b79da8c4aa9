internal import Foundation

/// Gives equal texts equal numbers, from 0 in order of first appearance.
///
/// A hash table with open addressing. Its hash has a secret of the process, so that no file can aim at
/// one slot; the numbers do not depend on it.
final class TextInterner {
  private static let secret = UInt64.random(in: .min ... .max) | 1
  /// The texts one after another, and where each ends.
  @exclusivity(unchecked) private var arena: [UInt8] = []
  @exclusivity(unchecked) private var ends: [Int] = []
  /// Number and part of the hash; −1 for a free slot.
  @exclusivity(unchecked) private var slots = [(code: Int32, tag: UInt32)](
    repeating: (-1, 0), count: 16)

  /// How many different texts there are.
  var count: Int { ends.count }

  /// The texts by number.
  var texts: [String] { (0..<count).map { String(decoding: arena[range($0)], as: UTF8.self) } }

  /// Which of the texts are numbers all the same.
  var areNumbers: [Bool] {
    var result: [Bool] = []
    forEach { result.append(NumberParser.number(alone: $0) != nil) }
    return result
  }

  /// The number of a text of another interner.
  func code(of other: TextInterner, _ code: Int) -> Int32 {
    other.arena.withUnsafeBytes { all in
      self.code(of: UnsafeRawBufferPointer(rebasing: all[other.range(code)]))
    }
  }

  private func forEach(_ body: (UnsafeRawBufferPointer) -> Void) {
    arena.withUnsafeBytes { all in
      for code in 0..<count { body(UnsafeRawBufferPointer(rebasing: all[range(code)])) }
    }
  }

  private func range(_ code: Int) -> Range<Int> { (code == 0 ? 0 : ends[code - 1])..<ends[code] }

  /// The text's number. A new text is first shown to `check`.
  @inline(__always)
  func code<E: Error>(
    of text: UnsafeRawBufferPointer,
    check: (UnsafeRawBufferPointer) throws(E) -> Void
  ) throws(E) -> Int32 {
    let hash = Self.hash(text)
    let tag = UInt32(truncatingIfNeeded: hash)
    var place = Int(truncatingIfNeeded: hash >> 32) & (slots.count - 1)
    while slots[place].code >= 0 {
      if slots[place].tag == tag, holds(text, Int(slots[place].code)) { return slots[place].code }
      place = (place + 1) & (slots.count - 1)
    }
    try check(text)
    return insert(text, tag: tag, hash: hash, at: place)
  }

  /// The text's number.
  private func code(of text: UnsafeRawBufferPointer) -> Int32 {
    code(of: text) { (_) throws(Never) in }
  }

  @inline(__always)
  private func holds(_ text: UnsafeRawBufferPointer, _ code: Int) -> Bool {
    let range = range(code)
    guard range.count == text.count else { return false }
    return arena.withUnsafeBytes { all in
      guard let start = all.baseAddress, let other = text.baseAddress else { return true }
      return memcmp(start + range.lowerBound, other, range.count) == 0
    }
  }

  private func insert(
    _ text: UnsafeRawBufferPointer, tag: UInt32, hash: UInt64, at place: Int
  ) -> Int32 {
    let code = Int32(count)
    arena.append(contentsOf: text)
    ends.append(arena.count)
    slots[place] = (code, tag)
    if 2 * count > slots.count { grow() }
    return code
  }

  private func grow() {
    var larger = [(code: Int32, tag: UInt32)](repeating: (-1, 0), count: 4 * slots.count)
    var code: Int32 = 0
    forEach { text in
      let hash = Self.hash(text)
      var place = Int(truncatingIfNeeded: hash >> 32) & (larger.count - 1)
      while larger[place].code >= 0 { place = (place + 1) & (larger.count - 1) }
      larger[place] = (code, UInt32(truncatingIfNeeded: hash))
      code += 1
    }
    slots = larger
  }

  /// Eight bytes at a time are multiplied to 128 bits, whose halves are mixed.
  @inline(__always)
  private static func hash(_ text: UnsafeRawBufferPointer) -> UInt64 {
    var state = secret ^ UInt64(text.count)
    var offset = 0
    while offset + 8 <= text.count {
      state = mixed(state ^ text.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
      offset += 8
    }
    var last: UInt64 = 0
    while offset < text.count {
      last = last << 8 | UInt64(text[offset])
      offset += 1
    }
    return mixed(state ^ last)
  }

  @inline(__always)
  private static func mixed(_ value: UInt64) -> UInt64 {
    let product = value.multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15 ^ secret)
    return product.high ^ product.low
  }
}
