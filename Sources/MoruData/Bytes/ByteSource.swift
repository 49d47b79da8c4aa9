internal import Foundation

/// Bytes one after another: a file's, or those that another source's bytes stand for.
protocol ByteSource: AnyObject {
  /// Fills the beginning of `buffer`, which is not empty, and returns how many bytes it wrote: at least
  /// one, or 0 at the end.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(DataError) -> Int
}

extension ByteSource {
  /// Fills the whole buffer, or as much of it as there are bytes.
  func fill(_ buffer: UnsafeMutableRawBufferPointer) throws(DataError) -> Int {
    var count = 0
    while count < buffer.count {
      let read = try read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[count...]))
      guard read > 0 else { break }
      count += read
    }
    return count
  }
}

/// A file's bytes as they are.
final class FileSource: ByteSource {
  private let descriptor: Int32
  private let name: String
  /// The size when the file was opened; 0 for what has none, such as a pipe.
  let size: Int

  /// - Throws: `DataError.unreadable` for what is not there, may not be read, or is a folder.
  init(_ url: URL, name: String) throws(DataError) {
    self.name = name
    descriptor = open(url.path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .unreadable(file: name, reason: systemReason(errno)) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT != S_IFDIR else {
      close(descriptor)
      throw .unreadable(file: name, reason: "it is a folder")
    }
    size = Int(status.st_size)
  }

  deinit { close(descriptor) }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(DataError) -> Int {
    while true {
      let count = Foundation.read(descriptor, buffer.baseAddress, min(buffer.count, 1 << 30))
      if count >= 0 { return count }
      guard errno == EINTR else { throw .unreadable(file: name, reason: systemReason(errno)) }
    }
  }
}

/// Bytes in memory.
final class MemorySource: ByteSource {
  private let bytes: Data
  private var offset = 0

  init(_ bytes: Data) { self.bytes = bytes }

  func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    let count = min(buffer.count, bytes.count - offset)
    bytes.withUnsafeBytes { source in
      buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: source[offset..<offset + count]))
    }
    offset += count
    return count
  }
}

/// A source that begins with bytes which were read ahead.
final class ResumedSource: ByteSource {
  private var ahead: [UInt8]
  private let rest: any ByteSource

  init(_ ahead: [UInt8], then rest: any ByteSource) {
    self.ahead = ahead
    self.rest = rest
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(DataError) -> Int {
    guard !ahead.isEmpty else { return try rest.read(into: buffer) }
    let count = min(buffer.count, ahead.count)
    buffer.copyBytes(from: ahead[..<count])
    ahead.removeFirst(count)
    return count
  }
}

/// The system's words for an error number.
func systemReason(_ number: Int32) -> String { String(cString: strerror(number)).lowercased() }
