public import MoruTensors

/// A group of an HDF5 file, as a value: what it says of itself, and what lies in it by name.
public struct HDF5Group: Sendable, Equatable {
  /// What is noted of the group.
  public var attributes: [String: HDF5Value]
  /// The groups in it.
  public var groups: [String: HDF5Group]
  /// The values in it.
  public var datasets: [String: HDF5Value]

  /// A group.
  public init(
    attributes: [String: HDF5Value] = [:], groups: [String: HDF5Group] = [:],
    datasets: [String: HDF5Value] = [:]
  ) {
    self.attributes = attributes
    self.groups = groups
    self.datasets = datasets
  }

  /// The group at a path such as `model_weights/dense_1`; nil if there is none. The empty path is the
  /// group itself.
  public func group(_ path: String) -> HDF5Group? {
    path.split(separator: "/").reduce(Optional(self)) { $0?.groups[String($1)] }
  }

  /// The numbers at a path such as `dense_1/kernel:0`; nil if there are none.
  public func tensor(_ path: String) -> HostTensor? {
    let names = path.split(separator: "/").map(String.init)
    guard let name = names.last else { return nil }
    return group(names.dropLast().joined(separator: "/"))?.datasets[name]?.numbers
  }

  /// All numbers in the group and the groups in it, by path.
  public var tensors: [String: HostTensor] {
    var found: [String: HostTensor] = [:]
    var open: [(path: String, group: HDF5Group)] = [("", self)]
    while let (path, group) = open.popLast() {
      for (name, value) in group.datasets { found[path + name] = value.numbers }
      open += group.groups.map { (path + $0.key + "/", $0.value) }
    }
    return found
  }

  /// Puts a value at a path, in groups that are made as they are needed.
  public mutating func set(_ value: HDF5Value, at path: String) {
    set(value, at: path.split(separator: "/").map(String.init)[...])
  }

  private mutating func set(_ value: HDF5Value, at names: ArraySlice<String>) {
    guard let first = names.first else { return }
    if names.count == 1 {
      datasets[first] = value
    } else {
      groups[first, default: HDF5Group()].set(value, at: names.dropFirst())
    }
  }
}

/// What a dataset or an attribute of an HDF5 file holds.
public enum HDF5Value: Sendable, Equatable {
  /// Numbers. Half precision comes as Float32; whole numbers that `DType` lacks as the next wider ones.
  case numbers(HostTensor)
  /// One text.
  case text(String)
  /// A list of texts.
  case texts([String])
  /// Something that is not read, such as records and references.
  case other

  /// The numbers, if it holds such.
  public var numbers: HostTensor? { if case .numbers(let numbers) = self { numbers } else { nil } }

  /// The text, if it is one.
  public var text: String? { if case .text(let text) = self { text } else { nil } }

  /// The texts, if it is a list of such.
  public var texts: [String]? {
    switch self {
    case .texts(let texts): texts
    // An empty list has no type by which to know texts.
    case .numbers(let numbers) where numbers.shape.elementCount == 0: []
    default: nil
    }
  }
}
