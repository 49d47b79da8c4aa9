public import Foundation

/// A folder in which Moru keeps everything of a project:
///
///     moru.sqlite             runs, metrics, models, versions, aliases, audit trail
///     artifacts/ab/abcd…      files of runs, named by their SHA-256
///     data/                   caches, which may be removed
///     models/NAME/VERSION/    model packages
///     tests/                  which test sets were looked at, by whom
///     sessions/               one locked file for each process at work
public struct Workspace: Hashable, Sendable {
  /// The file that makes a folder a workspace.
  public static let databaseName = "moru.sqlite"

  /// The folder.
  public let folder: URL

  /// The workspace in `folder`, which is made if missing.
  ///
  /// - Throws: `ArchiveError.system` if it cannot be made.
  public init(creatingAt folder: URL) throws(ArchiveError) {
    self.folder = folder.standardizedFileURL
    for part in [artifacts, data, models, sessions] { try FileTree.makeFolder(part) }
  }

  /// The workspace in `folder`, which must be one: a mistyped path makes no empty workspace.
  ///
  /// - Throws: `ArchiveError.notAWorkspace`.
  public init(existingAt folder: URL) throws(ArchiveError) {
    guard try FileTree.kind(of: folder.appending(path: Self.databaseName)) == .file else {
      throw .notAWorkspace(path: folder.path)
    }
    try self.init(creatingAt: folder)
  }

  /// The database of runs and models.
  public var database: URL { folder.appending(path: Self.databaseName) }
  /// Files of runs by checksum.
  public var artifacts: URL { folder.appending(path: "artifacts") }
  /// Caches.
  public var data: URL { folder.appending(path: "data") }
  /// Model packages.
  public var models: URL { folder.appending(path: "models") }
  /// Who looked at which test set.
  public var tests: URL { folder.appending(path: "tests") }
  /// Locks of the processes at work.
  package var sessions: URL { folder.appending(path: "sessions") }

  /// The package folder of a version.
  public func modelFolder(_ name: SafeName, version: Int) -> URL {
    models.appending(path: name.text).appending(path: String(version))
  }

  /// Makes the folder of looks at test sets, which workspaces of before do not have.
  ///
  /// - Throws: `ArchiveError.system` if it cannot be made.
  package func makeTestsFolder() throws(ArchiveError) -> URL {
    try FileTree.makeFolder(tests)
    return tests
  }

  /// Makes the folder that holds the versions of a model.
  package func makeFolder(of name: SafeName) throws(ArchiveError) {
    try FileTree.makeFolder(models.appending(path: name.text))
    try FileTree.synchronizeEntry(models)
  }

  /// The place of an artifact, whether or not it is there.
  public func artifact(_ checksum: Checksum) -> URL {
    artifacts.appending(path: String(checksum.hex.prefix(2))).appending(path: checksum.hex)
  }

  /// Keeps `data` as an artifact; the same bytes are kept once.
  ///
  /// - Throws: `ArchiveError.system` if it cannot be written.
  /// - Returns: The checksum that names it.
  @discardableResult
  public func storeArtifact(_ data: Data) throws(ArchiveError) -> Checksum {
    let checksum = Checksum(of: data)
    let url = artifact(checksum)
    if try FileTree.kind(of: url) == nil {
      try FileTree.makeFolder(url.deletingLastPathComponent())
      try AtomicFile.write(data, to: url)
    }
    return checksum
  }

  /// The bytes of an artifact, compared with its checksum.
  ///
  /// - Throws: `ArchiveError.checksumMismatch` if they have changed, `.system` if it is missing.
  public func loadArtifact(_ checksum: Checksum) throws(ArchiveError) -> Data {
    let url = artifact(checksum)
    let data = try OpenFile(reading: url).readAll(limit: .max)
    let found = Checksum(of: data)
    guard found == checksum else {
      throw .checksumMismatch(file: url.path, expected: checksum, found: found)
    }
    return data
  }
}
