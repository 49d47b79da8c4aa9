public import Foundation

/// The checksums of a folder's files, kept beside them in `checksums.json`:
/// `{"model.json": "2c26…", "weights.safetensors": "fcde…"}`.
public struct ChecksumManifest: Equatable, Sendable {
  /// The file in a folder that holds its manifest.
  public static let fileName = "checksums.json"

  /// Checksum by path relative to the folder, `/` between parts.
  public let files: [String: Checksum]

  /// Computes the checksums of all files in `folder` and writes them to its `checksums.json`.
  ///
  /// Hidden files and the manifest itself are left out. For use inside `AtomicFolder.write`, which
  /// makes the result durable.
  ///
  /// - Throws: `ArchiveError` if a file cannot be read or the manifest not written.
  @discardableResult
  public static func write(for folder: URL) throws(ArchiveError) -> ChecksumManifest {
    var files: [String: Checksum] = [:]
    for path in try FileTree.files(in: folder) where path != fileName {
      files[path] = try Checksum(ofFile: folder.appending(path: path))
    }
    let manifest = ChecksumManifest(files: files)
    try AtomicFile.write(manifest.encoded(), to: folder.appending(path: fileName))
    return manifest
  }

  /// The manifest of `folder`.
  ///
  /// - Throws: `ArchiveError.system` if there is none, `.damaged` if it cannot be understood.
  public init(of folder: URL) throws(ArchiveError) {
    let url = folder.appending(path: Self.fileName)
    let data = try OpenFile(reading: url).readAll(limit: 16 << 20)
    let entries: [String: Checksum]
    do {
      entries = try JSONDecoder().decode([String: Checksum].self, from: data)
    } catch {
      throw .damaged(
        file: url.path, reason: "it is not a JSON object of file names and SHA-256 checksums")
    }
    for path in entries.keys where !Self.staysInside(path) {
      throw .damaged(file: url.path, reason: "\(quoted(path)) leads out of the folder")
    }
    files = entries
  }

  init(files: [String: Checksum]) { self.files = files }

  /// Reads every listed file of `folder` and compares its checksum.
  ///
  /// - Parameter required: Files that must be listed.
  /// - Throws: `ArchiveError.checksumMismatch` naming the first changed file, `.unlisted` for a
  ///   required file without a checksum, `.system` for a missing one.
  public func verify(_ folder: URL, requiring required: [String] = []) throws(ArchiveError) {
    for name in required where files[name] == nil {
      throw .unlisted(file: name, folder: folder.path)
    }
    for (name, expected) in files.sorted(by: { $0.key < $1.key }) {
      let url = folder.appending(path: name)
      let found = try Checksum(ofFile: url)
      guard found == expected else {
        throw .checksumMismatch(file: url.path, expected: expected, found: found)
      }
    }
  }

  private static func staysInside(_ path: String) -> Bool {
    path.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { part in
      !part.isEmpty && part != "." && part != ".." && !part.contains("\0")
    }
  }

  private func encoded() throws(ArchiveError) -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    do {
      return try encoder.encode(files) + Data("\n".utf8)
    } catch {
      throw .damaged(file: Self.fileName, reason: "its names cannot be written as JSON")
    }
  }
}
