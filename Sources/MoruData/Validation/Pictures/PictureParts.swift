public import Foundation

/// The parts that a folder of pictures comes in.
public enum PictureParts {
  /// The folders of pictures by class below `root`: itself, or, if its subfolders hold folders in place of
  /// pictures, each of them, such as `train`, `val` and `test`.
  ///
  /// - Throws: `DataError` naming the folder.
  public static func find(at root: URL) throws(DataError) -> [ImageFolder] {
    let folders = try ClassFolder.entries(of: root, name: root.lastPathComponent).filter(\.isFolder)
    for folder in folders {
      let entries = try ClassFolder.entries(
        of: folder.url, name: "\(root.lastPathComponent)/\(folder.name)")
      guard entries.contains(where: \.isFolder), !entries.contains(where: { !$0.isFolder }) else {
        return [try ImageFolder(at: root)]
      }
    }
    guard !folders.isEmpty else { return [try ImageFolder(at: root)] }
    var parts: [ImageFolder] = []
    for folder in folders { parts.append(try ImageFolder(at: folder.url)) }
    return parts
  }
}
