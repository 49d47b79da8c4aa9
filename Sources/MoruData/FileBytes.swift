internal import CZlib
internal import Foundation

/// Reads whole files, decompressed where they are gzip files (known by their first bytes, not by
/// their names).
enum FileBytes {
  /// Most bytes that one file may hold after decompression: 8 GiB.
  static let limit = 8 << 30

  /// The file's bytes; messages call it `name`, or by its last path component.
  ///
  /// - Throws: `DataError.unreadable`, `.emptyFile`, `.tooLarge`, `.damagedGzip`.
  static func read(
    _ url: URL, name: String? = nil, limit: Int = limit
  ) throws(DataError) -> Data {
    let name = name ?? url.lastPathComponent
    let bytes: Data
    do {
      let values = try url.resourceValues(forKeys: [.isDirectoryKey, .fileSizeKey])
      guard values.isDirectory != true else {
        throw DataError.unreadable(file: name, reason: "it is a folder")
      }
      guard values.fileSize ?? 0 <= limit else {
        throw DataError.tooLarge(file: name, limit: limit, unit: "bytes")
      }
      bytes = try Data(contentsOf: url)
    } catch let error as DataError {
      throw error
    } catch {
      throw .unreadable(file: name, reason: reason(of: error))
    }
    guard !bytes.isEmpty else { throw .emptyFile(name) }
    return try decompressed(bytes, name: name, limit: limit)
  }

  /// `bytes` themselves, or their content if they are a gzip file of one or more members.
  static func decompressed(
    _ bytes: Data, name: String, limit: Int = limit
  ) throws(DataError) -> Data {
    guard bytes.starts(with: [0x1F, 0x8B]) else { return bytes }
    let result: Result<Data, DataError> = bytes.withUnsafeBytes { source in
      do throws(DataError) {
        return .success(try inflated(source, name: name, limit: limit))
      } catch { return .failure(error) }
    }
    let content = try result.get()
    guard !content.isEmpty else { throw .emptyFile(name) }
    return content
  }

  private static func inflated(
    _ source: UnsafeRawBufferPointer, name: String, limit: Int
  ) throws(DataError) -> Data {
    var output = Data()
    var chunk = [UInt8](repeating: 0, count: 1 << 18)
    var offset = 0
    var stream = z_stream()
    guard moruInflateGzipInit(&stream) == Z_OK else {
      throw .unreadable(file: name, reason: "out of memory")
    }
    defer { inflateEnd(&stream) }
    while true {
      let length = min(source.count - offset, 1 << 30)
      let base = UnsafeMutableRawPointer(mutating: source.baseAddress)  // zlib only reads from it
      stream.next_in = base?.advanced(by: offset).assumingMemoryBound(to: UInt8.self)
      stream.avail_in = UInt32(length)
      let (status, written) = chunk.withUnsafeMutableBufferPointer { target in
        stream.next_out = target.baseAddress
        stream.avail_out = UInt32(target.count)
        let status = inflate(&stream, Z_NO_FLUSH)
        return (status, target.count - Int(stream.avail_out))
      }
      offset += length - Int(stream.avail_in)
      output.append(contentsOf: chunk[..<written])
      guard output.count <= limit else { throw .tooLarge(file: name, limit: limit, unit: "bytes") }
      switch status {
      case Z_OK: continue
      case Z_STREAM_END:
        // Zero padding after the last member is allowed; another member may follow.
        guard source[offset...].contains(where: { $0 != 0 }) else { return output }
        guard inflateReset(&stream) == Z_OK else {
          throw .damagedGzip(file: name, truncated: false)
        }
      case Z_BUF_ERROR: throw .damagedGzip(file: name, truncated: true)
      default: throw .damagedGzip(file: name, truncated: false)
      }
    }
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
