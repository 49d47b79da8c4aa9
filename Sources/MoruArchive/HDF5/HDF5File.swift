internal import CHDF5
public import Foundation
import MoruTensors
import Synchronization

/// Reads and writes HDF5 files: Keras's weights, and models of Keras before its version 3.
///
/// The file is not trusted. libhdf5 reads it in a child process of limited memory and time, so that a
/// damaged file is an error here whatever it does there, and what the child says is checked again.
/// Links to other places and files, elements in other files, and filters other than gzip, shuffle and
/// checksums are refused; a file may unfold to 32 times its size and 64 MiB.
///
/// - Source: the HDF5 File Format Specification, version 3.0, through libhdf5.
public enum HDF5File {
  /// Debian's libhdf5 is built without its lock: one thread at a time may be in it, and no child may be
  /// forked from the middle of a call.
  private static let library = Mutex(())

  /// Reads a file.
  ///
  /// - Throws: `ArchiveError.damaged` with the place in the file and the reason, `.system` or `.notAFile`
  ///   if it cannot be read.
  public static func read(_ url: URL) throws(ArchiveError) -> HDF5Group {
    let file = try OpenFile(reading: url)
    return try withExtendedLifetime(file) { () throws(ArchiveError) in
      try read(
        file, UnsafeRawBufferPointer(start: nil, count: 0), name: file.path,
        byteCount: file.byteCount)
    }
  }

  /// Reads a file that is in memory.
  ///
  /// - Parameter name: What error texts call it.
  /// - Throws: `ArchiveError.damaged` with the place in the file and the reason.
  public static func decode(_ data: Data, name: String) throws(ArchiveError) -> HDF5Group {
    let result = data.withUnsafeBytes { bytes in
      Result { () throws(ArchiveError) in
        try read(nil, bytes, name: name, byteCount: bytes.count)
      }
    }
    return try result.get()
  }

  private static func read(
    _ file: OpenFile?, _ bytes: UnsafeRawBufferPointer, name: String, byteCount: Int
  ) throws(ArchiveError) -> HDF5Group {
    let limits = HDF5Limits(byteCount: byteCount)
    var child: pid_t = 0
    let descriptor = (file?.descriptorPath).withOptionalCString { path in
      var request = chdf5_request(
        path: path, descriptor: file?.descriptor ?? -1, bytes: bytes.baseAddress,
        byte_count: bytes.count,
        content_limit: UInt64(limits.content), object_limit: UInt32(limits.objects),
        depth_limit: UInt32(limits.depth), seconds_limit: UInt32(limits.seconds))
      return library.withLock { _ in chdf5_start(&request, &child) }
    }
    guard descriptor >= 0 else { throw .failed("start a process for reading", name) }
    var records = HDF5Records(descriptor, file: name, limits: limits)
    let result = Result { () throws(ArchiveError) in try records.root() }
    close(descriptor)
    let signal = chdf5_wait(child, records.hasEnded)
    if signal != 0 {
      throw .damaged(
        file: name, reason: "the HDF5 library could not read it to its end (signal \(signal))")
    }
    return try result.get()
  }

  /// The bytes of a file.
  ///
  /// - Throws: `ArchiveError.tensorName` for a name that HDF5 cannot hold; `.system` if memory is short.
  public static func encode(_ root: HDF5Group) throws(ArchiveError) -> Data {
    let result = library.withLock { _ in
      Result { () throws(ArchiveError) in
        let file = chdf5_create()
        guard file >= 0 else { throw outOfMemory }
        defer { chdf5_close(file) }
        try write(root, into: file)
        var count = 0
        guard let bytes = chdf5_bytes(file, &count) else { throw outOfMemory }
        return Data(bytesNoCopy: bytes, count: count, deallocator: .free)
      }
    }
    return try result.get()
  }

  /// Saves a file in one atomic step.
  ///
  /// - Throws: As `encode`; `ArchiveError.system` if the file cannot be written; what was there stays.
  public static func write(_ root: HDF5Group, to url: URL) throws(ArchiveError) {
    try AtomicFile.write(encode(root), to: url)
  }

  private static var outOfMemory: ArchiveError {
    .system(action: "make", path: "an HDF5 file in memory", code: ENOMEM)
  }

