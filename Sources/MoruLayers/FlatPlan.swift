import MoruArchive
import MoruGraph

/// The calls of a model's innermost layers, each with the path of its weights.
struct FlatPlan {
  /// A value that a part of the model begins with.
  struct Source {
    let port: Model.Port
    let name: String
    let type: TensorType
  }

  private(set) var nodes: [Model.Node] = []
  private let paths: [Identity: String]
  private let opened: [String]?
  /// What the layers' first calls make first, by path, and the model's own ends.
  private var values: [String: Model.Port] = [:]

  /// - Parameter calls: The calls of the model, as it was drawn.
  /// - Parameter opened: Paths that must be reached, also in checkpointed layers; all if nil.
  init(_ calls: [Scope.Call], opening opened: [String]?) {
    paths = Dictionary(calls.map { ($0.identity, $0.path) }) { first, _ in first }
    self.opened = opened
  }

  /// Gives values further names, which come before those that they have.
  mutating func add(_ names: [String], _ ports: [Model.Port]) {
    for (name, port) in zip(names, ports) { values[name] = port }
  }

  /// Notes the calls in a layer and returns its outputs.
  ///
  /// - Parameter frozen: Paths of what training leaves as it is.
  mutating func trace(
    _ layer: any Layer, _ inputs: [Model.Port], frozen: [String] = []
  ) -> [Model.Port] {
    let outputs = outputs(of: layer, inputs, frozen: frozen)
    if let path = paths[layer.identity], let first = outputs.first, values[path] == nil {
      values[path] = first
    }
    return outputs
  }

  private mutating func outputs(
    of layer: any Layer, _ inputs: [Model.Port], frozen: [String]
  ) -> [Model.Port] {
    let path = paths[layer.identity] ?? ""
    switch layer {
    case let sequential as Sequential:
      return sequential.layers.reduce(inputs) { trace($1, Array($0.prefix(1)), frozen: frozen) }
    case let model as Model:
      return outputs(of: model, inputs, frozen: frozen)
    case let wrapper as Frozen:
      let added = (wrapper.paths ?? [""]).map { joined(path, $0) }
      return trace(wrapper.layer, inputs, frozen: frozen + added)
    case let wrapper as Checkpointed where opened?.contains { $0.hasPrefix(path + "/") } ?? true:
      return trace(wrapper.layer, inputs, frozen: frozen)
    default:
      nodes.append(
        Model.Node(
          layer: LayerBox(self.frozen(layer, path, by: frozen)), inputs: inputs, path: path))
      return [Model.Port(node: nodes.count - 1, index: 0)]
    }
  }

  private mutating func outputs(
    of model: Model, _ inputs: [Model.Port], frozen: [String]
  ) -> [Model.Port] {
    var made: [[Model.Port]] = []
    func port(_ port: Model.Port) -> Model.Port {
      let row = port.node < 0 ? inputs : made[port.node]
      if row.indices.contains(port.index) { return row[port.index] }
      // How many outputs an innermost layer has is known only when it is drawn.
      return Model.Port(node: row.first?.node ?? -1, index: port.index)
    }
    for node in model.nodes {
      made.append(trace(node.layer.layer, node.inputs.map(port), frozen: frozen))
    }
    return model.outputs.map(port)
  }

  /// An innermost layer, frozen as far as the layers around it say so.
  private func frozen(_ layer: any Layer, _ path: String, by frozen: [String]) -> any Layer {
    let names = path.pathNames
    guard !frozen.contains(where: { names.starts(with: $0.pathNames) }) else {
      return layer.frozen()
    }
    let inner = frozen.filter { $0.hasPrefix(path + "/") }.map {
      String($0.dropFirst(path.count + 1))
    }
    return inner.isEmpty ? layer : Frozen(layer, paths: inner)
  }

  private func joined(_ path: String, _ rest: String) -> String {
    [path, rest].filter { !$0.isEmpty }.joined(separator: "/")
  }

  /// The value of a name or path.
  func port(named name: String) throws(LayerError) -> Model.Port {
    if let port = values[name] { return port }
    guard !paths.values.contains(name) else { throw .whole(name) }
    throw .unknownPath(name, of: "layer", nearest: nearest(name, among: values.keys.sorted()))
  }

  /// The places of the calls that lie between some values, in order.
  func needed(for wanted: [Model.Port], from sources: [Source]) -> [Int] {
    let starts = Set(sources.map(\.port))
    var isNeeded = [Bool](repeating: false, count: nodes.count)
    func mark(_ port: Model.Port) {
      if port.node >= 0, !starts.contains(port) { isNeeded[port.node] = true }
    }
    wanted.forEach(mark)
    for place in nodes.indices.reversed() where isNeeded[place] {
      nodes[place].inputs.forEach(mark)
    }
    return nodes.indices.filter { isNeeded[$0] }
  }

  /// The model of some calls.
  func model(
    _ places: [Int], from sources: [Source], to wanted: [Model.Port], named names: [String]
  ) throws(LayerError) -> Model {
    let newPlaces = Dictionary(places.enumerated().map { ($1, $0) }) { first, _ in first }
    let starts = Dictionary(sources.enumerated().map { ($1.port, $0) }) { first, _ in first }
    func port(_ port: Model.Port) throws(LayerError) -> Model.Port {
      if let place = starts[port] { return Model.Port(node: -1, index: place) }
      guard let place = newPlaces[port.node] else {
        throw .disconnected("the outputs depend on an input that is not among the given ones")
      }
      return Model.Port(node: place, index: port.index)
    }
    var kept: [Model.Node] = []
    for place in places {
      let node = nodes[place]
      var inputs: [Model.Port] = []
      for input in node.inputs { inputs.append(try port(input)) }
      kept.append(Model.Node(layer: node.layer, inputs: inputs, path: node.path))
    }
    var outputs: [Model.Port] = []
    for output in wanted { outputs.append(try port(output)) }
    guard !sources.isEmpty, !outputs.isEmpty else { throw .noEnds }
    return try Model(
      inputs: sources.map(\.type), sources.map(\.name), nodes: kept, outputs: outputs, names,
      name: nil)
  }
}
