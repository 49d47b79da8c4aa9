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

  /// - Parameters:
  ///   - url: A folder of pictures by class, or of parts, of which `train` is taken.
  ///   - size: What to bring pictures to.
  /// - Throws: `DataError` naming the picture; `WorkflowError.unfit` for parts of which none is for training.
  init(at url: URL, size: ComparedData.ImageSize?) throws {
    let parts = try PartedPictures(at: url)
    otherParts = parts.otherCount
    if size == nil, let small = try Self.small(at: parts.learned) {
      (samples, resizedTo) = (small, nil)
    } else {
      let size = size ?? Self.usual
      samples = try Dataset.images(at: parts.learned, size: (size.height, size.width))
      resizedTo = size
    }
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
