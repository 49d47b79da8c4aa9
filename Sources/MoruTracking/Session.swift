internal import Foundation
internal import MoruArchive

/// A store at work: a locked file in the workspace that others can ask whether it still is.
final class Session: Sendable {
  private static let prefix = "session-"

  /// What the runs that this store starts are marked with.
  var name: String { url.lastPathComponent }
  private let url: URL
  private let lock: ProcessLock

  /// Begins one, and removes the files of sessions that died.
  init(in workspace: Workspace) throws {
    let folder = workspace.sessions
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path)
    where name.hasPrefix(Self.prefix) {
      let file = folder.appending(path: name)
      if try !ProcessLock.isHeld(file) { unlink(file.path) }
    }
    (url, lock) = try ProcessLock.making(in: folder, prefix: Self.prefix) { path in
      let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      guard descriptor >= 0 else { return false }
      return close(descriptor) == 0
    }
  }

  deinit { unlink(url.path) }

  /// Whether the session of this name is at work.
  static func isAlive(_ name: String, in workspace: Workspace) throws -> Bool {
    try ProcessLock.isHeld(workspace.sessions.appending(path: name))
  }
}
