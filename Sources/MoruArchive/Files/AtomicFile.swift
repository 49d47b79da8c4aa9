public import Foundation

/// Writes a file so that its path holds the old content or the new, never a part, whenever the
/// process or the machine stops.
public enum AtomicFile {
  /// Replaces the content of `url`.
  ///
  /// - Throws: `ArchiveError.system` if it cannot be written; what was there stays.
  public static func write(_ data: some ContiguousBytes, to url: URL) throws(ArchiveError) {
    try write(to: url) { (writer) throws(ArchiveError) in try writer.write(data) }
  }

  /// Replaces the content of `url` by what `body` writes, piece by piece.
  ///
  /// - Throws: What `body` throws, or `ArchiveError.system`; what was there stays.
  public static func write(
    to url: URL, _ body: (borrowing FileWriter) throws(ArchiveError) -> Void
  ) throws(ArchiveError) {
    let draft = try FileDraft(for: url)
    try body(draft.writer)
    try draft.commit()
  }
}

/// The open end of a file being written.
public struct FileWriter: ~Copyable {
  private let path: String
  private let descriptor: Int32

  init(_ url: URL) throws(ArchiveError) {
    path = url.path
    descriptor = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { throw .failed("open", path) }
  }

  deinit { close(descriptor) }

  /// Appends bytes.
  ///
  /// - Throws: `ArchiveError.system`, for example when the disk is full.
  public borrowing func write(_ data: some ContiguousBytes) throws(ArchiveError) {
    let result = data.withUnsafeBytes { bytes in
      Result { () throws(ArchiveError) in try writeAll(bytes) }
    }
    try result.get()
  }

  private borrowing func writeAll(_ bytes: UnsafeRawBufferPointer) throws(ArchiveError) {
    var rest = bytes
    while !rest.isEmpty {
      let count = Foundation.write(descriptor, rest.baseAddress, rest.count)
      if count < 0 {
        guard errno == EINTR else { throw .failed("write", path) }
      } else {
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
      }
    }
  }

  borrowing func synchronize() throws(ArchiveError) {
    guard fsync(descriptor) == 0 else { throw .failed("flush", path) }
  }
}
