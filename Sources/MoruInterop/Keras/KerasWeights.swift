import MoruArchive
import MoruGraph
import MoruLayers
import MoruTensors

/// The weights in a file of Keras, in either of its layouts.
struct KerasWeights {
  private enum Layout {
    /// Keras 3: `layers/dense/vars/0`.
    case byPlace
    /// Before: a group for each layer of the model, with a list of the names in it.
    case byLayer
  }

  private let root: HDF5Group
  private let file: String
  private let layout: Layout
  private let optimizer: HDF5Group?

  /// The weights of an archive of Keras 3.
  init(archive root: HDF5Group, file: String) {
    // The first archives had another word for the same.
    self.root = root.replacingNames("_layer_checkpoint_dependencies", with: "layers")
    optimizer = nil
    self.file = file
    layout = .byPlace
  }

  /// The weights of a file with a group for each layer.
  init(layers root: HDF5Group, file: String) {
    self.root = root.groups["model_weights"] ?? root
    optimizer = root.groups["optimizer_weights"]
    self.file = file
    layout = .byLayer
  }

  /// The value of each weight of a model.
  ///
  /// - Throws: `InteropError` naming the weight or layer that the file does not fit.
  func values(of model: KerasPart, _ declared: [WeightDeclaration]) throws -> [String: HostTensor] {
    let types = Dictionary(declared.map { ($0.path, $0.type) }) { first, _ in first }
    let known = Set(types.keys)
    var values: [String: HostTensor] = [:]
    func set(_ path: String, _ value: HostTensor) throws {
      guard let type = types[path] else { return }
      guard value.shape == type.shape else {
        throw InteropError.weightShape(
          path: path, expected: type.shape, found: value.shape, file: file)
      }
      values[path] = value.converted(to: type.dtype)
    }
    switch layout {
    case .byPlace:
      for variable in model.variables(known: known) {
        guard let value = root.tensor(variable.node) else {
          throw InteropError.missingWeight(path: variable.path, file: file)
        }
        try set(variable.path, value)
      }
    case .byLayer:
      for (_, layer) in model.inner {
        let variables = layer.variables(known: known)
        // What gradients change comes first.
        let ordered = variables.filter(\.isTrainable) + variables.filter { !$0.isTrainable }
        guard !ordered.isEmpty else { continue }
        let found = try listed(ofLayer: layer.name)
        guard found.count == ordered.count else {
          throw InteropError.weightCount(
            layer: layer.name, expected: ordered.count, found: found.count, file: file)
        }
        for (variable, value) in zip(ordered, found) { try set(variable.path, value.value) }
      }
    }
    for weight in declared where values[weight.path] == nil {
      throw InteropError.missingWeight(path: weight.path, file: file)
    }
    return values
  }

  /// What the optimizer keeps, in its order; empty if the file has none.
  func optimizerVariables() -> [HostTensor] {
    switch layout {
    case .byPlace:
      let group = root.group("optimizer/vars")
      return (0..<(group?.datasets.count ?? 0)).compactMap { group?.tensor("\($0)") }
    case .byLayer:
      guard let group = optimizer else { return [] }
      return group.names("weight_names").compactMap(group.tensor)
    }
  }

  /// Every weight by Keras's names of layer and weight: `dense_1/kernel`.
  func named() throws -> [String: HostTensor] {
    if root.attributes["layer_names"] == nil, root.attributes["layer_names0"] == nil {
      return root.tensors
    }
    var all: [String: HostTensor] = [:]
    for layer in root.names("layer_names") {
      for (name, value) in try listed(ofLayer: layer) {
        // `model/dense_1/kernel:0` in the group `dense_1` is that layer's kernel.
        let names = name.prefix { $0 != ":" }.split(separator: "/").map(String.init)
        let own = names.lastIndex(of: layer).map { names[($0 + 1)...] } ?? names[...]
        all[([layer] + own).joined(separator: "/")] = value
      }
    }
    return all
  }

  private func listed(ofLayer layer: String) throws -> [(name: String, value: HostTensor)] {
    guard let group = root.group(layer) else {
      throw InteropError.missingWeight(path: layer, file: file)
    }
    return try group.names("weight_names").map { name in
      guard let value = group.tensor(name) else {
        throw InteropError.missingWeight(path: layer + "/" + name, file: file)
      }
      return (name, value)
    }
  }
}

extension HDF5Group {
  /// A list of names, which Keras divides among several attributes if it is long.
  fileprivate func names(_ attribute: String) -> [String] {
    if let names = attributes[attribute]?.texts { return names }
    var names: [String] = []
    var number = 0
    while let part = attributes["\(attribute)\(number)"]?.texts {
      names += part
      number += 1
    }
    return names
  }

  /// The group with another name for groups of one name, at any depth.
  fileprivate func replacingNames(_ old: String, with new: String) -> HDF5Group {
    var copy = self
    copy.groups = [:]
    for (name, group) in groups {
      copy.groups[name == old ? new : name] = group.replacingNames(old, with: new)
    }
    return copy
  }
}
