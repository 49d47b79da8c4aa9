public import Foundation

/// What a process that died while saving left behind.
///
/// Files and folders are built under a hidden name of this form, locked by the process that
/// builds them; one that is not locked any more belongs to nobody.
public enum Leftovers {
  /// How the names of unfinished files and folders begin.
  static let prefix = ".moru-unfinished-"

  /// Removes the unfinished files and folders in `folder` whose process has died.
  ///
  /// - Throws: `ArchiveError.system` if the folder cannot be listed.
  /// - Returns: How many were removed.
  @discardableResult
  public static func remove(in folder: URL) throws(ArchiveError) -> Int {
    var count = 0
    for name in try FileTree.names(in: folder) where name.hasPrefix(prefix) {
      let url = folder.appending(path: name)
      // Another process may be removing it, too; whoever comes second finds less to do.
      guard (try? ProcessLock.isHeld(url)) == false else { continue }
      if (try? FileManager.default.removeItem(at: url)) != nil { count += 1 }
    }
    return count
  }
}
