public import MoruTensors

/// One sample on its way through a stream.
public struct Sample: Sendable, Equatable {
  /// What one output shall give for the sample.
  public struct Target: Sendable, Equatable {
    /// The answer.
    public enum Value: Sendable, Equatable {
      /// One of `labels` by its place.
      case label(Int32, labels: [String])
      /// A number.
      case number(Float)
      /// Anything else: a picture, a mask, or 1 and 0 for each of some labels.
      case tensor(HostTensor)
    }

    /// The output's name.
    public var name: String
    /// The answer.
    public var value: Value

    /// A target of this name.
    public init(name: String = "output", _ value: Value) {
      self.name = name
      self.value = value
    }
  }

  /// The inputs, without an axis of samples.
  public var features: [Dataset.Feature]
  /// The answers; none for a sample that is to be judged.
  public var targets: [Target]
  /// How much it counts, at least 0; 1 if nil.
  public var weight: Float?

  /// A sample.
  public init(features: [Dataset.Feature], targets: [Target] = [], weight: Float? = nil) {
    self.features = features
    self.targets = targets
    self.weight = weight
  }

  /// A sample of one feature and one target.
  public init(_ values: HostTensor, target: Target.Value? = nil) {
    self.init(
      features: [Dataset.Feature(values: values)], targets: target.map { [Target($0)] } ?? [])
  }
}

extension Dataset {
  /// A batch of samples.
  ///
  /// - Parameter padding: What fills up samples that are smaller than others; if nil, all must have
  ///   one shape.
  /// - Throws: `DataError.inconsistent` if samples do not fit each other.
  public init(_ samples: [Sample], source: String, padding: Float? = nil) throws(DataError) {
    guard let first = samples.first else { throw .inconsistent("a batch has no sample") }
    for sample in samples
    where sample.features.map(\.name) != first.features.map(\.name)
      || sample.targets.map(\.name) != first.targets.map(\.name)
    {
      throw .inconsistent("samples of a batch have features or targets of different names")
    }
    var features: [Feature] = []
    for (place, feature) in first.features.enumerated() {
      let values = samples.map { $0.features[place].values }
      features.append(
        Feature(name: feature.name, values: try Self.stacked(values, padding: padding)))
    }
    var targets: [Target] = []
    for (place, target) in first.targets.enumerated() {
      let values = samples.map { $0.targets[place].value }
      targets.append(Target(name: target.name, values: try Self.targets(values, padding: padding)))
    }
    let isWeighed = samples.contains { $0.weight != nil }
    try self.init(
      source: source, features: features, targets: targets,
      sampleWeights: isWeighed ? samples.map { $0.weight ?? 1 } : nil)
  }

  private static func targets(
    _ values: [Sample.Target.Value], padding: Float?
  ) throws(DataError) -> Targets {
    var classes: [Int32] = []
    var numbers: [Float] = []
    var tensors: [HostTensor] = []
    var labels: [String] = []
    for value in values {
      switch value {
      case .label(let place, let names):
        classes.append(place)
        labels = names
      case .number(let number): numbers.append(number)
      case .tensor(let tensor): tensors.append(tensor)
      }
    }
    switch values.count {
    case classes.count: return .classes(classes, labels: labels)
    case numbers.count: return .values(numbers)
    case tensors.count: return .tensor(try stacked(tensors, padding: padding))
    default: throw .inconsistent("samples of a batch have targets of different kinds")
    }
  }

  private static func stacked(
    _ values: [HostTensor], padding: Float?
  ) throws(DataError) -> HostTensor {
    do throws(TensorError) {
      guard let padding, let first = values.first,
        values.contains(where: { $0.shape != first.shape })
      else { return try .stacked(values) }
      guard values.allSatisfy({ $0.shape.rank == first.shape.rank }) else {
        return try .stacked(values)
      }
      let widest = (0..<first.shape.rank).map { axis in
        values.reduce(0) { max($0, $1.shape[axis]) }
      }
      var padded: [HostTensor] = []
      for value in values { padded.append(value.padded(to: Shape(widest), with: padding)) }
      return try .stacked(padded)
    } catch { throw .inconsistent("\(error)") }
  }
}

extension HostTensor {
  /// The elements at the beginning of a larger tensor, of which the rest is one value.
  fileprivate func padded(to shape: Shape, with value: Float) -> HostTensor {
    guard shape != self.shape else { return self }
    let filling = HostTensor(value).converted(to: dtype)
    let rowLength = (self.shape.last ?? 1) * dtype.byteCount
    let element = dtype.byteCount
    return HostTensor(shape: shape, dtype: dtype) { target in
      filling.withUnsafeBytes { filling in
        for place in target.indices { target[place] = filling[place % element] }
      }
      withUnsafeBytes { source in
        guard rowLength > 0 else { return }
        for row in 0..<source.count / rowLength {
          var (rest, place, size) = (row, 0, shape.last ?? 1)
          for axis in (0..<max(shape.rank - 1, 0)).reversed() {
            place += rest % self.shape[axis] * size
            rest /= self.shape[axis]
            size *= shape[axis]
          }
          UnsafeMutableRawBufferPointer(
            rebasing: target[place * element..<place * element + rowLength]
          ).copyMemory(
            from: UnsafeRawBufferPointer(rebasing: source[row * rowLength..<(row + 1) * rowLength]))
        }
      }
    }
  }
}

extension Dataset {
  /// The samples one after the other.
  public var samples: SampleStream<Sample> {
    SampleStream(source: source, count: count) { place in try sample(place) }
  }

  /// One sample.
  ///
  /// - Throws: `DataError.inconsistent` if there is no such.
  public func sample(_ place: Int) throws(DataError) -> Sample {
    guard (0..<count).contains(place) else {
      throw .inconsistent("there is no sample \(place) among \(count)")
    }
    func row(_ tensor: HostTensor) throws(DataError) -> HostTensor {
      do throws(TensorError) {
        return try tensor.rows([place]).reshaped(
          to: Shape(Array(tensor.shape.dimensions.dropFirst())))
      } catch { throw .inconsistent("\(error)") }
    }
    var sample = Sample(features: [], weight: sampleWeights?[place])
    for feature in features {
      sample.features.append(Feature(name: feature.name, values: try row(feature.values)))
    }
    for target in targets {
      let value: Sample.Target.Value =
        switch target.values {
        case .classes(let classes, let labels): .label(classes[place], labels: labels)
        case .values(let values): .number(values[place])
        case .labelSets(let tensor, _), .tensor(let tensor): .tensor(try row(tensor))
        }
      sample.targets.append(Sample.Target(name: target.name, value))
    }
    return sample
  }
}
