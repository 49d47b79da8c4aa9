internal import MoruTensors

/// Reads the pictures of a folder one by one, and counts those that are damaged.
struct PictureReader {
  private let damaged: DamagePolicy
  private(set) var report: ReadingReport

  /// - Parameter source: What to call the pictures' folder.
  init(source: String, damaged: DamagePolicy) {
    self.damaged = damaged
    report = ReadingReport(source: source, unit: "picture")
  }

  /// The next picture; nil if it is damaged and left out.
  mutating func read(_ item: ImageFolder.Item) throws(DataError) -> HostTensor? {
    do throws(DataError) {
      let bytes = try FileBytes.read(item.url, name: item.name, limit: ImageFile.byteLimit)
      let image = try ImageFile.decode(bytes, name: item.name)
      report.keep()
      return image
    } catch {
      guard damaged == .skip else { throw error }
      report.skip(1, [.init(place: item.name, reason: error.reason)])
      return nil
    }
  }
}

extension DataError {
  /// What is wrong with a file, without its name and advice where that is known.
  var reason: String {
    switch self {
    case .unreadable(_, let reason): "it cannot be read: \(reason)"
    case .emptyFile: "the file is empty"
    case .row(_, let problem): problem.reason
    case .tooLarge(_, let limit, let unit): "larger than the limit of \(limit) \(unit)"
    case .damaged(_, let detail): detail
    default: description
    }
  }
}
