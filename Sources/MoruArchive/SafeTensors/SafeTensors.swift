public import Foundation
public import MoruTensors

/// A safetensors file: named tensors, and a few words about them.
///
/// The file is not trusted. Opening it checks the whole header (sizes, grammar, names, element
/// types, that the tensors fill the file without gap or overlap) before anything is allocated;
/// then tensors are read one at a time or all together.
///
/// - Source: the format of https://github.com/huggingface/safetensors; of its element types, those
///   of `DType`.
public struct SafeTensors: Sendable {
  /// One tensor of the file.
  public struct Entry: Sendable, Equatable {
    /// Its name, such as `conv2d_1/kernel`.
    public let name: String
    /// Type of its elements.
    public let dtype: DType
    /// Size of each axis.
    public let shape: Shape
    /// Where its bytes lie, counted from the end of the header.
    public let bytes: Range<Int>
  }

  /// The tensors in the order in which they lie in the file.
  public let entries: [Entry]
  /// What the writer noted, such as a format version.
  public let metadata: [String: String]

  private enum Source {
    case file(OpenFile)
    case memory(Data)
  }

  private let source: Source
  private let name: String
  private let dataStart: Int
  private let entryByName: [String: Entry]

  /// Opens a file and checks its header.
  ///
  /// The file stays open with the value, so a replaced file goes on giving its old tensors.
  ///
  /// - Throws: `ArchiveError.damaged` with the reason, or `.system` or `.notAFile` if it cannot be
  ///   read.
  public init(opening url: URL) throws(ArchiveError) {
    let file = try OpenFile(reading: url)
    try self.init(.file(file), name: file.path, byteCount: file.byteCount)
  }

  /// Opens a file that is in memory.
  ///
  /// - Parameter name: What error texts call it.
  /// - Throws: `ArchiveError.damaged` with the reason.
  public init(_ data: Data, name: String) throws(ArchiveError) {
    try self.init(.memory(data), name: name, byteCount: data.count)
  }

  private init(_ source: Source, name: String, byteCount: Int) throws(ArchiveError) {
    func read(_ count: Int, at offset: Int) throws(ArchiveError) -> Data {
      switch source {
      case .file(let file): try file.read(count: count, at: offset)
      case .memory(let data): Data(data.dropFirst(offset).prefix(count))
      }
    }
    let prefix = SafeTensorsHeader.prefixByteCount
    guard byteCount >= prefix else {
      throw .damaged(file: name, reason: "it has \(byteCount) bytes, a header needs \(prefix)")
    }
    let length = try read(prefix, at: 0).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= SafeTensorsHeader.limit, length <= byteCount - prefix else {
      throw .damaged(
        file: name,
        reason: "its header is said to have \(length) bytes, the file has \(byteCount)")
    }
    dataStart = prefix + Int(length)
    let bytes = try read(Int(length), at: prefix)
    let header: SafeTensorsHeader
    do {
      header = try SafeTensorsHeader(
        parsing: [UInt8](bytes), dataByteCount: byteCount - dataStart)
    } catch {
      throw .damaged(file: name, reason: error.reason)
    }
    self.source = source
    self.name = name
    entries = header.entries
    metadata = header.metadata
    entryByName = Dictionary(header.entries.map { ($0.name, $0) }) { first, _ in first }
  }

  /// Reads one tensor.
  ///
  /// - Throws: `ArchiveError.unknownTensor` with the nearest name, or `.damaged` if its bytes are
  ///   not values of its type.
  public func tensor(_ name: String) throws(ArchiveError) -> HostTensor {
    guard let entry = entryByName[name] else {
      throw .unknownTensor(
        name: name, file: self.name, nearest: nearest(name, among: entries.map(\.name)))
    }
    return try tensor(entry)
  }

  /// Reads all tensors.
  ///
  /// - Throws: `ArchiveError.damaged` if the bytes of one are not values of its type.
  public func tensors() throws(ArchiveError) -> [String: HostTensor] {
    var tensors: [String: HostTensor] = [:]
    for entry in entries { tensors[entry.name] = try tensor(entry) }
    return tensors
  }

  private func tensor(_ entry: Entry) throws(ArchiveError) -> HostTensor {
    try HostTensor(shape: entry.shape, dtype: entry.dtype) {
      (target: UnsafeMutableRawBufferPointer) throws(ArchiveError) in
      switch source {
      case .file(let file): try file.read(into: target, at: dataStart + entry.bytes.lowerBound)
      case .memory(let data):
        data.dropFirst(dataStart + entry.bytes.lowerBound).prefix(entry.bytes.count)
          .copyBytes(to: target)
      }
      // Any other byte in a Bool is undefined behaviour, so none may reach the caller.
      if entry.dtype == .bool, let byte = target.first(where: { $0 > 1 }) {
        target.initializeMemory(as: UInt8.self, repeating: 0)
        throw .damaged(
          file: name, reason: "the Boolean tensor \(quoted(entry.name)) holds the byte \(byte)")
      }
    }
  }
}
