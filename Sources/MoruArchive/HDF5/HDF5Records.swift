internal import CHDF5
internal import Foundation
import MoruTensors

/// The records that the child writes of an HDF5 file: see `chdf5.h`.
///
/// Whatever damage a file does to the child may show in them, so that they are believed as little as
/// the file.
struct HDF5Records {
  private let descriptor: Int32
  private let file: String
  private var limits: HDF5Limits
  private var buffer = [UInt8](repeating: 0, count: 1 << 16)
  private var position = 0
  private var filled = 0
  private var content = 0
  private var objects = 0
  /// Whether the stream was read to its end, good or bad.
  private(set) var hasEnded = false

  init(_ descriptor: Int32, file: String, limits: HDF5Limits) {
    self.descriptor = descriptor
    self.file = file
    self.limits = limits
  }

  /// Reads the file's root.
  mutating func root() throws(ArchiveError) -> HDF5Group {
    let root = try group(depth: 0)
    hasEnded = true
    return root
  }

  private mutating func group(depth: Int) throws(ArchiveError) -> HDF5Group {
    guard depth <= limits.depth + 1 else { throw nonsense }
    var group = HDF5Group()
    while true {
      objects += 1
      guard objects <= 2 * limits.objects else { throw nonsense }
      switch Int32(try byte()) {
      case Int32(CHDF5_GROUP):
        let name = try text()
        group.groups[name] = try self.group(depth: depth + 1)
      case Int32(CHDF5_DATASET):
        let name = try text()
        group.datasets[name] = try value()
      case Int32(CHDF5_ATTRIBUTE):
        let name = try text()
        group.attributes[name] = try value()
      case Int32(CHDF5_LEAVE) where depth > 0: return group
      case Int32(CHDF5_END) where depth == 0: return group
      case Int32(CHDF5_FAILURE): throw try failure()
      default: throw nonsense
      }
    }
  }

  /// What the child could not read.
  private mutating func failure() throws(ArchiveError) -> ArchiveError {
    let place = try text()
    let reason = try text()
    hasEnded = true
    return .damaged(
      file: file, reason: reason + (place.isEmpty ? "" : " (at \(quoted(place)))"))
  }

  private mutating func value() throws(ArchiveError) -> HDF5Value {
    let kind = try byte()
    if Int32(kind) == CHDF5_FAILURE { throw try failure() }
    let rank = Int(try byte())
    guard rank <= CHDF5_MAX_RANK else { throw nonsense }
    var sizes: [Int] = []
    for _ in 0..<rank {
      guard let size = Int(exactly: try number(of: UInt64.self)) else { throw nonsense }
      sizes.append(size)
    }
    guard Int32(kind) != CHDF5_OTHER else { return .other }
    guard let count = Shape.checkedElementCount(sizes), count <= limits.content else {
      throw nonsense
    }
    if Int32(kind) == CHDF5_TEXT {
      var texts: [String] = []
      for _ in 0..<count { texts.append(try text()) }
      return rank == 0 ? .text(texts[0]) : .texts(texts)
    }
    guard let dtype = DType(hdf5Kind: kind) else { throw nonsense }
    try charge(count * dtype.byteCount)
    let tensor = try HostTensor(shape: Shape(sizes), dtype: dtype) {
      (target: UnsafeMutableRawBufferPointer) throws(ArchiveError) in
      try read(into: target)
      // Any other byte in a Bool is undefined behaviour, so none may reach the caller.
      if dtype == .bool, target.contains(where: { $0 > 1 }) {
        target.initializeMemory(as: UInt8.self, repeating: 0)
        throw .damaged(file: file, reason: "a Boolean in it is neither true nor false")
      }
    }
    return .numbers(tensor)
  }

  // MARK: Bytes

  private var nonsense: ArchiveError {
    .damaged(file: file, reason: "the HDF5 library made no sense of it")
  }

  private mutating func charge(_ bytes: Int) throws(ArchiveError) {
    content += bytes
    guard content <= limits.content else { throw nonsense }
  }

  private mutating func text() throws(ArchiveError) -> String {
    let count = Int(try number(of: UInt32.self))
    // A text takes memory even if it is empty.
    try charge(count + MemoryLayout<String>.stride)
    var bytes = [UInt8](repeating: 0, count: count)
    let result = bytes.withUnsafeMutableBytes { target in
      Result { () throws(ArchiveError) in try read(into: target) }
    }
    try result.get()
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .damaged(file: file, reason: "a text in it is not UTF-8")
    }
    return text
  }

  private mutating func number<N: FixedWidthInteger>(of type: N.Type) throws(ArchiveError) -> N {
    var value: N = 0
    for place in 0..<N.bitWidth / 8 { value |= N(try byte()) << N(8 * place) }
    return value
  }

  private mutating func byte() throws(ArchiveError) -> UInt8 {
    if position == filled { try refill() }
    position += 1
    return buffer[position - 1]
  }

  private mutating func read(into target: UnsafeMutableRawBufferPointer) throws(ArchiveError) {
    var done = 0
    while done < target.count {
      if position == filled { try refill() }
      let count = min(filled - position, target.count - done)
      buffer.withUnsafeBytes { bytes in
        UnsafeMutableRawBufferPointer(rebasing: target[done..<done + count])
          .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[position..<position + count]))
      }
      position += count
      done += count
    }
  }

  private mutating func refill() throws(ArchiveError) {
    while true {
      let count = buffer.withUnsafeMutableBytes {
        Foundation.read(descriptor, $0.baseAddress, $0.count)
      }
      if count > 0 {
        (position, filled) = (0, count)
        return
      }
      guard count < 0, errno == EINTR else { break }
    }
    hasEnded = true
    throw .damaged(file: file, reason: "the HDF5 library could not read it to its end")
  }
}
