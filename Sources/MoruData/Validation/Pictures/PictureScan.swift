internal import Foundation
internal import MoruArchive
internal import MoruTensors

/// Pictures of one or more parts, each opened once: what is kept of them is small.
struct PictureScan {
  /// What is kept of a picture that could be read.
  struct Entry {
    let part: Int
    /// `CLASS/FILE`, or another name for messages.
    let name: String
    let label: String
    let url: URL?
    let shape: [Int]
    let checksum: Checksum
    let hash: PerceptualHash
  }

  /// A picture that could not be read.
  struct Failure {
    let part: Int
    let name: String
    let error: DataError
  }

  let parts: [String]
  /// The classes of each part, in order.
  let labels: [[String]]
  private(set) var entries: [Entry] = []
  private(set) var failures: [Failure] = []
  private(set) var ranges: [PixelRange]

  private init(parts: [(name: String, labels: [String])]) {
    self.parts = parts.map(\.name)
    labels = parts.map(\.labels)
    ranges = parts.map { _ in PixelRange() }
  }

  /// Folders of pictures by class.
  init(folders: [ImageFolder]) {
    self.init(parts: folders.map { ($0.name, $0.classes) })
    for (part, folder) in folders.enumerated() {
      for start in stride(from: 0, to: folder.items.count, by: Self.readAtOnce) {
        let items = folder.items[start..<min(start + Self.readAtOnce, folder.items.count)]
        let looks = Parallel.map(items.count) { place in
          let item = items[items.startIndex + place]
          return Result { () throws(DataError) in
            try Look(ImageFile.decode(FileBytes.read(item.url, name: item.name), name: item.name))
          }
        }
        for (item, look) in zip(items, looks) {
          add(look, part, name: item.name, label: folder.classes[Int(item.label)], url: item.url)
        }
      }
    }
  }

  /// Data sets in memory whose first feature is pictures, `uint8 [count, height, width, 1 or 3]`; nil
  /// for others.
  init?(datasets: [(part: String, data: Dataset)]) {
    self.init(parts: datasets.map { ($0.part, $0.data.labels ?? []) })
    for (part, (_, data)) in datasets.enumerated() {
      guard let images = data.features.first?.values, images.shape.rank == 4,
        case .uint8(let pixels) = images.values
      else { return nil }
      let shape = Array(images.shape.dimensions.dropFirst())
      let size = shape.reduce(1, *)
      for sample in 0..<data.count {
        let label = data.classes.map { labels[part][Int($0.indices[sample])] }
        let look = Result { () throws(DataError) in
          try Look(
            Picture(
              height: shape[0], width: shape[1], channels: shape[2],
              pixels: Array(pixels[sample * size..<(sample + 1) * size])
            ).tensor)
        }
        add(
          look, part, name: "\(datasets[part].part)[\(sample)]", label: label ?? "", url: nil)
      }
    }
  }

  /// So many pictures are decoded before what is kept of them is put together.
  private static let readAtOnce = 128

  /// What is kept of a picture's pixels.
  private struct Look {
    let shape: [Int]
    let checksum: Checksum
    let hash: PerceptualHash
    let range: PixelRange

    init(_ image: HostTensor) throws(DataError) {
      hash = try PerceptualHash(Picture(image))
      shape = image.shape.dimensions
      var range = PixelRange()
      let pixels = image.withUnsafeBytes { bytes in
        range.add(bytes)
        return Checksum(of: bytes)
      }
      self.range = range
      checksum = Checksum(of: Array("\(image.shape) \(pixels)".utf8))
    }
  }

  private mutating func add(
    _ look: Result<Look, DataError>, _ part: Int, name: String, label: String, url: URL?
  ) {
    switch look {
    case .success(let look):
      ranges[part].add(look.range)
      entries.append(
        Entry(
          part: part, name: name, label: label, url: url, shape: look.shape,
          checksum: look.checksum, hash: look.hash))
    case .failure(let error): failures.append(Failure(part: part, name: name, error: error))
    }
  }

  /// Groups of equal pictures, places of `entries`.
  var equalGroups: [[Int]] {
    Dictionary(grouping: entries.indices) { entries[$0].checksum }.values
      .filter { $0.count > 1 }.sorted { $0[0] < $1[0] }
  }

  /// Groups of pictures that are equal or look alike.
  var alikeGroups: [[Int]] {
    var sets = DisjointSets(count: entries.count)
    let holders = Dictionary(grouping: entries.indices) { entries[$0].hash.bits }
      .sorted { $0.value[0] < $1.value[0] }
    for (_, places) in holders {
      // One that looks different from the first may still look like a later one.
      var different: [Int] = []
      for place in places {
        if let like = different.first(where: { entries[$0].hash.looksLike(entries[place].hash) }) {
          sets.join(like, place)
        } else if different.count < Self.looksLimit {
          different.append(place)
        }
      }
    }
    let index = HammingIndex(holders.map(\.key))
    index.forEachPair(within: PerceptualHash.radius) { one, other in
      let (first, second) = (holders[one].value[0], holders[other].value[0])
      if entries[first].hash.looksLike(entries[second].hash) { sets.join(first, second) }
    }
    return sets.groups()
  }

  /// Of pictures with the same bits at most so many different looks are told apart, so that a folder
  /// of flat pictures takes no quadratic time.
  private static let looksLimit = 64
}