  private static func write(_ group: HDF5Group, into place: chdf5_place) throws(ArchiveError) {
    for (name, value) in group.attributes.sorted(by: { $0.key < $1.key }) {
      try write(value, name, isAttribute: true, into: place)
    }
    for (name, value) in group.datasets.sorted(by: { $0.key < $1.key }) {
      try write(value, name, isAttribute: false, into: place)
    }
    for (name, inner) in group.groups.sorted(by: { $0.key < $1.key }) {
      try check(name)
      let entered = chdf5_enter(place, name)
      guard entered >= 0 else { throw .tensorName(name) }
      defer { chdf5_leave(entered) }
      try write(inner, into: entered)
    }
  }

  private static func write(
    _ value: HDF5Value, _ name: String, isAttribute: Bool, into place: chdf5_place
  ) throws(ArchiveError) {
    try check(name)
    let isDone =
      switch value {
      case .numbers(let tensor): write(tensor, name, isAttribute, into: place)
      case .text(let text):
        chdf5_write_texts(place, name, isAttribute, 0, 1, 0, Array(text.utf8) + [0])
      case .texts(let texts): write(texts, name, isAttribute, into: place)
      case .other: false
      }
    guard isDone else { throw .tensorName(name) }
  }

  private static func write(
    _ tensor: HostTensor, _ name: String, _ isAttribute: Bool, into place: chdf5_place
  ) -> Bool {
    let tensor = tensor.dtype == .bfloat16 ? tensor.converted(to: .float32) : tensor
    return tensor.withUnsafeBytes { bytes in
      chdf5_write_numbers(
        place, name, isAttribute, CChar(bitPattern: tensor.dtype.hdf5Kind),
        Int32(tensor.shape.rank), tensor.shape.map(UInt64.init), bytes.baseAddress)
    }
  }

  /// Lists of texts have one width, as NumPy writes them.
  private static func write(
    _ texts: [String], _ name: String, _ isAttribute: Bool, into place: chdf5_place
  ) -> Bool {
    let width = texts.map(\.utf8.count).max().map { max($0, 1) } ?? 1
    let bytes = texts.flatMap { text in
      Array(text.utf8) + [UInt8](repeating: 0, count: width - text.utf8.count)
    }
    return chdf5_write_texts(place, name, isAttribute, 1, UInt64(texts.count), width, bytes)
  }

  /// HDF5 takes a name with a slash for a path, and what is behind a zero for nothing.
  private static func check(_ name: String) throws(ArchiveError) {
    guard !name.isEmpty, name != ".", !name.contains("/"), !name.utf8.contains(0) else {
      throw .tensorName(name)
    }
  }
}

/// How much a file may come to.
struct HDF5Limits {
  /// Most bytes of all elements together.
  let content: Int
  /// Most groups, datasets and attributes together.
  let objects = 1 << 20
  /// Most groups inside each other.
  let depth = 64
  /// Most seconds of processor time: a damaged file may send the library in circles.
  let seconds: Int

  /// - Parameter byteCount: Size of the file.
  init(byteCount: Int) {
    let size = min(byteCount, 1 << 44)
    content = 64 << 20 + 32 * size
    seconds = 5 + size >> 23
  }
}

extension DType {
  /// The byte that stands for elements of the type in the stream of records.
  fileprivate var hdf5Kind: UInt8 {
    switch self {
    case .float32, .bfloat16: UInt8(ascii: "f")
    case .float64: UInt8(ascii: "d")
    case .int32: UInt8(ascii: "i")
    case .int64: UInt8(ascii: "l")
    case .int8: UInt8(ascii: "c")
    case .uint8: UInt8(ascii: "u")
    case .bool: UInt8(ascii: "b")
    }
  }

  /// The type of elements that a byte stands for.
  init?(hdf5Kind: UInt8) {
    let types: [DType] = [.float32, .float64, .int32, .int64, .uint8, .bool]
    guard let type = types.first(where: { $0.hdf5Kind == hdf5Kind }) else { return nil }
    self = type
  }
}

extension String? {
  /// Calls `body` with the text as C has it, or with nil.
  fileprivate func withOptionalCString<R>(_ body: (UnsafePointer<CChar>?) -> R) -> R {
    if let self { self.withCString { body($0) } } else { body(nil) }
  }
}
