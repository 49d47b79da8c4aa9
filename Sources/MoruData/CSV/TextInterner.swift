internal import Foundation
internal import MoruTensors

/// Gives equal texts equal numbers, from 0 in order of first appearance.
final class TextInterner {
  /// Its memory.
  let table: UnsafeMutablePointer<InternerTable>

  init() {
    table = .allocate(capacity: 1)
    table.initialize(to: InternerTable())
  }

  deinit {
    table.pointee.release()
    table.deallocate()
  }

  /// How many different texts there are.
  var count: Int { table.pointee.count }

  /// The texts by number.
  var texts: [String] {
    Parallel.map(count, grain: 1 << 12) { code in
      String(decoding: table.pointee.bytes(code), as: UTF8.self)
    }
  }

  /// Which of the texts are numbers all the same.
  var areNumbers: [Bool] {
    (0..<count).map { NumberParser.number(alone: table.pointee.bytes($0)) != nil }
  }

  /// The text's number.
  func code(of text: UnsafeRawBufferPointer) -> Int32 {
    table.pointee.code(of: text) { (_) throws(Never) in }
  }

  /// The number of a text of another interner.
  func code(of other: TextInterner, _ code: Int) -> Int32 {
    table.pointee.code(of: other.table.pointee, code)
  }
}

/// The memory of an interner, which releases it.
///
/// A hash table with open addressing. Its hash has a secret of the process, so that no file can aim at
/// one slot; the numbers do not depend on it.
struct InternerTable: BitwiseCopyable {
  private static let secret = UInt64.random(in: .min ... .max) | 1

  /// Number and part of the hash; −1 for a free slot.
  private typealias Slot = (code: Int32, tag: UInt32)

  /// How many different texts there are.
  private(set) var count = 0
  /// The texts one after another.
  private var arena = Room<UInt8>(1 << 8)
  /// Where each text begins, and where the last one ends.
  private var bounds = Room<Int>(16)
  private var hashes = Room<UInt64>(16)
  /// A power of two of them.
  private var slots = Room<Slot>(16)

  init() {
    bounds.start[0] = 0
    slots.start.update(repeating: (-1, 0), count: slots.capacity)
  }

  func release() {
    arena.start.deallocate()
    bounds.start.deallocate()
    hashes.start.deallocate()
    slots.start.deallocate()
  }

  /// The text's number. A new text is first shown to `check`.
  @inline(__always)
  mutating func code<E: Error>(
    of text: UnsafeRawBufferPointer,
    check: (UnsafeRawBufferPointer) throws(E) -> Void
  ) throws(E) -> Int32 {
    try code(of: text, hash: Self.hash(text), check: check)
  }

  /// The number of a text of another table.
  @inline(__always)
  mutating func code(of other: InternerTable, _ code: Int) -> Int32 {
    self.code(of: other.bytes(code), hash: other.hashes.start[code]) { (_) throws(Never) in }
  }

  @inline(__always)
  private mutating func code<E: Error>(
    of text: UnsafeRawBufferPointer, hash: UInt64,
    check: (UnsafeRawBufferPointer) throws(E) -> Void
  ) throws(E) -> Int32 {
    let tag = UInt32(truncatingIfNeeded: hash)
    let mask = slots.capacity - 1
    var place = Int(truncatingIfNeeded: hash >> 32) & mask
    while case let slot = slots.start[place], slot.code >= 0 {
      if slot.tag == tag, holds(text, Int(slot.code)) { return slot.code }
      place = (place + 1) & mask
    }
    try check(text)
    return insert(text, hash: hash, at: place)
  }

  /// The bytes of a text.
  @inline(__always)
  func bytes(_ code: Int) -> UnsafeRawBufferPointer {
    let start = bounds.start[code]
    return UnsafeRawBufferPointer(start: arena.start + start, count: bounds.start[code + 1] - start)
  }

  @inline(__always)
  private func holds(_ text: UnsafeRawBufferPointer, _ code: Int) -> Bool {
    let own = bytes(code)
    guard own.count == text.count else { return false }
    guard let start = own.baseAddress, let other = text.baseAddress else { return true }
    return memcmp(start, other, own.count) == 0
  }

  private mutating func insert(_ text: UnsafeRawBufferPointer, hash: UInt64, at place: Int) -> Int32
  {
    let (code, start) = (count, bounds.start[count])
    arena.reserve(start + text.count, keeping: start)
    UnsafeMutableRawBufferPointer(start: arena.start + start, count: text.count)
      .copyMemory(from: text)
    bounds.reserve(count + 2, keeping: count + 1)
    bounds.start[count + 1] = start + text.count
    hashes.reserve(count + 1, keeping: count)
    hashes.start[count] = hash
    slots.start[place] = (Int32(code), UInt32(truncatingIfNeeded: hash))
    count += 1
    if 3 * count > 2 * slots.capacity { grow() }
    return Int32(code)
  }

  private mutating func grow() {
    slots.reserve(2 * slots.capacity, keeping: 0)
    slots.start.update(repeating: (-1, 0), count: slots.capacity)
    let mask = slots.capacity - 1
    for code in 0..<count {
      let hash = hashes.start[code]
      var place = Int(truncatingIfNeeded: hash >> 32) & mask
      while slots.start[place].code >= 0 { place = (place + 1) & mask }
      slots.start[place] = (Int32(code), UInt32(truncatingIfNeeded: hash))
    }
  }

  /// Eight bytes at a time are multiplied to 128 bits, whose halves are mixed.
  @inline(__always)
  private static func hash(_ text: UnsafeRawBufferPointer) -> UInt64 {
    let count = text.count
    var state = secret ^ UInt64(truncatingIfNeeded: count)
    guard count > 8 else { return mixed(state ^ upToEight(text)) }
    var offset = 0
    while offset + 8 < count {
      state = mixed(state ^ text.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
      offset += 8
    }
    // The last eight, some of them once more.
    return mixed(state ^ text.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self))
  }

  /// All bytes as one number: the first and the last four, which may be the same in part.
  @inline(__always)
  private static func upToEight(_ text: UnsafeRawBufferPointer) -> UInt64 {
    if text.count >= 4 {
      return UInt64(text.loadUnaligned(as: UInt32.self)) << 32
        | UInt64(text.loadUnaligned(fromByteOffset: text.count - 4, as: UInt32.self))
    }
    return text.reduce(0) { $0 << 8 | UInt64($1) }
  }

  @inline(__always)
  private static func mixed(_ value: UInt64) -> UInt64 {
    let product = value.multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15 ^ secret)
    return product.high ^ product.low
  }
}

/// Memory for elements that its owner releases.
private struct Room<Element: BitwiseCopyable>: BitwiseCopyable {
  private(set) var start: UnsafeMutablePointer<Element>
  private(set) var capacity: Int

  init(_ capacity: Int) {
    start = .allocate(capacity: capacity)
    self.capacity = capacity
  }

  /// Makes room for so many elements, and keeps the first of those that are there.
  @inline(__always)
  mutating func reserve(_ needed: Int, keeping kept: Int) {
    if needed > capacity { move(to: max(needed, 2 * capacity), keeping: kept) }
  }

  private mutating func move(to larger: Int, keeping kept: Int) {
    let room = UnsafeMutablePointer<Element>.allocate(capacity: larger)
    room.update(from: start, count: kept)
    start.deallocate()
    (start, capacity) = (room, larger)
  }
}
