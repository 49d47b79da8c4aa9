import Foundation
import MoruArchive
import MoruTracking
import Synchronization

/// A workspace in a folder of its own, removed with it.
final class TemporaryWorkspace: Sendable {
  let workspace: Workspace
  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "moru-\(UUID().uuidString)")
    workspace = try Workspace(creatingAt: folder)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// A store whose clock starts at 2026-11-21 04:03:12 UTC and goes on a second each time it is
  /// asked.
  func store() throws -> SQLiteRunStore {
    let seconds = Mutex(1_795_233_792.0)
    return try SQLiteRunStore(workspace) {
      seconds.withLock { seconds in
        defer { seconds += 1 }
        return Date(timeIntervalSince1970: seconds)
      }
    }
  }
}

/// Writes a package of one small file.
@Sendable func writePackage(_ text: String) -> @Sendable (URL) throws -> Void {
  { folder in
    try Data(text.utf8).write(to: folder.appending(path: "model.json"))
    try ChecksumManifest.write(for: folder)
  }
}

/// The signature of most changes in the tests.
func mina() throws -> Signature { try Signature(by: "mina", because: "first try") }
