import Glibc

/// Memory that programs read or write.
protocol Memory: AnyObject {
  var pointer: UnsafeMutableRawPointer { get }
  /// Bytes that the executor takes for it.
  var byteCount: Int { get }
}

/// Memory that begins on a cache line, or on a large page if it is large; it starts as zeros.
///
/// From `mappedByteCount` on it is mapped from the system and goes back there at once when it is
/// freed: the allocator would keep blocks of up to 32 MiB for later use.
final class AlignedMemory: Memory {
  static let mappedByteCount = 128 << 10
  private static let largePage = 2 << 20

  /// Vector kernels may read, but never use, up to a cache line past the end.
  static let spareByteCount = 64

  let pointer: UnsafeMutableRawPointer
  let byteCount: Int
  /// The mapped range, which is larger than the memory where that begins on a large page.
  private let mapping: UnsafeMutableRawBufferPointer?

  init(byteCount: Int) {
    self.byteCount = byteCount + Self.spareByteCount
    mapping = self.byteCount >= Self.mappedByteCount ? Self.map(self.byteCount) : nil
    if let start = mapping?.baseAddress {
      // Pages come as zeros when they are first touched.
      let isLarge = self.byteCount >= Self.largePage
      pointer = isLarge ? start.alignedUp(toMultipleOf: Self.largePage) : start
      if isLarge { madvise(pointer, self.byteCount, MADV_HUGEPAGE) }
    } else {
      pointer = .allocate(byteCount: self.byteCount, alignment: 64)
      memset(pointer, 0, self.byteCount)
    }
  }

  deinit {
    if let mapping { munmap(mapping.baseAddress, mapping.count) } else { pointer.deallocate() }
  }

  /// A mapping that holds so many bytes, on a large page if they are many; nil if the system has none.
  private static func map(_ byteCount: Int) -> UnsafeMutableRawBufferPointer? {
    let size = byteCount >= largePage ? byteCount + largePage : byteCount
    let start = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let start, start != MAP_FAILED else { return nil }
    return UnsafeMutableRawBufferPointer(start: start, count: size)
  }
}
