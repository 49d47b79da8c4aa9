package import MoruArchive
package import MoruTensors

/// Files that hold a sample each, all of one shape.
package struct SampleFiles: Sendable {
  /// The files.
  let items: [ImageFolder.Item]
  /// The feature's name.
  let name: String
  /// The shape of a sample.
  let shape: Shape
  /// The type of a sample's elements.
  let dtype: DType
  /// What tells the files from others.
  let checksum: Checksum
  private let read: @Sendable (ImageFolder.Item) throws -> HostTensor

  /// Files that hold a sample each.
  ///
  /// - Parameters:
  ///   - items: The files.
  ///   - name: The feature's name.
  ///   - shape: The shape of a sample.
  ///   - dtype: The type of a sample's elements.
  ///   - checksum: What tells the files from others; by their names if nil.
  ///   - read: Makes a sample of a file's content, on any thread.
  package init(
    _ items: [ImageFolder.Item], name: String = "input", shape: Shape, dtype: DType,
    checksum: Checksum? = nil, read: @escaping @Sendable (ImageFolder.Item) throws -> HostTensor
  ) {
    self.items = items
    self.name = name
    self.shape = shape
    self.dtype = dtype
    self.checksum =
      checksum ?? Checksum(of: Array(items.map(\.name).joined(separator: "\n").utf8))
    self.read = read
  }

  /// What all samples take in memory.
  package var byteCount: Int {
    let (bytes, overflow) = (shape.elementCount * dtype.byteCount)
      .multipliedReportingOverflow(by: items.count)
    return overflow ? .max : bytes
  }

  var signature: Dataset.Signature { Dataset.Signature(name: name, shape: shape, dtype: dtype) }

  /// The sample in a file.
  ///
  /// - Throws: What reading it throws; `DataError.inconsistent` if it has become another than it was.
  func sample(_ place: Int) throws -> HostTensor {
    let item = items[place]
    let values = try read(item)
    guard values.shape == shape, values.dtype == dtype else {
      throw DataError.inconsistent(
        "\(item.name) is \(values.dtype.rawValue) \(values.shape), no longer \(dtype.rawValue) \(shape)"
      )
    }
    return values
  }
}
