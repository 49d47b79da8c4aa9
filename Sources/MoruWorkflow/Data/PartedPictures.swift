internal import Foundation
internal import MoruData

/// Which pictures by class are learned from, and which are not, where a folder comes in parts.
struct PartedPictures {
  /// The folder of the classes that are learned from: the part `train`, or the whole without parts.
  let learned: URL
  /// The part `test`; nil if there is none.
  let test: URL?
  /// How many pictures lie in other parts than the one that is learned from; nil without parts.
  let otherCount: Int?

  /// - Throws: `DataError` naming the folder; `WorkflowError.unfit` for parts of which none is for training.
  init(at url: URL) throws {
    let parts = try PictureParts.find(at: url)
    guard parts.count > 1 || !Self.holds(url, parts[0]) else {
      (learned, test, otherCount) = (url, nil, nil)
      return
    }
    func part(_ names: Set<String>) -> ImageFolder? {
      parts.first { names.contains($0.name.lowercased()) }
    }
    guard let train = part(["train", "training"]) else {
      let names = parts.map(\.name).joined(separator: ", ")
      throw WorkflowError.unfit(
        source: url.lastPathComponent,
        reason: "The folder holds the parts \(names), none of them train. "
          + "Name the folder of one of them.")
    }
    learned = url.appending(path: train.name)
    test = part(["test", "testing"]).map { url.appending(path: $0.name) }
    otherCount = parts.map(\.items.count).reduce(0, +) - train.items.count
  }

  /// Whether the classes of some pictures lie in a folder itself, not in a part of it.
  private static func holds(_ folder: URL, _ pictures: ImageFolder) -> Bool {
    guard let file = pictures.items.first?.url else { return true }
    return file.deletingLastPathComponent().deletingLastPathComponent().standardizedFileURL.path
      == folder.standardizedFileURL.path
  }
}
