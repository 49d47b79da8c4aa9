internal import MoruTensors

/// Reads the pictures of a folder, and counts those that are damaged.
struct PictureReader {
  private let damaged: DamagePolicy
  private(set) var report: ReadingReport

  /// - Parameter source: What to call the pictures' folder.
  init(source: String, damaged: DamagePolicy) {
    self.damaged = damaged
    report = ReadingReport(source: source, unit: "picture")
  }

  /// Hands over what `prepare` makes of each picture, several at a time, in the order of the files;
  /// pictures that are damaged and may be left out are.
  ///
  /// - Throws: What reading a picture throws unless damaged ones are left out, and what the two closures
  ///   throw.
  mutating func read<Prepared: Sendable>(
    _ items: [ImageFolder.Item],
    preparing prepare: (ImageFolder.Item, HostTensor) throws(DataError) -> Prepared,
    take: (ImageFolder.Item, Prepared) throws(DataError) -> Void
  ) throws(DataError) {
    for start in stride(from: 0, to: items.count, by: Self.readAtOnce) {
      let some = items[start..<min(start + Self.readAtOnce, items.count)]
      let found = Parallel.map(some.count) { place in
        let item = some[some.startIndex + place]
        return Self.decoded(item).map { image in
          Result { () throws(DataError) in try prepare(item, image) }
        }
      }
      for (item, picture) in zip(some, found) {
        switch picture {
        case .success(let prepared):
          report.keep()
          try take(item, prepared.get())
        case .failure(let error):
          guard damaged == .skip else { throw error }
          report.skip(1, [.init(place: item.name, reason: error.reason)])
        }
      }
    }
  }

  /// So many pictures wait for their turn at most.
  private static let readAtOnce = 128

  private static func decoded(_ item: ImageFolder.Item) -> Result<HostTensor, DataError> {
    Result { () throws(DataError) in
      try ImageFile.decode(
        FileBytes.read(item.url, name: item.name, limit: ImageFile.byteLimit), name: item.name)
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
