/// A layer of a model in both frameworks: where either keeps its weights.
struct KerasPart: Sendable {
  /// Keras's name of the layer.
  let name: String
  /// The name of its kind, by which Keras 3 calls the place of its weights.
  let className: String
  /// The path of the layer in ours; of a whole model the empty one.
  let path: String
  /// Whether gradients change what is in it.
  var isTrainable = true
  /// The weights that it may have itself.
  var weights: [KerasWeight] = []
  /// The layers in it, and where Keras 3 keeps them below it.
  var inner: [(node: String, part: KerasPart)] = []
  /// The axis that Keras names where ours takes the last one.
  var axis: Int?

  /// A weight in both frameworks.
  struct Variable: Sendable {
    /// Ours: `dense/kernel`.
    let path: String
    /// Keras 3's, below `layers` and so on: `layers/dense/vars/0`.
    let node: String
    /// Whether gradients change it, as Keras sees it.
    let isTrainable: Bool
  }

  /// The weights of the layer and the layers in it that the model has, in Keras's order.
  ///
  /// - Parameter known: The paths of the model's weights.
  func variables(known: Set<String>, node: String = "", isTrainable: Bool = true) -> [Variable] {
    func joined(_ one: String, _ other: String) -> String {
      one.isEmpty || other.isEmpty ? one + other : one + "/" + other
    }
    let isTrainable = isTrainable && self.isTrainable
    var counts: [String: Int] = [:]
    var found: [Variable] = []
    for weight in weights {
      let path = joined(self.path, weight.name)
      guard known.contains(path) else { continue }
      let place = joined(node, weight.node)
      found.append(
        Variable(
          path: path, node: joined(place, "vars/\(counts[place, default: 0])"),
          isTrainable: isTrainable && weight.isTrainable))
      counts[place, default: 0] += 1
    }
    for (below, part) in inner {
      found += part.variables(known: known, node: joined(node, below), isTrainable: isTrainable)
    }
    return found
  }

  /// The part and all parts in it.
  var all: [KerasPart] { [self] + inner.flatMap { $0.part.all } }

  /// Puts layers below `layers` under the names that Keras 3 gives them: by their kind, numbered.
  mutating func add(layers: [KerasPart], below node: String = "layers") {
    var counts: [String: Int] = [:]
    for layer in layers {
      let kind = layer.className.inSnakeCase
      let count = counts[kind, default: 0]
      counts[kind] = count + 1
      inner.append((node + "/" + (count == 0 ? kind : "\(kind)_\(count)"), layer))
    }
  }
}
