/// A part of a source's bytes in memory that moves on: what is done with is dropped at the front, and
/// more is read behind the rest.
final class ByteWindow {
  /// Bytes of 0 that can be read behind the end.
  private static let padding = 64

  /// The bytes.
  let bytes: UnsafeMutablePointer<UInt8>
  /// How many there are.
  private(set) var count = 0
  /// Whether the source ends with them.
  private(set) var isLast = false

  private let source: any ByteSource
  /// Most bytes in memory at a time.
  let capacity: Int

  /// - Parameters:
  ///   - capacity: Most bytes in memory at a time.
  ///   - bound: How many bytes the source has at most, if that is known.
  init(_ source: any ByteSource, capacity: Int, bound: Int?) throws(DataError) {
    self.source = source
    // Room for one byte more than there are shows that they are all.
    self.capacity = bound.map { min(max($0, 1 << 12) + 1, capacity) } ?? capacity
    bytes = .allocate(capacity: self.capacity + Self.padding)
    try advance(by: 0)
  }

  deinit { bytes.deallocate() }

  /// Drops bytes at the front, and fills the room that this makes.
  func advance(by consumed: Int) throws(DataError) {
    if consumed > 0 { bytes.update(from: bytes + consumed, count: count - consumed) }
    count -= consumed
    if !isLast {
      let room = UnsafeMutableRawBufferPointer(start: bytes + count, count: capacity - count)
      let read = try source.fill(room)
      isLast = read < room.count
      count += read
    }
    (bytes + count).update(repeating: 0, count: Self.padding)
  }
}
