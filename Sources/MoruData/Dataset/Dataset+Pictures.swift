public import Foundation
internal import MoruTensors

extension Dataset {
  /// MNIST or a data set in its form (Fashion-MNIST, EMNIST, …): four IDX files, plain or `.gz`,
  /// `train-images-idx3-ubyte`, `train-labels-idx1-ubyte`, `t10k-images-…`, `t10k-labels-…`.
  ///
  /// - Shapes: one feature `input`, UInt8 `[samples, height, width, 1]`, 0 to 255.
  /// - Parameter labels: The class names; `"0"` to `"9"` if nil.
  /// - Throws: `DataError` naming the file that is missing, damaged or does not fit its partner.
  public static func mnist(
    at folder: URL, labels: [String]? = nil
  ) throws(DataError) -> (train: Dataset, test: Dataset) {
    let labels = labels ?? (0..<10).map(String.init)
    return (
      try idxPair(in: folder, part: "train", labels: labels),
      try idxPair(in: folder, part: "t10k", labels: labels)
    )
  }

  private static func idxPair(
    in folder: URL, part: String, labels: [String]
  ) throws(DataError) -> Dataset {
    let imageFile = try idxFile("\(part)-images-idx3-ubyte", in: folder)
    let labelFile = try idxFile("\(part)-labels-idx1-ubyte", in: folder)
    let images = try IDX.read(at: imageFile)
    guard images.dtype == .uint8, images.shape.rank == 3, images.count > 0 else {
      throw .damaged(
        file: imageFile.lastPathComponent,
        detail: "pictures are uint8 [samples, height, width], "
          + "but the file holds \(images.dtype.rawValue) \(images.shape)")
    }
    let indices = try IDX.read(at: labelFile)
    guard case .uint8(let indexBytes) = indices.values, indices.shape.rank == 1 else {
      throw .damaged(
        file: labelFile.lastPathComponent,
        detail: "labels are uint8 [samples], "
          + "but the file holds \(indices.dtype.rawValue) \(indices.shape)")
    }
    guard indexBytes.count == images.shape[0] else {
      throw .pairCount(
        images: images.shape[0], labels: indexBytes.count, file: labelFile.lastPathComponent)
    }
    if let index = indexBytes.firstIndex(where: { Int($0) >= labels.count }) {
      throw .labelOutside(
        file: labelFile.lastPathComponent, index: index, label: Int(indexBytes[index]),
        classes: labels.count)
    }
    return try Dataset(
      source: imageFile.lastPathComponent,
      features: [Feature(values: shaped(images, images.shape.dimensions + [1]))],
      targets: .classes(indexBytes.map { Int32($0) }, labels: labels))
  }

  private static func idxFile(_ name: String, in folder: URL) throws(DataError) -> URL {
    for file in [name, name + ".gz"] {
      let url = folder.appendingPathComponent(file)
      if FileManager.default.fileExists(atPath: url.path) { return url }
    }
    throw .unreadable(
      file: "\(folder.lastPathComponent)/\(name)", reason: "no such file, with or without .gz")
  }

  /// A folder of pictures by class, `ROOT/CLASS/*`.
  ///
  /// - Shapes: one feature `input`, UInt8 `[samples, height, width, channels]`, 0 to 255.
  /// - Parameter size: Height and width to which every picture is resized (proportions are not
  ///   kept); nil if all have one size already.
  /// - Parameter channels: 1 or 3; nil takes 3 if any picture has colour.
  /// - Parameter damaged: What becomes of pictures that cannot be read; a picture of another size is
  ///   not damaged, but an error.
  /// - Throws: `DataError` naming the folder or picture.
  public static func images(
    at root: URL, size: (height: Int, width: Int)? = nil, channels: Int? = nil,
    interpolation: ImageFile.Interpolation = .bilinear, damaged: DamagePolicy = .error
  ) throws(DataError) -> Dataset {
    try images(
      of: ImageFolder(at: root), size: size, channels: channels, interpolation: interpolation,
      damaged: damaged)
  }

  /// The pictures of a folder that was listed.
  package static func images(
    of folder: ImageFolder, size: (height: Int, width: Int)?, channels: Int?,
    interpolation: ImageFile.Interpolation = .bilinear, damaged: DamagePolicy = .error
  ) throws(DataError) -> Dataset {
    let (values, kept, report) = try pixels(
      of: folder.items, source: folder.name, size: size, channels: channels, interpolation,
      damaged)
    return try Dataset(
      source: folder.name, features: [Feature(values: values)],
      targets: .classes(kept.map(\.label), labels: folder.classes)
    ).with(report)
  }

  /// Pictures of one size as one tensor, the items that they come from, and what was damaged.
  static func pixels(
    of items: [ImageFolder.Item], source: String, size: (height: Int, width: Int)?,
    channels: Int?, _ interpolation: ImageFile.Interpolation, _ damaged: DamagePolicy
  ) throws(DataError) -> (values: HostTensor, kept: [ImageFolder.Item], report: ReadingReport) {
    guard channels == nil || channels == 1 || channels == 3 else {
      throw .inconsistent("pictures have 1 or 3 channels")
    }
    var reader = PictureReader(source: source, damaged: damaged)
    var stack = PictureStack(source: source, expected: items.count)
    var kept: [ImageFolder.Item] = []
    try reader.read(items) { (_, image) throws(DataError) in
      let sized =
        if let size {
          try ImageFile.resized(
            image, height: size.height, width: size.width, interpolation: interpolation)
        } else {
          image
        }
      let picture = try Picture(sized)
      return channels.map(picture.withChannels) ?? picture
    } take: { (item, picture) throws(DataError) in
      try stack.append(picture, named: item.name)
      kept.append(item)
    }
    try reader.report.requireSome()
    return (try stack.tensor, kept, reader.report)
  }

  static func shaped(_ tensor: HostTensor, _ dimensions: [Int]) throws(DataError) -> HostTensor {
    do throws(TensorError) { return try tensor.reshaped(to: Shape(dimensions)) } catch {
      throw .inconsistent("\(error)")
    }
  }
}
