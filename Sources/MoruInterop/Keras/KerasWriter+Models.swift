import MoruGraph
import MoruModels
import MoruTensors

// Models: layers one after another, and graphs of layers.

extension KerasWriter {
  /// Writes the outermost model.
  mutating func model(_ ours: KerasValue) throws -> Written {
    let ours = unwrapped(ours, path: "")
    let written =
      switch ours["kind"]?.text {
      case "Sequential": try sequential(ours, at: "")
      case "Model": try functional(ours, at: "", inputs: signature.inputs)
      default:
        // A layer by itself is drawn without a call of its own, and so has no name.
        throw InteropError.notExportable(
          kind: ours["kind"]?.text ?? "?", place: "The model",
          advice: "Put it into a Sequential.")
      }
    try checkFrozen()
    return written
  }

  /// An input layer of Keras.
  private func inputLayer(named name: String, _ type: TensorType) -> Written {
    let sizes = KerasValue.list([.null] + type.shape.map { .integer($0) })
    return Written(
      className: "InputLayer",
      config: [
        "name": .text(name), "dtype": .text(type.dtype.rawValue), "sparse": .bool(false),
        dialect == .three ? "batch_shape" : "batch_input_shape": sizes,
      ], part: KerasPart(name: name, className: "InputLayer", path: name))
  }

  private func name(at path: String, _ ours: KerasValue) -> String {
    path.split(separator: "/").last.map(String.init) ?? ours["name"]?.text ?? "model"
  }

  // MARK: Sequential

  mutating func sequential(_ ours: KerasValue, at path: String) throws -> Written {
    let layers = ours["layers"]?.list ?? []
    var part = KerasPart(
      name: name(at: path, ours), className: "Sequential", path: path,
      isTrainable: !isFrozen(path))
    var written: [Written] = []
    for layer in layers { written.append(try self.layer(layer)) }
    let isPlain =
      Set(written.map(\.part.path)).count == written.count
      && written.allSatisfy { $0.calls.isEmpty && $0.rule?.calling ?? .plain == .plain }
    guard isPlain else {
      // Keras calls such layers in a graph only.
      let nodes = written.indices.map { KerasCallGraph.Node(layer: $0, inputs: [($0 - 1, 0)]) }
      let input =
        path.isEmpty
        ? signature.inputs.map { ($0.name, $0.type) } : [("input", TensorType(.float32, [1]))]
      return try graph(
        part, inputs: input, written, nodes, outputs: [(written.count - 1, 0)])
    }
    part.add(layers: written.map(\.part))
    var entries = written.map { entry($0) }
    if path.isEmpty, let input = signature.inputs.first {
      entries.insert(entry(inputLayer(named: input.name, input.type)), at: 0)
    }
    let config: [String: KerasValue] = [
      "name": .text(part.name), "trainable": .bool(part.isTrainable), "layers": .list(entries),
    ]
    return Written(className: "Sequential", config: config, part: part)
  }

  // MARK: Functional

  mutating func functional(
    _ ours: KerasValue, at path: String, inputs: [ModelInput]?
  ) throws -> Written {
    let part = KerasPart(
      name: name(at: path, ours), className: "Functional", path: path,
      isTrainable: !isFrozen(path))
    func port(_ value: KerasValue) -> (Int, Int) {
      (value["node"]?.integer ?? -1, value["index"]?.integer ?? 0)
    }
    var written: [Written] = []
    var places: [String: Int] = [:]
    var nodes: [KerasCallGraph.Node] = []
    for node in ours["nodes"]?.list ?? [] {
      let layer = try self.layer(node["layer"] ?? .null)
      let place = places[layer.part.path] ?? written.count
      if place == written.count {
        places[layer.part.path] = place
        written.append(layer)
      }
      nodes.append(
        KerasCallGraph.Node(layer: place, inputs: (node["inputs"]?.list ?? []).map(port)))
    }
    let types = (ours["inputs"]?.list ?? []).map { type in
      TensorType(
        type["dtype"]?.text.flatMap(DType.init) ?? .float32,
        Shape(type["shape"]?.list?.compactMap(\.integer) ?? []))
    }
    let names = ours["inputNames"]?.list?.compactMap(\.text)
    let ends = types.enumerated().map { place, type in
      (inputs?[place].name ?? names?[place] ?? "input_\(place)", inputs?[place].type ?? type)
    }
    return try graph(
      part, inputs: ends, written, nodes, outputs: (ours["outputs"]?.list ?? []).map(port))
  }

