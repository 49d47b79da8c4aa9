import Glibc

/// Memory that begins on a cache line, or on a large page if it is large; it starts as zeros.
final class AlignedMemory {
  let pointer: UnsafeMutableRawPointer
  let byteCount: Int

  init(byteCount: Int) {
    let largePage = 2 << 20
    let alignment = byteCount >= largePage ? largePage : 64
    // Vector kernels may read, but never use, up to a cache line past the end.
    self.byteCount = byteCount + 64
    pointer = .allocate(byteCount: self.byteCount, alignment: alignment)
    if byteCount >= largePage { madvise(pointer, self.byteCount, MADV_HUGEPAGE) }
    memset(pointer, 0, self.byteCount)
  }

  deinit { pointer.deallocate() }
}
