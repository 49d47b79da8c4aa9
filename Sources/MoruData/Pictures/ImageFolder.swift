public import Foundation

/// A folder of pictures sorted into classes by subfolder: `ROOT/CLASS/*.png`, `.jpg`, `.jpeg`, `.webp`,
/// `.tif` or `.tiff`.
public struct ImageFolder: Sendable, Equatable {
  /// Most bytes that all pictures of one folder may take in memory: 8 GiB.
  static let byteLimit = FileBytes.limit

  /// One picture file.
  public struct Item: Sendable, Equatable {
    /// Where it is.
    public let url: URL
    /// The place of its class in `classes`.
    public let label: Int32
    /// `CLASS/FILE`, for messages.
    public let name: String
  }

  /// The folder's name.
  public let name: String
  /// The subfolders' names in order of their UTF-8 bytes, whatever the language settings.
  public let classes: [String]
  /// The files, by class and then by name in the same order.
  public let items: [Item]

  /// Lists a folder without opening the pictures. Hidden files and files of other kinds are passed
  /// over.
  ///
  /// - Throws: `DataError.emptyFolder` if there is no class folder or one without pictures.
  public init(at root: URL) throws(DataError) {
    let folder = try ClassFolder(at: root, of: .pictures)
    name = folder.name
    classes = folder.classes
    items = folder.items
  }

  init(name: String, classes: [String], items: [Item]) {
    self.name = name
    self.classes = classes
    self.items = items
  }

  /// Lists the pictures of a folder itself as one class of the folder's name, or, if there are folders in
  /// it, the pictures of these by class.
  ///
  /// - Throws: `DataError.emptyFolder` if there are no pictures, `.inconsistent` for pictures beside folders.
  package static func loose(at root: URL) throws(DataError) -> ImageFolder {
    let name = root.lastPathComponent
    let entries = try ClassFolder.entries(of: root, name: name)
    let kind = ClassFolder.Kind.pictures
    let items = entries.filter {
      !$0.isFolder && kind.endings.contains($0.url.pathExtension.lowercased())
    }.map { Item(url: $0.url, label: 0, name: $0.name) }
    if entries.contains(where: \.isFolder) {
      guard items.isEmpty else {
        throw .inconsistent(
          "\(name) holds pictures beside folders; name the pictures or the folders alone")
      }
      return try ImageFolder(at: root)
    }
    guard !items.isEmpty else { throw .emptyFolder(folder: name, wanted: kind.title) }
    return ImageFolder(name: name, classes: [name], items: items)
  }
}
