import MoruArchive
public import MoruGraph
import MoruTensors

/// A graph of layers with any number of inputs and outputs; a layer itself.
///
/// ```swift
/// let image = Input([28, 28, 1])
/// let age = Input([1])
/// let seen = Flatten()(image)
/// let all = Concatenate()([seen, age])
/// let model = try Model(
///   inputs: ["image": image, "age": age],
///   outputs: ["kind": Dense(3, activation: .softmax)(all), "price": Dense(1)(all)])
/// ```
public struct Model: Layer {
  /// A layer's place in the graph: what it is called on.
  struct Node: Codable, Sendable {
    let layer: LayerBox
    let inputs: [Port]
    /// The path of its weights, if it is not made of the layer's name: in models that were cut out of
    /// others.
    let path: String?

    enum CodingKeys: String, CodingKey, CaseIterable { case layer, inputs, path }

    init(layer: LayerBox, inputs: [Port], path: String? = nil) {
      self.layer = layer
      self.inputs = inputs
      self.path = path
    }

    init(from decoder: any Decoder) throws {
      let fields = try Fields(decoder, CodingKeys.self, part: "node")
      layer = try fields.required(.layer)
      inputs = try fields.required(.inputs)
      path = try fields.optional(.path)
    }
  }

  /// An output of an earlier node, or of the model's inputs if `node` is −1.
  struct Port: Codable, Sendable, Hashable {
    let node: Int
    let index: Int
  }

  public static let kind = "Model"
  public var identity: Identity
  public private(set) var name: String?
  /// Types of the inputs, without the batch axis.
  public let inputs: [TensorType]
  public let inputNames: [String]?
  public let outputNames: [String]?
  var nodes: [Node]
  let outputs: [Port]

  /// The model between some inputs and some outputs.
  ///
  /// - Throws: `LayerError.disconnected` if an output depends on an input that is not listed,
  ///   `.notAnInput` or `.noEnds`.
  public init(inputs: [Symbol], outputs: [Symbol], name: String? = nil) throws(LayerError) {
    try self.init(inputs, nil, outputs, nil, name: name)
  }

  /// The model between one input and one output.
  ///
  /// - Throws: `LayerError.disconnected` if the output depends on another input.
  public init(inputs: Symbol, outputs: Symbol, name: String? = nil) throws(LayerError) {
    try self.init(inputs: [inputs], outputs: [outputs], name: name)
  }

  /// The model between some inputs and some outputs, by which names data and answers call them.
  ///
  /// - Throws: As without names; `LayerError.names` if two inputs or two outputs have the same one.
  public init(
    inputs: KeyValuePairs<String, Symbol>, outputs: KeyValuePairs<String, Symbol>,
    name: String? = nil
  ) throws(LayerError) {
    try self.init(
      inputs.map(\.value), inputs.map(\.key), outputs.map(\.value), outputs.map(\.key), name: name)
  }

  /// The model between some inputs and some outputs, with names for them if there are any.
  package init(
    _ inputs: [Symbol], _ inputNames: [String]?, _ outputs: [Symbol], _ outputNames: [String]?,
    name: String? = nil
  ) throws(LayerError) {
    guard !inputs.isEmpty, !outputs.isEmpty else { throw .noEnds }
    var types: [TensorType] = []
    for (place, input) in inputs.enumerated() {
      guard let type = input.call.type else { throw .notAnInput(place) }
      types.append(type)
    }
    var builder = ModelBuilder(inputs: inputs)
    var ports: [Port] = []
    for output in outputs { ports.append(try builder.port(of: output)) }
    try self.init(
      inputs: types, inputNames, nodes: builder.nodes, outputs: ports, outputNames, name: name)
  }

  init(
    inputs: [TensorType], _ inputNames: [String]?, nodes: [Node], outputs: [Port],
    _ outputNames: [String]?, name: String?
  ) throws(LayerError) {
    try Self.check(inputNames, of: "inputs", count: inputs.count)
    try Self.check(outputNames, of: "outputs", count: outputs.count)
    self.inputs = inputs
    self.inputNames = inputNames
    self.nodes = nodes
    self.outputs = outputs
    self.outputNames = outputNames
    self.name = name
    identity = Identity()
  }

  /// The layer that makes each output, and which of its outputs that is; nil for an input that is one.
  package var lastLayers: [(layer: any Layer, output: Int)?] {
    outputs.map { $0.node < 0 ? nil : (nodes[$0.node].layer.layer, $0.index) }
  }

  /// Refuses names that do not tell ends apart.
  private static func check(
    _ names: [String]?, of ends: String, count: Int
  ) throws(LayerError) {
    guard let names else { return }
    guard names.count == count, Set(names).count == count, !names.contains("") else {
      throw .names(of: ends, names)
    }
  }

  /// The same layer, identity included, under another name.
  package func named(_ name: String) -> Model {
    var copy = self
    copy.name = name
    return copy
  }

  /// The same layer, identity included, with others in it.
  func mapping(_ change: (any Layer) -> any Layer) -> Model {
    var copy = self
    copy.nodes = nodes.map {
      Node(layer: LayerBox(change($0.layer.layer)), inputs: $0.inputs, path: $0.path)
    }
    return copy
  }

