internal import Foundation
internal import MoruArchive
internal import MoruData

extension Checksum {
  /// What identifies the data that a training read: a table's own SHA-256, or that of the list of
  /// a folder's files as `sha256sum` writes it.
  ///
  /// - Parameter configuration: What says which table has the labels of pictures; nil if none has.
  /// - Throws: `ArchiveError` if a file cannot be read.
  init(ofData url: URL, _ configuration: DataConfiguration? = nil, format: DataFormat) throws {
    switch format {
    case .csv, .numpy: try self.init(ofFile: url)
    case .idx: try self.init(listing: Self.idxFiles(in: url).map { (url.appending(path: $0), $0) })
    case .images:
      guard let configuration, let labelFile = configuration.labelFile else {
        try self.init(listing: ImageFolder(at: url).items.map { ($0.url, $0.name) })
        return
      }
      let labels = URL(filePath: labelFile)
      let table = try Table(at: labels, as: configuration.tableFormat)
      let files = try table.column(configuration.fileColumn)
      // Files that are not there are named, or skipped, when the pictures are read.
      let names = (0..<table.rowCount).compactMap(files.text).filter {
        FileManager.default.fileExists(atPath: url.appending(path: $0).path)
      }
      try self.init(
        listing: [(labels, labels.lastPathComponent)] + names.map { (url.appending(path: $0), $0) })
    case .texts:
      let classes = try Self.visible(in: url)
      let names = try classes.flatMap { name in
        try Self.visible(in: url.appending(path: name)).map { "\(name)/\($0)" }
      }
      try self.init(listing: names.map { (url.appending(path: $0), $0) })
    }
  }

  private init(listing files: [(url: URL, name: String)]) throws {
    let lines = try files.map { file in "\(try Checksum(ofFile: file.url))  \(file.name)\n" }
    self.init(of: Data(lines.joined().utf8))
  }

  private static func visible(in folder: URL) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { !$0.hasPrefix(".") }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  private static func idxFiles(in folder: URL) throws -> [String] {
    let parts = ["t10k-images-idx3", "t10k-labels-idx1", "train-images-idx3", "train-labels-idx1"]
    // A plain file is read before a compressed one, as `Dataset.mnist` does.
    return parts.map { part in
      let plain = "\(part)-ubyte"
      let exists = FileManager.default.fileExists(atPath: folder.appending(path: plain).path)
      return exists ? plain : plain + ".gz"
    }
  }
}
