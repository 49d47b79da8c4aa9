internal import Foundation
internal import MoruData

extension DataFormat {
  /// How the data at a path come, by what is there.
  ///
  /// - Throws: `DataError` if there is nothing, or a folder of nothing known.
  static func find(at url: URL) throws(DataError) -> DataFormat {
    guard let names = try Self.names(in: url) else {
      return url.pathExtension.lowercased() == "npz" ? .numpy : .csv
    }
    let isIDX = names.contains { name in
      (name.hasSuffix("-ubyte") || name.hasSuffix("-ubyte.gz")) && name.contains("-idx")
    }
    if isIDX { return .idx }
    guard !names.isEmpty else {
      throw .emptyFolder(folder: url.lastPathComponent, wanted: "file")
    }
    // Notes may lie beside pictures; where there are none, texts are what is meant.
    var endings = Set<String>()
    for name in names {
      for file in try Self.names(in: url.appending(path: name)) ?? [] {
        endings.insert(URL(filePath: file).pathExtension.lowercased())
      }
    }
    return endings.contains("txt") && endings.isDisjoint(with: pictureEndings) ? .texts : .images
  }

  private static let pictureEndings: Set = ["png", "jpg", "jpeg", "webp", "tif", "tiff"]

  /// The names of a folder's visible entries; nil for a file.
  private static func names(in url: URL) throws(DataError) -> [String]? {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else {
      throw .unreadable(file: url.path, reason: "no such file or directory")
    }
    guard isFolder.boolValue else { return nil }
    do {
      return try FileManager.default.contentsOfDirectory(atPath: url.path)
        .filter { !$0.hasPrefix(".") }
    } catch {
      throw .unreadable(file: url.path, reason: "the folder cannot be listed")
    }
  }
}
