public import MoruArchive
public import MoruTensors

/// Samples in memory: named feature tensors and, usually, named targets. Immutable.
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
  /// What is true of the samples, for each output that is to learn it; none for samples that are to
  /// be judged.
  public let targets: [Target]
  /// How much each sample counts in training and in figures, at least 0; all alike if nil.
  public let sampleWeights: [Float]?
  /// How rows of the table became numbers; nil for pictures.
  public let encoding: TableEncoding?
  /// Number of samples.
  public let count: Int
  /// What copied or mixed samples to make these, which must not be cut into parts any more; nil for
  /// samples as they were found.
  public private(set) var resampledBy: String?
  /// What was read and what of it was damaged, where the samples are those of files.
  public private(set) var reading: ReadingReport?

  /// A data set of parts that belong together.
  ///
  /// - Throws: `DataError.inconsistent` if there is no feature, two features or two targets have one
  ///   name, a count differs or a weight is negative or not finite; `.labelOutside` if a class is not
  ///   among the labels.
  public init(
    source: String, features: [Feature], targets: [Target], sampleWeights: [Float]? = nil,
    encoding: TableEncoding? = nil
  ) throws(DataError) {
    guard let first = features.first else { throw .inconsistent("it has no feature") }
    guard Set(features.map(\.name)).count == features.count else {
      throw .inconsistent("two features have the same name")
    }
    guard Set(targets.map(\.name)).count == targets.count else {
      throw .inconsistent("two targets have the same name")
    }
    guard let count = first.values.shape.first else {
      throw .inconsistent("feature '\(first.name)' has no axis of samples")
    }
    for feature in features where feature.values.shape.first != count {
      throw .inconsistent(
        "feature '\(feature.name)' has shape \(feature.values.shape), but there are \(count) samples"
      )
    }
    for target in targets { try target.check(count: count, source: source) }
    if let sampleWeights {
      guard sampleWeights.count == count else {
        throw .inconsistent("\(sampleWeights.count) weights for \(count) samples")
      }
      guard sampleWeights.allSatisfy({ $0 >= 0 && $0.isFinite }) else {
        throw .inconsistent("a sample's weight is negative or not finite")
      }
    }
    self.init(
      unchecked: source, features: features, targets: targets, sampleWeights: sampleWeights,
      encoding: encoding, count: count)
  }

  /// A data set with one target, or with none.
  ///
  /// - Throws: As for several targets.
  public init(
    source: String, features: [Feature], targets: Targets? = nil, sampleWeights: [Float]? = nil,
    encoding: TableEncoding? = nil
  ) throws(DataError) {
    try self.init(
      source: source, features: features, targets: targets.map { [Target(values: $0)] } ?? [],
      sampleWeights: sampleWeights, encoding: encoding)
  }

  private init(
    unchecked source: String, features: [Feature], targets: [Target], sampleWeights: [Float]?,
    encoding: TableEncoding?, count: Int
  ) {
    self.source = source
    self.features = features
    self.targets = targets
    self.sampleWeights = sampleWeights
    self.encoding = encoding
    self.count = count
  }

  /// The same samples, of which it is known how they were read.
  func with(_ reading: ReadingReport?) -> Dataset {
    var dataset = self
    dataset.reading = reading
    return dataset
  }

  /// The features without their values.
  public var signature: [Signature] {
    features.map {
      Signature(
        name: $0.name, shape: Shape(Array($0.values.shape.dropFirst())), dtype: $0.values.dtype)
    }
  }

  /// What is true of the samples for the only target, or the first; nil without targets.
  public var target: Targets? { targets.first?.values }

  /// The first target that is classes: the class of each sample by its place among the labels; nil
  /// without classes.
  public var classes: (indices: [Int32], labels: [String])? {
    for target in targets {
      if case .classes(let indices, let labels) = target.values { return (indices, labels) }
    }
    return nil
  }

  /// The class names in the order of their indices; nil without classes.
  public var labels: [String]? { classes?.labels }

  /// How many samples each class has, in the order of `labels`; nil without classes.
  public var classCounts: [Int]? {
    guard let classes else { return nil }
    var counts = [Int](repeating: 0, count: classes.labels.count)
    for index in classes.indices { counts[Int(index)] += 1 }
    return counts
  }

  /// The samples named by `indices`, in that order, repeats allowed.
  ///
  /// - Throws: `DataError.inconsistent` for an index outside the samples.
  public func subset(_ indices: [Int]) throws(DataError) -> Dataset {
    if let index = indices.first(where: { $0 < 0 || $0 >= count }) {
      throw .inconsistent("there is no sample \(index) among \(count)")
    }
    do throws(TensorError) {
      var picked: (features: [Feature], targets: [Target]) = ([], [])
      for feature in features {
        picked.features.append(
          Feature(name: feature.name, values: try feature.values.rows(indices)))
      }
      for target in targets { picked.targets.append(try target.subset(indices)) }
      var subset = Dataset(
        unchecked: source, features: picked.features, targets: picked.targets,
        sampleWeights: sampleWeights.map { weights in indices.map { weights[$0] } },
        encoding: encoding, count: indices.count)
      subset.resampledBy = resampledBy
      return subset
    } catch { throw .inconsistent("\(error)") }
  }

  /// The same samples with other features, targets or weights.
  ///
  /// - Throws: As a new data set.
  package func with(
    features: [Feature]? = nil, targets: [Target]? = nil, sampleWeights: [Float]? = nil
  ) throws(DataError) -> Dataset {
    var copy = try Dataset(
      source: source, features: features ?? self.features, targets: targets ?? self.targets,
      sampleWeights: sampleWeights ?? self.sampleWeights, encoding: encoding)
    copy.resampledBy = resampledBy
    return copy
  }

  /// The same samples, which a resampler made.
  func marked(resampledBy name: String) -> Dataset {
    var copy = self
    copy.resampledBy = name
    return copy
  }

  /// SHA-256 over names, types, shapes, values, targets, labels and weights: equal samples in equal
  /// order have equal hashes, wherever they were read.
  public var contentHash: Checksum { hash(of: features.map { Self.part($0.name, $0.values) }) }

  /// - Parameter features: What is said of each feature.
  func hash(of features: [String]) -> Checksum {
    var parts = features
    for target in targets {
      // The name that an only target has goes without saying.
      let name = target.name == "output" ? "target" : "target " + target.name
      parts.append(Self.part(name, target.tensor))
      for label in target.labels ?? [] { parts.append("label \(label.utf8.count) \(label)") }
    }
    if let sampleWeights { parts.append(Self.part("weights", HostTensor(sampleWeights))) }
    return Checksum(of: Array(parts.joined(separator: "\n").utf8))
  }

  private static func part(_ name: String, _ tensor: HostTensor) -> String {
    part(name, tensor.dtype, tensor.shape, tensor.withUnsafeBytes { "\(Checksum(of: $0))" })
  }

  /// - Parameter hash: The SHA-256 of the elements, in hexadecimal digits.
  static func part(_ name: String, _ dtype: DType, _ shape: Shape, _ hash: String) -> String {
    "\(name.utf8.count) \(name) \(dtype.rawValue) \(shape) \(hash)"
  }
}
