internal import Foundation

/// The files under a folder, and making them durable.
enum FileTree {
  /// Paths of the regular files under `folder` relative to it, sorted, hidden ones left out.
  static func files(in folder: URL) throws(ArchiveError) -> [String] {
    var paths: [String] = []
    for name in try names(in: folder) where !name.hasPrefix(".") {
      let url = folder.appending(path: name)
      switch try kind(of: url) {
      case .folder: paths += try files(in: url).map { "\(name)/\($0)" }
      case .file: paths.append(name)
      case .other: throw .notAFile(path: url.path)
      case nil: continue
      }
    }
    return paths.sorted()
  }

  /// Names of the entries of `folder`, sorted.
  static func names(in folder: URL) throws(ArchiveError) -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    } catch {
      throw .system(action: "list", path: folder.path, code: errorCode(error))
    }
  }

  /// Makes `folder` and the folders above it that are missing.
  static func makeFolder(_ folder: URL) throws(ArchiveError) {
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw .system(action: "make", path: folder.path, code: errorCode(error))
    }
  }

  /// Flushes all files and folders under `folder`, and itself, to the disk.
  static func synchronize(_ folder: URL) throws(ArchiveError) {
    for name in try names(in: folder) {
      let url = folder.appending(path: name)
      switch try kind(of: url) {
      case .folder: try synchronize(url)
      case .file: try synchronizeEntry(url)
      case .other, nil: continue
      }
    }
    try synchronizeEntry(folder)
  }

  /// Flushes one file, or the list of names of one folder, to the disk.
  static func synchronizeEntry(_ url: URL) throws(ArchiveError) {
    let descriptor = open(url.path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .failed("open", url.path) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw .failed("flush", url.path) }
  }

  enum Kind { case file, folder, other }

  /// What lies at `url`, links not followed; nil if nothing does.
  static func kind(of url: URL) throws(ArchiveError) -> Kind? {
    var status = stat()
    guard lstat(url.path, &status) == 0 else {
      if errno == ENOENT { return nil }
      throw .failed("inspect", url.path)
    }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return .file
    case S_IFDIR: return .folder
    default: return .other
    }
  }

  private static func errorCode(_ error: any Error) -> Int32 {
    if let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError {
      return Int32(truncatingIfNeeded: underlying.code)
    }
    switch (error as? CocoaError)?.code {
    case .fileReadNoSuchFile, .fileNoSuchFile: return ENOENT
    case .fileReadNoPermission, .fileWriteNoPermission: return EACCES
    case .fileWriteOutOfSpace: return ENOSPC
    case .fileWriteFileExists: return EEXIST
    default: return EIO
    }
  }
}
