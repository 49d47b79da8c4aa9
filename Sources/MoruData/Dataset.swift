public import MoruArchive
public import MoruTensors

/// Samples in memory: named feature tensors and, usually, a target for each sample. Immutable.
public struct Dataset: Sendable, Equatable {
  /// One input of a model for all samples.
  public struct Feature: Sendable, Equatable {
    /// The input's name; a data set with one feature calls it `input`.
    public let name: String
    /// `[samples, …]`
    public let values: HostTensor

    /// A feature of this name.
    public init(name: String = "input", values: HostTensor) {
      self.name = name
      self.values = values
    }
  }

  /// What a model shall find out about each sample.
  public enum Targets: Sendable, Equatable {
    /// One of `labels` by its place.
    case classes([Int32], labels: [String])
    /// A number.
    case values([Float])
  }

  /// Name, shape of one sample and element type of a feature.
  public struct Signature: Sendable, Equatable, Codable {
    /// The feature's name.
    public let name: String
    /// The shape without the axis of samples.
    public let shape: Shape
    /// The element type.
    public let dtype: DType
  }

  /// The file or folder that the samples come from, for messages and reports.
  public let source: String
  /// The inputs, all with the same number of samples.
  public let features: [Feature]
  /// The targets, or nil for samples that are to be judged.
  public let targets: Targets?
  /// How rows of the table became numbers; nil for pictures.
  public let encoding: TableEncoding?
  /// Number of samples.
  public let count: Int

  /// A data set of parts that belong together.
  ///
  /// - Throws: `DataError.inconsistent` if there is no feature, two have one name, a count differs
  ///   or a class is not among the labels.
  public init(
    source: String, features: [Feature], targets: Targets? = nil, encoding: TableEncoding? = nil
  ) throws(DataError) {
    guard let first = features.first else { throw .inconsistent("it has no feature") }
    guard Set(features.map(\.name)).count == features.count else {
      throw .inconsistent("two features have the same name")
    }
    guard let count = first.values.shape.first else {
      throw .inconsistent("feature '\(first.name)' has no axis of samples")
    }
    for feature in features where feature.values.shape.first != count {
      throw .inconsistent(
        "feature '\(feature.name)' has shape \(feature.values.shape), but there are \(count) samples"
      )
    }
    switch targets {
    case .classes(let classes, let labels):
      guard classes.count == count else {
        throw .inconsistent("\(classes.count) targets for \(count) samples")
      }
      if let index = classes.firstIndex(where: { $0 < 0 || Int($0) >= labels.count }) {
        throw .labelOutside(
          file: source, index: index, label: Int(classes[index]), classes: labels.count)
      }
    case .values(let values):
      guard values.count == count else {
        throw .inconsistent("\(values.count) targets for \(count) samples")
      }
    case nil: break
    }
    self.init(
      unchecked: source, features: features, targets: targets, encoding: encoding, count: count)
  }

  private init(
    unchecked source: String, features: [Feature], targets: Targets?, encoding: TableEncoding?,
    count: Int
  ) {
    self.source = source
    self.features = features
    self.targets = targets
    self.encoding = encoding
    self.count = count
  }

  /// The features without their values.
  public var signature: [Signature] {
    features.map {
      Signature(
        name: $0.name, shape: Shape(Array($0.values.shape.dropFirst())), dtype: $0.values.dtype)
    }
  }

  /// The class names in the order of their indices; nil without classes.
  public var labels: [String]? {
    if case .classes(_, let labels) = targets { labels } else { nil }
  }

  /// The targets as a tensor: classes Int32 `[samples]`, numbers Float32 `[samples, 1]`.
  public var targetTensor: HostTensor? {
    switch targets {
    case .classes(let classes, _): HostTensor(classes)
    case .values(let values):
      HostTensor(shape: [values.count, 1]) { (buffer: UnsafeMutableBufferPointer<Float>) in
        _ = buffer.initialize(fromContentsOf: values)
      }
    case nil: nil
    }
  }

  /// How many samples each class has, in the order of `labels`; nil without classes.
  public var classCounts: [Int]? {
    guard case .classes(let classes, let labels) = targets else { return nil }
    var counts = [Int](repeating: 0, count: labels.count)
    for index in classes { counts[Int(index)] += 1 }
    return counts
  }

  /// The samples named by `indices`, in that order, repeats allowed.
  ///
  /// - Throws: `DataError.inconsistent` for an index outside the samples.
  public func subset(_ indices: [Int]) throws(DataError) -> Dataset {
    if let index = indices.first(where: { $0 < 0 || $0 >= count }) {
      throw .inconsistent("there is no sample \(index) among \(count)")
    }
    var picked: [Feature] = []
    for feature in features {
      do throws(TensorError) {
        picked.append(Feature(name: feature.name, values: try feature.values.rows(indices)))
      } catch { throw .inconsistent("\(error)") }
    }
    let pickedTargets: Targets? =
      switch targets {
      case .classes(let classes, let labels): .classes(indices.map { classes[$0] }, labels: labels)
      case .values(let values): .values(indices.map { values[$0] })
      case nil: nil
      }
    return Dataset(
      unchecked: source, features: picked, targets: pickedTargets, encoding: encoding,
      count: indices.count)
  }

  /// SHA-256 over names, types, shapes, values, targets and labels: equal samples in equal order
  /// have equal hashes, wherever they were read.
  public var contentHash: Checksum {
    var parts = features.map { part($0.name, $0.values) }
    if let targetTensor { parts.append(part("target", targetTensor)) }
    for label in labels ?? [] { parts.append("label \(label.utf8.count) \(label)") }
    return Checksum(of: Array(parts.joined(separator: "\n").utf8))
  }

  private func part(_ name: String, _ tensor: HostTensor) -> String {
    let hash = tensor.withUnsafeBytes { Checksum(of: $0) }
    return "\(name.utf8.count) \(name) \(tensor.dtype.rawValue) \(tensor.shape) \(hash)"
  }
}
