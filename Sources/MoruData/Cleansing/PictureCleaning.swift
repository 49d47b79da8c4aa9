public import Foundation
internal import MoruArchive

/// Which pictures of a folder are to be put aside.
public struct PictureCleaning: Sendable {
  /// The folder in a cleaned copy that holds what was put aside.
  public static let removedFolder = ".removed"

  /// What is to be changed.
  public let journal: CleaningJournal

  /// Looks at a folder of pictures by class, or at such folders in parts, each by itself.
  ///
  /// - Throws: `DataError` naming the folder.
  public init(
    of root: URL, steps: Set<CleaningStep>, output: String
  ) throws(DataError) {
    let folders = try PictureParts.find(at: root)
    let isParted = folders.count > 1 || folders.first?.name != root.lastPathComponent
    let scan = PictureScan(folders: folders)
    func path(_ part: Int, _ name: String) -> String {
      isParted ? "\(scan.parts[part])/\(name)" : name
    }
    var pictures: [CleaningJournal.Picture] = []
    if steps.contains(.unreadable) {
      pictures += scan.failures.map { failure in
        .init(path: path(failure.part, failure.name), step: .unreadable, reason: "\(failure.error)")
      }
    }
    for group in scan.equalGroups {
      for part in Set(group.map { scan.entries[$0].part }).sorted() {
        let entries = group.map { scan.entries[$0] }.filter { $0.part == part }
        guard entries.count > 1 else { continue }
        if Set(entries.map(\.label)).count > 1 {
          guard steps.contains(.conflicts) else { continue }
          let names = entries.map(\.name).joined(separator: " = ")
          pictures += entries.map {
            .init(
              path: path(part, $0.name), step: .conflicts, reason: "in several classes: \(names)")
          }
        } else if steps.contains(.duplicates) {
          pictures += entries.dropFirst().map {
            .init(
              path: path(part, $0.name), step: .duplicates, reason: "equal to \(entries[0].name)")
          }
        }
      }
    }
    let count = scan.entries.count + scan.failures.count
    journal = CleaningJournal(
      source: root.lastPathComponent, output: output, sourceChecksum: nil, outputChecksum: nil,
      separator: nil, steps: CleaningStep.allCases.filter(steps.contains), countBefore: count,
      countAfter: count - pictures.count, pictures: pictures.sorted { $0.path < $1.path })
  }

  /// Copies a folder without the pictures that are put aside, which go into `removedFolder` inside.
  ///
  /// - Throws: `DataError` or `ArchiveError`; nothing is left of the copy then.
  public func write(from root: URL, to target: URL) throws {
    try AtomicFolder.write(to: target, existing: .keep) { staged in
      try Self.copy(root, into: staged)
      for picture in journal.pictures {
        try Self.move(
          staged.appending(path: picture.path),
          to: staged.appending(path: Self.removedFolder).appending(path: picture.path))
      }
    }
  }

  /// Copies a cleaned folder with everything back where it was.
  ///
  /// - Throws: `DataError.journal` if a picture is not where the journal says.
  public static func restore(
    from cleaned: URL, to target: URL, _ journal: CleaningJournal
  ) throws {
    for picture in journal.pictures {
      let parts = picture.path.split(separator: "/", omittingEmptySubsequences: false)
      guard !parts.contains(".."), !parts.contains(""),
        FileManager.default.fileExists(
          atPath: cleaned.appending(path: removedFolder).appending(path: picture.path).path)
      else {
        throw DataError.journal(
          file: journal.output, problem: "'\(picture.path)' is not among what was put aside",
          advice: "Undo from the folder as it was written.")
      }
    }
    try AtomicFolder.write(to: target, existing: .keep) { staged in
      try copy(cleaned, into: staged)
      let removed = staged.appending(path: removedFolder)
      for picture in journal.pictures {
        try move(removed.appending(path: picture.path), to: staged.appending(path: picture.path))
      }
      if !journal.pictures.isEmpty { try FileManager.default.removeItem(at: removed) }
    }
  }

  private static func copy(_ folder: URL, into target: URL) throws {
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() {
      try FileManager.default.copyItem(
        at: folder.appending(path: name), to: target.appending(path: name))
    }
  }

  private static func move(_ file: URL, to target: URL) throws {
    try FileManager.default.createDirectory(
      at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
    try FileManager.default.moveItem(at: file, to: target)
  }
}
