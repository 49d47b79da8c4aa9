public import Foundation
internal import MoruArchive
public import MoruTensors

/// A folder of pictures by class cut into parts between which no picture is shared that looks the same.
public struct PictureSplit: Sendable {
  /// Which picture went where.
  public let plan: PartsPlan
  /// How many pictures were kept together with others.
  public let boundCount: Int
  /// The classes and how many pictures of each every part has.
  public let classCounts: [(label: String, counts: [Int])]
  private let items: [ImageFolder.Item]
  private let classes: [String]

  /// Looks at a folder.
  ///
  /// - Throws: `DataError` naming a picture that cannot be read; `.parts` if a part would be empty.
  public init(of root: URL, parts: [PartsPlan.Part], seed: Seed) throws(DataError) {
    let folder = try ImageFolder(at: root)
    let scan = PictureScan(folders: [folder])
    if let failure = scan.failures.first { throw failure.error }
    let bundles = scan.alikeGroups
    items = folder.items
    classes = folder.classes
    boundCount = bundles.reduce(0) { $0 + $1.count }
    let places = folder.items.map { Int($0.label) }
    let plan = try PartsPlan(parts: parts, classes: places, bundles: bundles, seed: seed)
    self.plan = plan
    classCounts = folder.classes.enumerated().map { place, label in
      (label, plan.members.map { samples in samples.count { places[$0] == place } })
    }
  }

  /// Writes `PART/CLASS/FILE` for every picture.
  ///
  /// - Parameter isLinked: Whether the files are hard links to the pictures, which takes no space, in place
  ///   of copies.
  private func write(to folder: URL, isLinked: Bool) throws {
    let manager = FileManager.default
    for (part, samples) in zip(plan.parts, plan.members) {
      for sample in samples {
        let item = items[sample]
        let target = folder.appending(path: part.name)
          .appending(path: classes[Int(item.label)])
        try manager.createDirectory(at: target, withIntermediateDirectories: true)
        let file = target.appending(path: item.url.lastPathComponent)
        let source = item.url.resolvingSymlinksInPath()
        if isLinked {
          try manager.linkItem(at: source, to: file)
        } else {
          try manager.copyItem(at: source, to: file)
        }
      }
    }
  }

  /// Writes the parts as one new folder.
  ///
  /// - Throws: `ArchiveError.folderExists` if there is something at `url`; nothing is left if it fails.
  public func write(to url: URL, isLinked: Bool, besides write: (URL) throws -> Void) throws {
    try AtomicFolder.write(to: url, existing: .keep) { staged in
      try self.write(to: staged, isLinked: isLinked)
      try write(staged)
    }
  }
}
