internal import CFileSystem
public import Foundation

/// Writes a folder of files so that its path holds the old folder or the new, never a part,
/// whenever the process or the machine stops.
public enum AtomicFolder {
  /// What to do when the path exists.
  public enum Existing: Sendable, Equatable {
    /// Throw `ArchiveError.folderExists`.
    case keep
    /// Replace it if it is a folder that holds the named file, such as `model.json`; throw
    /// `ArchiveError.notReplaceable` otherwise, so that a mistyped path costs nobody a folder.
    case replace(marker: String)
  }

  /// Makes or replaces the folder at `url` by one that `body` fills.
  ///
  /// - Parameter body: Writes the files into the hidden folder it is given, a sibling of `url`.
  /// - Throws: What `body` throws, or `ArchiveError`; what was there stays.
  public static func write<Result>(
    to url: URL, existing: Existing, _ body: (URL) throws -> Result
  ) throws -> Result {
    let staged = try StagedFolder(in: url.deletingLastPathComponent())
    let result = try body(staged.url)
    try staged.synchronize()
    try staged.move(to: url, existing: existing)
    return result
  }

  /// Refuses a place whose content `Existing.replace(marker:)` would not replace; links are not followed.
  ///
  /// - Throws: `ArchiveError.notReplaceable`, or `.system` for a place that cannot be looked at.
  package static func checkReplaceable(_ url: URL, marker: String) throws(ArchiveError) {
    guard let kind = try FileTree.kind(of: url) else { return }
    guard kind == .folder, try FileTree.kind(of: url.appending(path: marker)) == .file else {
      throw .notReplaceable(path: url.path, marker: marker)
    }
  }
}

/// A hidden folder to be filled and then put in its place in one step; removed if it is not.
package final class StagedFolder: Sendable {
  /// Where to write the files.
  package let url: URL
  private let lock: ProcessLock

  /// Makes an empty one in `parent`, which is made if missing and swept of left-overs.
  package init(in parent: URL) throws(ArchiveError) {
    try FileTree.makeFolder(parent)
    try Leftovers.remove(in: parent)
    (url, lock) = try ProcessLock.making(in: parent, prefix: Leftovers.prefix) { path in
      mkdir(path, 0o777) == 0
    }
  }

  deinit {
    // After a move this is the folder that was replaced, or nothing. What cannot be removed now
    // is swept as a left-over later.
    try? FileManager.default.removeItem(at: url)
  }

  /// Flushes everything in it to the disk.
  package func synchronize() throws(ArchiveError) { try FileTree.synchronize(url) }

  /// Puts it at `target` on the same file system.
  ///
  /// - Throws: `ArchiveError.folderExists`, `.notReplaceable`, `.exchangeUnsupported` or
  ///   `.system`; `target` stays as it was.
  package func move(to target: URL, existing: AtomicFolder.Existing) throws(ArchiveError) {
    if !(try rename(to: target, flags: moruRenameNoReplace)) {
      guard case .replace(let marker) = existing else { throw .folderExists(path: target.path) }
      try AtomicFolder.checkReplaceable(target, marker: marker)
      _ = try rename(to: target, flags: moruRenameExchange)
    }
    try FileTree.synchronizeEntry(target.deletingLastPathComponent())
  }

  /// - Returns: False if there is something at `target` already.
  private func rename(to target: URL, flags: UInt32) throws(ArchiveError) -> Bool {
    guard renameat2(AT_FDCWD, url.path, AT_FDCWD, target.path, flags) != 0 else { return true }
    switch errno {
    case EEXIST: return false
    case EINVAL, ENOSYS, EXDEV: throw .exchangeUnsupported(path: target.path)
    default: throw .failed("replace", target.path)
    }
  }
}
