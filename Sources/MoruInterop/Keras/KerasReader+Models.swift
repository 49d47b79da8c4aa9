import MoruGraph
import MoruTensors

// Models: layers one after another, and graphs of layers.

extension KerasReader {
  /// Reads the outermost model.
  ///
  /// - Returns: The model in our words and its inputs.
  mutating func model(_ description: KerasValue) throws -> (read: Read, inputs: [ImportedInput]) {
    let className = description["class_name"]?.text ?? ""
    guard let config = description["config"] else {
      throw InteropError.unreadable(file: file, reason: "the model has no config")
    }
    let inputs: [ImportedInput]
    switch className {
    case "Sequential": inputs = [try firstInput(of: config)]
    case "Functional", "Model":
      let layers = try layerDescriptions(config)
      let ends = Self.ends(config["input_layers"])
      inputs = try ends.map { end in
        guard let layer = layers.first(where: { name(of: $0) == end.layer }),
          let input = try input(layer)
        else {
          throw InteropError.unreadable(
            file: file, reason: "its input \"\(end.layer)\" is not described")
        }
        return input
      }
    default:
      throw InteropError.unsupportedLayer(
        kind: className, place: "The model",
        advice: "Models that are programs cannot be read: build it as Sequential or functional.")
    }
    return (try layer(description, in: ""), inputs)
  }

  func layerDescriptions(_ config: KerasValue) throws -> [KerasValue] {
    guard let layers = config["layers"]?.list ?? config.list, layers.count < 1 << 16 else {
      throw InteropError.unreadable(file: file, reason: "the model has no list of layers")
    }
    return layers
  }

  private func name(of layer: KerasValue) -> String {
    layer["name"]?.text ?? layer["config"]?["name"]?.text ?? ""
  }

  /// `["input", 0, 0]`, a list of such, or such by name.
  private static func ends(_ value: KerasValue?) -> [KerasCall.Tensor] {
    guard let value else { return [] }
    if let one = KerasCall.Tensor(value) { return [one] }
    if let named = value.object {
      return named.sorted { $0.key < $1.key }.flatMap { ends($0.value) }
    }
    return (value.list ?? []).flatMap { ends($0) }
  }

  // MARK: Inputs

  /// The input that a layer states: an input layer, or the first of a sequence.
  private func input(_ layer: KerasValue) throws -> ImportedInput? {
    guard let config = layer["config"] else { return nil }
    let shape = config["batch_shape"]?.list ?? config["batch_input_shape"]?.list
    guard let shape, !shape.isEmpty else { return nil }
    let sizes = try shape.dropFirst().map { size -> Int? in
      guard size != .null else { return nil }
      guard let count = size.integer, count > 0 else {
        throw InteropError.unreadable(
          file: file, reason: "the input \"\(name(of: layer))\" has an axis of size \(size.words)")
      }
      return count
    }
    let word = config["dtype"]?.text ?? config["dtype"]?["config"]?["name"]?.text ?? "float32"
    // Numbers of other widths come as Float32, as those of mixed precision do.
    let dtype = DType(rawValue: word) ?? .float32
    return ImportedInput(
      name: name(of: layer), dtype: dtype == .float64 || dtype == .bfloat16 ? .float32 : dtype,
      sizes: sizes)
  }

  private func firstInput(of config: KerasValue) throws -> ImportedInput {
    let layers = try layerDescriptions(config)
    if let first = layers.first {
      if let input = try input(first) {
        let isLayer = first["class_name"]?.text == "InputLayer"
        return ImportedInput(
          name: isLayer ? input.name : "input", dtype: input.dtype, sizes: input.sizes)
      }
      // A model may stand first, which knows its own input.
      if let inner = first["config"], inner["layers"] != nil {
        if first["class_name"]?.text == "Sequential" { return try firstInput(of: inner) }
        let end = Self.ends(inner["input_layers"]).first?.layer
        let layer = try layerDescriptions(inner).first { name(of: $0) == end }
        if let input = try layer.flatMap({ try input($0) }) { return input }
      }
    }
    if let shape = config["build_input_shape"]?.list, !shape.isEmpty {
      return ImportedInput(name: "input", dtype: .float32, sizes: shape.dropFirst().map(\.integer))
    }
    throw InteropError.unreadable(
      file: file,
      reason: "the model was saved before it had an input: call it once, or begin it with "
        + "an Input")
  }

