public import Foundation

/// A folder of pictures sorted into classes by subfolder: `ROOT/CLASS/*.png`, `.jpg` or `.jpeg`.
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
    let name = root.lastPathComponent
    let folders = try Self.entries(of: root, name: name).filter(\.isFolder)
    guard !folders.isEmpty else { throw .emptyFolder(folder: name, wanted: "class folders") }
    var items: [Item] = []
    for (label, folder) in folders.enumerated() {
      let files = try Self.entries(of: folder.url, name: "\(name)/\(folder.name)").filter {
        !$0.isFolder && ["png", "jpg", "jpeg"].contains($0.url.pathExtension.lowercased())
      }
      guard !files.isEmpty else {
        throw .emptyFolder(folder: "\(name)/\(folder.name)", wanted: "PNG or JPEG pictures")
      }
      items += files.map {
        Item(url: $0.url, label: Int32(label), name: "\(folder.name)/\($0.name)")
      }
    }
    self.name = name
    classes = folders.map(\.name)
    self.items = items
  }

  static func entries(
    of folder: URL, name: String
  ) throws(DataError) -> [(url: URL, name: String, isFolder: Bool)] {
    do {
      return try FileManager.default.contentsOfDirectory(
        at: folder, includingPropertiesForKeys: [.isDirectoryKey], options: .skipsHiddenFiles
      ).map { url in
        let isFolder = try url.resolvingSymlinksInPath()
          .resourceValues(forKeys: [.isDirectoryKey]).isDirectory
        return (url, url.lastPathComponent, isFolder ?? false)
      }.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    } catch {
      throw .unreadable(file: name, reason: FileBytes.reason(of: error))
    }
  }
}
