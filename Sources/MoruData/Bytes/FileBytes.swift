internal import Foundation

/// Reads whole files, decompressed where they are gzip files (known by their first bytes, not by
/// their names).
enum FileBytes {
  /// Most bytes that one file may hold after decompression: 8 GiB.
  static let limit = 8 << 30

  /// The file's bytes; messages call it `name`, or by its last path component.
  ///
  /// - Throws: `DataError.unreadable`, `.emptyFile`, `.tooLarge`, `.damagedCompression`.
  static func read(
    _ url: URL, name: String? = nil, limit: Int = limit
  ) throws(DataError) -> Data {
    let name = name ?? url.lastPathComponent
    let source = try FileSource(url, name: name)
    guard source.size <= limit else { throw .tooLarge(file: name, limit: limit, unit: "bytes") }
    let bytes = try all(of: source, name: name, limit: limit, expected: source.size)
    return try decompressed(bytes, name: name, limit: limit)
  }

  /// `bytes` themselves, or their content if they are a gzip file of one or more members.
  static func decompressed(
    _ bytes: Data, name: String, limit: Int = limit
  ) throws(DataError) -> Data {
    guard bytes.starts(with: [0x1F, 0x8B]) else { return bytes }
    return try all(
      of: InflateSource(MemorySource(bytes), .gzip, name: name), name: name, limit: limit)
  }

  /// What a source gives until its end.
  ///
  /// - Parameter expected: How many bytes that probably is.
  static func all(
    of source: any ByteSource, name: String, limit: Int, expected: Int = 0
  ) throws(DataError) -> Data {
    var bytes = Data(capacity: expected)
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
    defer { chunk.deallocate() }
    while true {
      let count = try source.read(into: chunk)
      guard count > 0 else { break }
      bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: chunk[..<count]))
      guard bytes.count <= limit else { throw .tooLarge(file: name, limit: limit, unit: "bytes") }
    }
    guard !bytes.isEmpty else { throw .emptyFile(name) }
    return bytes
  }

  /// The system's words for why a file could not be opened.
  static func reason(of error: any Error) -> String {
    let error = error as NSError
    if let underlying = error.userInfo[NSUnderlyingErrorKey] as? NSError,
      underlying.domain == NSPOSIXErrorDomain
    {
      return String(cString: strerror(Int32(underlying.code))).lowercased()
    }
    return switch CocoaError.Code(rawValue: error.code) {
    case .fileReadNoSuchFile, .fileNoSuchFile: "no such file or directory"
    case .fileReadNoPermission: "permission denied"
    default: "it cannot be opened (\(error.domain) \(error.code))"
    }
  }
}
