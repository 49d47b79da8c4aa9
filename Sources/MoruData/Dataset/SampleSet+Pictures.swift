package import Foundation
internal import MoruArchive
internal import MoruTensors

extension SampleSet {
  /// A folder of pictures by class, `ROOT/CLASS/*`, and what they look like.
  ///
  /// - Shapes: as `Dataset.images(at:size:channels:interpolation:damaged:)`.
  /// - Parameters:
  ///   - size: Height and width to which every picture is resized; nil if all have one size already.
  ///   - damaged: What becomes of pictures that cannot be read.
  ///   - memoryBytes: Pictures that would take more bytes in memory stay in their files.
  /// - Throws: `DataError` naming the folder or picture.
  package static func images(
    at root: URL, size: (height: Int, width: Int)?, damaged: DamagePolicy, memoryBytes: Int
  ) throws(DataError) -> (samples: SampleSet, report: DataReport) {
    let folder = try ImageFolder(at: root)
    let scan = PictureScan(folders: [folder])
    let report = try DataReport(scan, damaged: damaged)
    let files = try SampleFiles(folder, scan, size: size)
    guard files.byteCount > memoryBytes else {
      let data = try Dataset.images(of: folder, size: size, channels: nil, damaged: damaged)
      return (SampleSet(data), report)
    }
    let targets = Dataset.Targets.classes(files.items.map(\.label), labels: folder.classes)
    return (
      try SampleSet(
        source: folder.name, files: files, targets: [Dataset.Target(values: targets)]),
      report
    )
  }

  /// Pictures that a table names, with the labels that stand beside their names, and what they look
  /// like.
  ///
  /// - Parameters: as `Dataset.images(in:labelledBy:file:label:separator:size:channels:interpolation:damaged:)`,
  ///   and `memoryBytes`, above which pictures stay in their files.
  /// - Throws: `DataError` naming table and line, or the picture.
  package static func images(
    in folder: URL, labelledBy table: Table, file: String, label: String, separator: Character?,
    size: (height: Int, width: Int)?, damaged: DamagePolicy, memoryBytes: Int
  ) throws(DataError) -> (samples: SampleSet, report: DataReport) {
    let items = try Dataset.items(in: folder, namedBy: table, file: file)
    let name = folder.lastPathComponent
    let scan = PictureScan(folders: [
      try byClass(items, in: name, labelledBy: table, label: label, separator: separator)
    ])
    // Sets of labels are told apart, but are no classes.
    let report = try DataReport(scan, damaged: damaged, hasClasses: separator == nil)
    let files = try SampleFiles(
      ImageFolder(name: name, classes: [], items: items), scan, size: size)
    guard files.byteCount > memoryBytes else {
      let data = try Dataset.images(
        in: folder, labelledBy: table, file: file, label: label, separator: separator, size: size,
        damaged: damaged)
      return (SampleSet(data), report)
    }
    let targets = try Dataset.targets(
      of: files.items, in: table, label: label, separator: separator)
    return (
      try SampleSet(
        source: table.source, files: files, targets: [Dataset.Target(values: targets)]),
      report
    )
  }

  /// Pictures that a table names by what it says of them; of those that may have several labels, each
  /// set of labels is a class.
  private static func byClass(
    _ items: [ImageFolder.Item], in folder: String, labelledBy table: Table, label: String,
    separator: Character?
  ) throws(DataError) -> ImageFolder {
    let words = try table.column(label)
    var kinds = items.map { words.text(at: Int($0.label)) ?? "" }
    let classes: [String]
    if let separator {
      kinds = kinds.map {
        Dataset.labels(in: $0, separator: separator).sorted(by: TableEncoding.bytesPrecede)
          .joined(separator: "\(separator)")
      }
      classes = Set(kinds).sorted(by: TableEncoding.bytesPrecede)
    } else {
      classes =
        try TableEncoding.target(label, of: table, task: .classification, isCategory: true)
        .labels ?? []
    }
    let places = Dictionary(classes.enumerated().map { ($1, Int32($0)) }) { first, _ in first }
    return ImageFolder(
      name: folder, classes: classes,
      items: zip(items, kinds).map { item, kind in
        .init(url: item.url, label: places[kind] ?? 0, name: item.name)
      })
  }
}

extension SampleFiles {
  /// The pictures of a folder that could be read, brought to one size and as many channels.
  ///
  /// - Throws: `DataError.imageSize` for pictures of several sizes, if none is asked for.
  fileprivate init(
    _ folder: ImageFolder, _ scan: PictureScan, size: (height: Int, width: Int)?
  ) throws(DataError) {
    let (found, failed) = (scan.entries, Set(scan.failures.map(\.name)))
    let shape = found.first?.shape ?? [0, 0, 1]
    let (height, width) = size ?? (shape[0], shape[1])
    if size == nil,
      let other = found.first(where: { $0.shape[0] != height || $0.shape[1] != width })
    {
      throw .imageSize(
        file: other.name, found: "\(other.shape[1]) × \(other.shape[0])",
        expected: "\(width) × \(height)")
    }
    let channels = found.contains { $0.shape[2] == 3 } ? 3 : 1
    let checksums = found.map(\.checksum.hex).joined(separator: "\n")
    self.init(
      folder.items.filter { !failed.contains($0.name) }, shape: [height, width, channels],
      dtype: .uint8, checksum: Checksum(of: Array(checksums.utf8))
    ) { item in
      let image = try ImageFile.decode(
        FileBytes.read(item.url, name: item.name, limit: ImageFile.byteLimit), name: item.name)
      let sized = try size == nil ? image : ImageFile.resized(image, height: height, width: width)
      return try Picture(sized).withChannels(channels).tensor
    }
  }
}
