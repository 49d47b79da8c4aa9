package import Foundation

#if !_endian(little)
  #error(
    "Moru's files are read and written in the machine's byte order, which must be little-endian")
#endif

/// A regular file opened for reading; it stays readable when its path is replaced or removed.
package final class OpenFile: Sendable {
  package let path: String
  /// Size when it was opened.
  package let byteCount: Int
  let descriptor: Int32
  /// A path of this very file, for this process and children that it forks.
  var descriptorPath: String { "/proc/self/fd/\(descriptor)" }

  /// - Throws: `ArchiveError.system` if it cannot be opened, `.notAFile` for a folder, pipe or
  ///   device.
  package init(reading url: URL) throws(ArchiveError) {
    path = url.path
    // Without O_NONBLOCK, opening a pipe that nobody writes to would wait for ever.
    descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .failed("open", path) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let error = ArchiveError.failed("inspect", path)
      close(descriptor)
      throw error
    }
    byteCount = Int(status.st_size)
    guard status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw .notAFile(path: path)
    }
  }

  deinit { close(descriptor) }

  /// Fills `buffer` with the bytes from `offset`.
  ///
  /// - Throws: `ArchiveError.damaged` if the file ends before.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(ArchiveError) {
    var done = 0
    while done < buffer.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
      let count = try readOnce(into: rest, at: offset + done)
      guard count > 0 else {
        throw .damaged(
          file: path, reason: "it ends at byte \(offset + done) of \(offset + buffer.count)")
      }
      done += count
    }
  }

  /// Reads up to `buffer.count` bytes from `offset`.
  ///
  /// - Returns: How many were read; 0 at the end.
  func readSome(into buffer: inout Data, at offset: Int) throws(ArchiveError) -> Int {
    let result = buffer.withUnsafeMutableBytes { bytes in
      Result { () throws(ArchiveError) in try readOnce(into: bytes, at: offset) }
    }
    return try result.get()
  }

  /// The whole content.
  ///
  /// - Throws: `ArchiveError.tooLarge` if it has more than `limit` bytes.
  package func readAll(limit: Int) throws(ArchiveError) -> Data {
    try checkSize(limit: limit)
    return try read(count: byteCount, at: 0)
  }

  /// `count` bytes from `offset`; the caller has checked that the file is that long.
  package func read(count: Int, at offset: Int) throws(ArchiveError) -> Data {
    var data = Data(count: count)
    let result = data.withUnsafeMutableBytes { bytes in
      Result { () throws(ArchiveError) in try read(into: bytes, at: offset) }
    }
    try result.get()
    return data
  }

  private func checkSize(limit: Int) throws(ArchiveError) {
    guard byteCount <= limit else {
      throw .tooLarge(file: path, byteCount: byteCount, limit: limit)
    }
  }

  private func readOnce(
    into buffer: UnsafeMutableRawBufferPointer, at offset: Int
  ) throws(ArchiveError) -> Int {
    while true {
      let count = pread(descriptor, buffer.baseAddress, buffer.count, offset)
      if count >= 0 { return count }
      guard errno == EINTR else { throw .failed("read", path) }
    }
  }
}

extension ArchiveError {
  /// The error of the system call that has just failed.
  static func failed(_ action: String, _ path: String) -> ArchiveError {
    .system(action: action, path: path, code: errno)
  }
}