  private func graph(
    _ part: KerasPart, inputs: [(String, TensorType)], _ layers: [Written],
    _ nodes: [KerasCallGraph.Node], outputs: [(Int, Int)]
  ) throws -> Written {
    var part = part
    let taken = Set(layers.map(\.part.name))
    // Keras takes no input of the name of a layer.
    let inputs = inputs.map { (taken.contains($0.0) ? $0.0 + "_input" : $0.0, $0.1) }
    let graph = KerasCallGraph(inputCount: inputs.count, nodes: nodes, outputs: outputs)
    let names = inputs.map(\.0) + layers.map(\.part.name)
    func tensor(_ port: (Int, Int)) -> KerasValue {
      guard port.0 >= 0 else {
        return .list([.text(inputs[port.1].0), .integer(0), .integer(0)])
      }
      let name = layers[nodes[port.0].layer].part.name
      return .list([.text(name), .integer(graph.callNumber(of: port.0)), .integer(port.1)])
    }
    let ordered = graph.order.map { place -> Written in
      place < inputs.count
        ? inputLayer(named: inputs[place].0, inputs[place].1) : layers[place - inputs.count]
    }
    part.add(layers: ordered.map(\.part))
    let entries = try zip(graph.order, ordered).map { place, layer -> KerasValue in
      var entry = entry(layer)
      entry["name"] = .text(names[place])
      let calls = graph.calls(of: place - inputs.count).map { nodes[$0].inputs.map(tensor) }
      entry["inbound_nodes"] = .list(try calls.map { try call(layer, $0) })
      return entry
    }
    let ends = outputs.map(tensor)
    let config: [String: KerasValue] = [
      "name": .text(part.name), "trainable": .bool(part.isTrainable), "layers": .list(entries),
      "input_layers": .list(inputs.map { .list([.text($0.0), .integer(0), .integer(0)]) }),
      // A single end that is no list makes Keras return an array, not a list of one.
      "output_layers": dialect == .three && ends.count == 1 ? ends[0] : .list(ends),
    ]
    return Written(
      className: dialect == .three ? "Functional" : "Model", config: config, part: part)
  }

  /// A call of a layer on some outputs.
  private func call(_ layer: Written, _ inputs: [KerasValue]) throws -> KerasValue {
    let calling = layer.rule?.calling ?? (inputs.count == 1 ? .plain : .list)
    var inputs = inputs
    var named = layer.calls
    // Ours takes the query for the value, too, if it has nothing else.
    if calling == .arguments, inputs.count == 1 { inputs.append(inputs[0]) }
    guard inputs.count <= 3 || calling == .list || calling == .plain else {
      throw InteropError.unsupportedSetting(
        "mask", of: layer.className, place: "\"\(layer.part.path)\"",
        reason: "it is called with a mask", advice: "Use useCausalMask, or mask the sequences.")
    }
    switch dialect {
    case .three:
      func keras(_ value: KerasValue) -> KerasValue {
        .object([
          "class_name": .text("__keras_tensor__"),
          "config": .object([
            "shape": .list([.null]), "dtype": .text("float32"), "keras_history": value,
          ]),
        ])
      }
      var arguments = inputs.map(keras)
      if calling == .plain, arguments.count > 1 {
        named["initial_state"] = .list(Array(arguments.dropFirst()))
        arguments = [arguments[0]]
      }
      return .object([
        "args": .list(calling == .list ? [.list(arguments)] : arguments),
        "kwargs": .object(named),
      ])
    case .two:
      if calling == .arguments {
        for (name, value) in zip(["value", "key"], inputs.dropFirst()) { named[name] = value }
        inputs = [inputs[0]]
      }
      if calling == .plain, inputs.count > 1 {
        named["initial_state"] = .list(Array(inputs.dropFirst()))
        inputs = [inputs[0]]
      }
      return .list(inputs.map { .list(($0.list ?? []) + [.object(named)]) })
    }
  }
}