  public func forward(_ inputs: [Tensor], in scope: Scope) -> [Tensor] {
    guard inputs.count == self.inputs.count else {
      return [
        .failure(
          Self.kind, inputs,
          Mismatch(
            "it was given \(inputs.count) inputs and takes \(self.inputs.count)",
            "Pass one tensor for each input."))
      ]
    }
    var made: [[Tensor]] = []
    func tensor(_ port: Port) -> Tensor {
      let row = port.node < 0 ? inputs : made[port.node]
      guard !row.indices.contains(port.index) else { return row[port.index] }
      // A layer that fails makes one tensor, whatever it would make otherwise.
      guard row[0].error == nil else { return row[0] }
      return .failure(
        Self.kind, row,
        Mismatch(
          "output \(port.index) of node \(port.node) is asked for, but it has \(row.count)",
          "Ask for an output in 0..<\(row.count)."))
    }
    for node in nodes {
      made.append(scope.call(node.layer.layer, node.inputs.map(tensor), at: node.path))
    }
    return outputs.map(tensor)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case id, name, inputs, inputNames, nodes, outputs, outputNames
  }

  private struct InputType: Codable {
    let dtype: DType
    let shape: Shape
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    identity = try fields.value(.id, default: Identity())
    name = try fields.optional(.name)
    let types: [InputType] = try fields.required(.inputs)
    inputs = types.map { TensorType($0.dtype, $0.shape) }
    nodes = try fields.required(.nodes)
    outputs = try fields.required(.outputs)
    inputNames = try fields.optional(.inputNames)
    outputNames = try fields.optional(.outputNames)
    func isMade(_ port: Port, before count: Int) -> Bool {
      port.node >= -1 && port.node < count && port.index >= 0
        && (port.node >= 0 || port.index < inputs.count)
    }
    func refused(_ error: LayerError, _ key: CodingKeys) -> PlacedError {
      PlacedError(error, at: decoder.codingPath + [key])
    }
    for (place, node) in nodes.enumerated() {
      guard !node.inputs.isEmpty, node.inputs.allSatisfy({ isMade($0, before: place) }) else {
        throw refused(.disconnected("node \(place) reads what is not made before it"), .nodes)
      }
    }
    guard !inputs.isEmpty else { throw refused(.noEnds, .inputs) }
    guard !outputs.isEmpty else { throw refused(.noEnds, .outputs) }
    guard outputs.allSatisfy({ isMade($0, before: nodes.count) }) else {
      throw refused(.disconnected("an output is not made by any node"), .outputs)
    }
    do throws(LayerError) {
      try Self.check(inputNames, of: "inputs", count: inputs.count)
      try Self.check(outputNames, of: "outputs", count: outputs.count)
    } catch { throw PlacedError(error, at: decoder.codingPath) }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(identity, forKey: .id)
    try container.encodeIfPresent(name, forKey: .name)
    try container.encode(
      inputs.map { InputType(dtype: $0.dtype, shape: $0.shape) }, forKey: .inputs)
    try container.encodeIfPresent(inputNames, forKey: .inputNames)
    try container.encode(nodes, forKey: .nodes)
    try container.encode(outputs, forKey: .outputs)
    try container.encodeIfPresent(outputNames, forKey: .outputNames)
  }
}

/// Puts the calls behind a model's outputs into a line.
private struct ModelBuilder {
  var nodes: [Model.Node] = []
  private var places: [ObjectIdentifier: Int] = [:]
  private var inputPlaces: [ObjectIdentifier: Int] = [:]

  init(inputs: [Symbol]) {
    for (place, input) in inputs.enumerated() {
      inputPlaces[ObjectIdentifier(input.call)] = place
    }
  }

  mutating func port(of symbol: Symbol) throws(LayerError) -> Model.Port {
    // A loop rather than recursion: networks may be thousands of layers deep.
    var stack = [symbol.call]
    while let call = stack.last {
      let identity = ObjectIdentifier(call)
      if places[identity] != nil || inputPlaces[identity] != nil {
        stack.removeLast()
        continue
      }
      guard let layer = call.layer else {
        throw .disconnected("the outputs depend on an input that the model does not list")
      }
      let missing = call.inputs.filter { knownPort($0) == nil }
      if missing.isEmpty {
        places[identity] = nodes.count
        nodes.append(
          Model.Node(layer: LayerBox(layer), inputs: call.inputs.compactMap(knownPort)))
        stack.removeLast()
      } else {
        // The first input's chain comes first, so that layers are numbered as they are read.
        stack += missing.reversed().map(\.call)
      }
    }
    return knownPort(symbol) ?? Model.Port(node: -1, index: 0)
  }

  private func knownPort(_ symbol: Symbol) -> Model.Port? {
    let identity = ObjectIdentifier(symbol.call)
    if let place = inputPlaces[identity] { return Model.Port(node: -1, index: place) }
    return places[identity].map { Model.Port(node: $0, index: symbol.index) }
  }
}