  // MARK: Sequential

  mutating func sequential(_ config: KerasValue, in outer: String) throws -> Read {
    let (name, path) = names(config, "Sequential", outer)
    var part = KerasPart(
      name: name, className: "Sequential", path: path,
      isTrainable: config["trainable"]?.bool ?? true)
    let identity = identity()
    var layers: [Read] = []
    for description in try layerDescriptions(config)
    where description["class_name"]?.text != "InputLayer" {
      layers.append(try layer(description, in: path))
    }
    part.add(layers: layers.map(\.part))
    let ours: KerasValue = .object([
      "kind": .text("Sequential"), "id": identity, "name": .text(name.replacing("/", with: "_")),
      "layers": .list(layers.map(\.ours)),
    ])
    return Read(ours: frozen(ours, part), part: part)
  }

  /// The name of a model, and our path of it: that of the outermost one is empty.
  private mutating func names(
    _ config: KerasValue, _ className: String, _ outer: String
  ) -> (name: String, path: String) {
    let name = config["name"]?.text ?? className.inSnakeCase
    guard isInner else { return (name, "") }
    let safe = name.replacing("/", with: "_")
    return (name, outer.isEmpty ? safe : outer + "/" + safe)
  }

  // MARK: Functional

  mutating func functional(_ config: KerasValue, in outer: String) throws -> Read {
    let (name, path) = names(config, "Functional", outer)
    var part = KerasPart(
      name: name, className: "Functional", path: path,
      isTrainable: config["trainable"]?.bool ?? true)
    let identity = identity()
    let descriptions = try layerDescriptions(config)
    let starts = Self.ends(config["input_layers"])
    let ends = Self.ends(config["output_layers"])
    var graph = KerasGraph(file: file, inputs: starts)
    var parts: [KerasPart] = []
    var inputs: [String: ImportedInput] = [:]
    for description in descriptions {
      let layerName = self.name(of: description)
      if description["class_name"]?.text == "InputLayer" {
        inputs[layerName] = try input(description)
        parts.append(KerasPart(name: layerName, className: "InputLayer", path: layerName))
        continue
      }
      let calls = try calls(of: description, named: layerName)
      let settings = calls.reduce(into: [:]) { $0.merge($1.settings) { $1 } }
      let read = try layer(description, in: path, calls: settings)
      parts.append(read.part)
      graph.add(read.ours, named: layerName, calls: calls)
    }
    part.add(layers: parts)
    let nodes = try graph.nodes()
    let types = try starts.map { start -> KerasValue in
      guard let input = inputs[start.layer] else {
        throw InteropError.unreadable(
          file: file, reason: "its input \"\(start.layer)\" is not described")
      }
      // Sizes of inner models are those that they are called on; only their number counts.
      let sizes = input.sizes.map { KerasValue.integer($0 ?? 1) }
      return .object(["dtype": .text(input.dtype.rawValue), "shape": .list(sizes)])
    }
    let ours: KerasValue = .object([
      "kind": .text("Model"), "id": identity, "name": .text(name.replacing("/", with: "_")),
      "inputs": .list(types), "inputNames": .list(starts.map { .text($0.layer) }),
      "nodes": .list(nodes), "outputs": .list(try ends.map { try graph.port($0) }),
      "outputNames": .list(Self.unique(ends.map(\.layer)).map { .text($0) }),
    ])
    return Read(ours: frozen(ours, part), part: part)
  }

  private func calls(of description: KerasValue, named name: String) throws -> [KerasCall] {
    do throws(Unfit) {
      var calls: [KerasCall] = []
      for call in description["inbound_nodes"]?.list ?? [] { calls.append(try KerasCall(call)) }
      return calls
    } catch {
      throw InteropError.unsupportedSetting(
        "inbound_nodes", of: description["class_name"]?.text ?? "layer", place: "\"\(name)\"",
        reason: error.reason, advice: error.advice)
    }
  }

  /// Names of which none is there twice: a layer may make several outputs.
  private static func unique(_ names: [String]) -> [String] {
    var taken: Set<String> = []
    return names.map { taken.insertFree($0) }
  }
}
