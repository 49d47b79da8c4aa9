public import MoruTensors

extension Dataset {
  /// What a model shall find out about each sample.
  public enum Targets: Sendable, Equatable {
    /// One of `labels` by its place.
    case classes([Int32], labels: [String])
    /// A number.
    case values([Float])
    /// Any number of `labels`, `[samples, labels]`: 1 for a label that a sample has, 0 for others.
    case labelSets(HostTensor, labels: [String])
    /// Anything else, `[samples, …]`: the pictures that an autoencoder gives back, say.
    case tensor(HostTensor)
  }

  /// What one output of a model shall give for all samples.
  public struct Target: Sendable, Equatable {
    /// The output's name; a data set with one target calls it `output`.
    public let name: String
    /// What is true of each sample.
    public let values: Targets
    /// The names of the columns of a tensor of shares; nil for others.
    private let shareLabels: [String]?

    /// A target of this name.
    public init(name: String = "output", values: Targets) {
      self.name = name
      self.values = values
      shareLabels = nil
    }

    /// How much of each label is true of each sample, as of samples that were mixed:
    /// `[samples, labels]`.
    public init(name: String = "output", shares: HostTensor, of labels: [String]?) {
      self.name = name
      values = .tensor(shares)
      shareLabels = labels
    }

    /// The values as a tensor: classes Int32 `[samples]`, numbers Float32 `[samples, 1]`, others as
    /// they are.
    public var tensor: HostTensor {
      switch values {
      case .classes(let classes, _): HostTensor(classes)
      case .values(let values):
        HostTensor(shape: [values.count, 1]) { (buffer: UnsafeMutableBufferPointer<Float>) in
          _ = buffer.initialize(fromContentsOf: values)
        }
      case .labelSets(let tensor, _), .tensor(let tensor): tensor
      }
    }

    /// The names of the classes, of the labels of which a sample may have several, or of which
    /// there are shares; nil for numbers.
    public var labels: [String]? {
      switch values {
      case .classes(_, let labels), .labelSets(_, let labels): labels
      case .values, .tensor: shareLabels
      }
    }

    /// The samples named by `indices`, which are in range.
    func subset(_ indices: [Int]) throws(TensorError) -> Target {
      let picked: Targets =
        switch values {
        case .classes(let classes, let labels):
          .classes(indices.map { classes[$0] }, labels: labels)
        case .values(let values): .values(indices.map { values[$0] })
        case .labelSets(let tensor, let labels):
          .labelSets(try tensor.rows(indices), labels: labels)
        case .tensor(let tensor): .tensor(try tensor.rows(indices))
        }
      if case .tensor(let rows) = picked, let shareLabels {
        return Target(name: name, shares: rows, of: shareLabels)
      }
      return Target(name: name, values: picked)
    }

    /// Refuses values that are not such of `count` samples.
    func check(count: Int, source: String) throws(DataError) {
      let found: Int? =
        switch values {
        case .classes(let classes, _): classes.count
        case .values(let values): values.count
        case .labelSets(let tensor, _), .tensor(let tensor): tensor.shape.first
        }
      guard found == count else {
        throw .inconsistent("\(found.map(String.init) ?? "no") targets for \(count) samples")
      }
      switch values {
      case .classes(let classes, let labels):
        if let index = classes.firstIndex(where: { $0 < 0 || Int($0) >= labels.count }) {
          throw .labelOutside(
            file: source, index: index, label: Int(classes[index]), classes: labels.count)
        }
      case .labelSets(let tensor, let labels):
        guard tensor.shape == [count, labels.count] else {
          throw .inconsistent(
            "label sets of shape \(tensor.shape) for \(count) samples and \(labels.count) labels")
        }
        let numbers = try? tensor.converted(to: .float32).array(of: Float.self)
        guard let numbers, numbers.allSatisfy({ $0 == 0 || $0 == 1 }) else {
          throw .inconsistent("label sets hold something else than 0 and 1")
        }
      case .values, .tensor: break
      }
    }
  }
}

extension Dataset {
  /// The samples as they come when nobody knows the answers yet.
  ///
  /// - Throws: Nothing that was not thrown when the data set was made.
  public func withoutTargets() throws(DataError) -> Dataset {
    try Dataset(source: source, features: features, targets: [], encoding: encoding)
  }
}
