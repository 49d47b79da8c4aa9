import MoruTensors

/// A large value that is read where the host keeps it: a data set need not be there twice. What
/// programs read all of at every run is better copied to memory that is aligned and on large pages.
///
/// Nothing may write here. The host does not either: tensors are values, and an array that somebody
/// else holds is copied before it is changed.
final class BorrowedMemory: Memory {
  let value: HostTensor
  let pointer: UnsafeMutableRawPointer
  let byteCount = 0

  /// Nil for a small value, which is better copied to a cache line's start, and for one without the
  /// spare bytes that vector kernels need.
  init?(_ value: HostTensor) {
    // The elements of an array of Swift's own stay where they are as long as the array does.
    let start = value.withUnsafeBytes { $0.baseAddress }
    guard let start, value.byteCount >= AlignedMemory.mappedByteCount,
      value.spareByteCount >= AlignedMemory.spareByteCount
    else { return nil }
    self.value = value
    pointer = UnsafeMutableRawPointer(mutating: start)
  }
}
