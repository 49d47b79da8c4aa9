package import Foundation

/// A file that is written over some time, and stands at its path only once it is whole.
package final class FileDraft {
  private let url: URL
  private let temporary: URL
  private let lock: ProcessLock
  let writer: FileWriter
  private var isCommitted = false

  /// - Throws: `ArchiveError.system` if the folder cannot be written to.
  package init(for url: URL) throws(ArchiveError) {
    self.url = url
    let folder = url.deletingLastPathComponent()
    try Leftovers.remove(in: folder)
    (temporary, lock) = try ProcessLock.making(in: folder, prefix: Leftovers.prefix) { path in
      let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      guard descriptor >= 0 else { return false }
      return close(descriptor) == 0
    }
    do { writer = try FileWriter(temporary) } catch {
      unlink(temporary.path)
      throw error
    }
  }

  deinit { if !isCommitted { unlink(temporary.path) } }

  /// Appends bytes.
  ///
  /// - Throws: `ArchiveError.system`, for example when the disk is full.
  package func write(_ data: some ContiguousBytes) throws(ArchiveError) { try writer.write(data) }

  /// Puts the file at its path, in place of what was there.
  ///
  /// - Throws: `ArchiveError.system`; what was there stays.
  package func commit() throws(ArchiveError) {
    try writer.synchronize()
    guard rename(temporary.path, url.path) == 0 else { throw .failed("replace", url.path) }
    isCommitted = true
    try FileTree.synchronizeEntry(url.deletingLastPathComponent())
  }
}
