internal import Foundation

/// A folder of files sorted into classes by subfolder: `ROOT/CLASS/*`.
struct ClassFolder: Sendable, Equatable {
  /// Which files are listed; others and hidden ones are passed over.
  struct Kind {
    let endings: Set<String>
    /// What to call them in messages.
    let title: String

    static let pictures = Kind(
      endings: ["png", "jpg", "jpeg", "webp", "tif", "tiff"],
      title: "PNG, JPEG, WebP or TIFF pictures")
    static let texts = Kind(endings: ["txt"], title: ".txt files")
  }

  /// The folder's name.
  let name: String
  /// The subfolders' names in order of their UTF-8 bytes, whatever the language settings.
  let classes: [String]
  /// The files, by class and then by name in the same order.
  let items: [ImageFolder.Item]

  /// Lists a folder without opening the files.
  ///
  /// - Throws: `DataError.emptyFolder` if there is no class folder or one without such files.
  init(at root: URL, of kind: Kind) throws(DataError) {
    let name = root.lastPathComponent
    let folders = try Self.entries(of: root, name: name).filter(\.isFolder)
    guard !folders.isEmpty else { throw .emptyFolder(folder: name, wanted: "class folders") }
    var items: [ImageFolder.Item] = []
    for (label, folder) in folders.enumerated() {
      let files = try Self.entries(of: folder.url, name: "\(name)/\(folder.name)").filter {
        !$0.isFolder && kind.endings.contains($0.url.pathExtension.lowercased())
      }
      guard !files.isEmpty else {
        throw .emptyFolder(folder: "\(name)/\(folder.name)", wanted: kind.title)
      }
      items += files.map {
        ImageFolder.Item(url: $0.url, label: Int32(label), name: "\(folder.name)/\($0.name)")
      }
    }
    self.name = name
    classes = folders.map(\.name)
    self.items = items
  }

  /// What a folder holds, hidden entries left out, in order of the names' UTF-8 bytes.
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
