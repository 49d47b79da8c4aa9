internal import Foundation
internal import MoruData
internal import MoruTensors

/// Pictures by class that learners are compared on: small ones, since most learners take each pixel for a
/// number by itself.
struct ComparedPictures {
  /// All samples that may be compared on.
  let samples: Dataset
  /// The size that they were brought to; nil if they had it.
  let resizedTo: ComparedData.ImageSize?
  /// Pictures of other parts, which are not looked at; nil if the folder has no parts.
  let otherParts: Int?

  /// The sides that pictures are compared at, unless they are smaller and all of one size.
  private static let usual = ComparedData.ImageSize(height: 64, width: 64)
  private static let learnedFrom = ["train", "training"]

  /// - Parameters:
  ///   - url: A folder of pictures by class, or of parts, of which `train` is taken.
  ///   - size: What to bring pictures to.
  /// - Throws: `DataError` naming the picture; `WorkflowError.comparison` for parts of which none is for
  ///   training.
  init(at url: URL, size: ComparedData.ImageSize?) throws {
    let parts = try PictureParts.find(at: url)
    var root = url
    if parts.count > 1 || !Self.holds(url, parts[0]) {
      guard let part = parts.first(where: { Self.learnedFrom.contains($0.name.lowercased()) })
      else {
        let names = parts.map(\.name).joined(separator: ", ")
        throw WorkflowError.comparison(
          "\(url.lastPathComponent) holds the parts \(names). Name the folder of one of them")
      }
      root = url.appending(path: part.name)
      otherParts = parts.map(\.items.count).reduce(0, +) - part.items.count
    } else {
      otherParts = nil
    }
    if size == nil, let small = try Self.small(at: root) {
      (samples, resizedTo) = (small, nil)
    } else {
      let size = size ?? Self.usual
      samples = try Dataset.images(at: root, size: (size.height, size.width))
      resizedTo = size
    }
  }

  /// Whether the classes of some pictures lie in a folder itself, not in a part of it.
  private static func holds(_ folder: URL, _ pictures: ImageFolder) -> Bool {
    guard let file = pictures.items.first?.url else { return true }
    return file.deletingLastPathComponent().deletingLastPathComponent().standardizedFileURL.path
      == folder.standardizedFileURL.path
  }

  /// Pictures as they are, if they are small and have one size.
  private static func small(at root: URL) throws -> Dataset? {
    guard try isSmall(ImageFolder(at: root)) else { return nil }
    do { return try Dataset.images(at: root) } catch DataError.imageSize { return nil }
  }

  private static func isSmall(_ folder: ImageFolder) throws -> Bool {
    guard let first = folder.items.first else { return true }
    let shape = try ImageFile.read(at: first.url).shape
    return shape[0] <= usual.height && shape[1] <= usual.width
  }
}
