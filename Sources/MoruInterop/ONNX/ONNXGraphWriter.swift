import Foundation
import MoruGraph
import MoruONNXFormat
import MoruTensors

/// Writes a graph in ONNX's operators.
///
/// The graph was drawn for two batch sizes, so that it shows which sizes follow the batch: those that
/// differ. Axes stay where an operator left them until another needs them elsewhere, so that between
/// convolutions nothing is transposed.
struct ONNXGraphWriter {
  /// A value in the file.
  struct Value {
    /// What the file calls it.
    var name: String
    /// For each axis in the file the axis of our value that it is; none for a number that stands for all
    /// elements.
    var order: [Int]
    /// Sizes in our order; 1 along axes that the value is yet to be repeated along.
    var sizes: [Int]
    /// The value and, of a weight, its path, if it is stated in the file: in each order asked for.
    var stated: (value: HostTensor, path: String?)?
  }

  let graph: Graph
  /// The same graph for another batch size.
  private let other: Graph
  let draft: ONNXDraft
  /// The file's input that tells the batch size.
  private let batchSource: String
  private let batches: (Int, Int)
  private(set) var nodes: [Onnx_NodeProto] = []
  private var values: [Graph.Value: Value] = [:]
  private var producers: [Graph.Value: Int] = [:]
  private(set) var makers: [Graph.Value: Graph.Node] = [:]
  private var useCounts: [Graph.Value: Int] = [:]

  init(
    _ graph: Graph, _ other: Graph, batches: (Int, Int), batchSource: String, _ draft: ONNXDraft
  ) throws(InteropError) {
    let isSame =
      graph.nodes.count == other.nodes.count
      && zip(graph.nodes, other.nodes).allSatisfy {
        $0.operands == $1.operands && $0.primitive.rule.name == $1.primitive.rule.name
      }
    guard isSame else {
      throw .notExportable(
        kind: "the network", place: "Its computation",
        advice: "It is another one for each batch size.")
    }
    (self.graph, self.other, self.draft) = (graph, other, draft)
    (self.batches, self.batchSource) = (batches, batchSource)
    for node in graph.nodes {
      for result in node.results { makers[result] = node }
      for operand in node.operands { useCounts[operand, default: 0] += 1 }
    }
    for result in graph.results { useCounts[result, default: 0] += 1 }
  }

  // MARK: Values

  func shape(_ value: Graph.Value) -> Shape { graph.types[value].shape }
  func dtype(_ value: Graph.Value) -> DType { graph.types[value].dtype }

  /// The sizes of a value; nil where they follow the batch.
  func sizes(_ value: Graph.Value) -> [Int?] {
    zip(graph.types[value].shape, other.types[value].shape).map { $0 == $1 ? $0 : nil }
  }

  mutating func set(_ value: Graph.Value, _ made: Value) { values[value] = made }

  /// A value that lies in the file as it does here.
  mutating func set(_ value: Graph.Value, named name: String) {
    values[value] = Value(
      name: name, order: Array(shape(value).indices), sizes: shape(value).dimensions)
  }

  /// A value that the file states.
  mutating func state(_ value: Graph.Value, _ host: HostTensor, _ path: String?) {
    values[value] = Value(
      name: "", order: Array(host.shape.indices), sizes: host.shape.dimensions,
      stated: (host, path))
  }

  func value(_ value: Graph.Value) -> Value {
    values[value] ?? Value(name: "", order: [], sizes: [])
  }

  func useCount(_ value: Graph.Value) -> Int { useCounts[value] ?? 0 }

  /// Adds a node of one result and returns that one's name.
  mutating func add(
    _ op: String, _ inputs: [String], _ attributes: [Onnx_AttributeProto] = []
  ) -> String {
    let name = draft.freeName(op.lowercased())
    nodes.append(Onnx_NodeProto(op, inputs, [name], attributes))
    return name
  }

  mutating func add(node: Onnx_NodeProto) { nodes.append(node) }

  /// Remembers that the last node made a value, so that a bias can be added to it.
  mutating func noteProducer(of value: Graph.Value) { producers[value] = nodes.count - 1 }

  /// The node that made a value, if nothing else reads that.
  func soleProducer(of value: Graph.Value) -> Int? {
    useCount(value) == 1 ? producers[value] : nil
  }

  mutating func replaceInput(_ place: Int, of node: Int, by name: String) {
    nodes[node].input[place] = name
  }

  mutating func append(input: String, to node: Int, op: String? = nil) {
    nodes[node].input.append(input)
    if let op { nodes[node].opType = op }
  }

  /// The name of a value with axis `order[i]` of ours as axis i, not yet repeated along axes of size 1.
  mutating func arranged(_ key: Graph.Value, _ order: [Int]) -> String {
    let made = value(key)
    guard !made.order.isEmpty || order.isEmpty else {
      return made.stated.map { draft.stated($0.value, $0.path, order: []) } ?? made.name
    }
    if let (host, path) = made.stated {
      let turned = (try? host.transposed(order)) ?? host
      return draft.stated(turned, path, order: order)
    }
    guard made.order != order else { return made.name }
    let permutation = order.map { axis in made.order.firstIndex(of: axis) ?? 0 }
    return add("Transpose", [made.name], [Onnx_AttributeProto("perm", permutation)])
  }

  /// The name of a value with axes as here and all of its elements.
  mutating func plain(_ key: Graph.Value) -> String {
    let name = arranged(key, Array(shape(key).indices))
    guard value(key).sizes != shape(key).dimensions else { return name }
    return add("Expand", [name, sizesTensor(of: key)])
  }

  /// The order of axes that a value has in the file; that of ours if it is yet to be repeated.
  func order(_ key: Graph.Value) -> [Int] {
    let made = value(key)
    return made.sizes == shape(key).dimensions ? made.order : Array(shape(key).indices)
  }

  /// A name with all elements in a value's own order.
  mutating func whole(_ key: Graph.Value) -> String {
    value(key).sizes == shape(key).dimensions ? arranged(key, value(key).order) : plain(key)
  }

  /// The sizes of a value as a tensor of the file.
  mutating func sizesTensor(of key: Graph.Value) -> String {
    let sizes = sizes(key)
    guard sizes.contains(nil) else { return draft.ints(sizes.compactMap { $0 }, "shape") }
    let all = add("Shape", [batchSource])
    let batch = add("Gather", [all, draft.ints([0])], [Onnx_AttributeProto("axis", 0)])
    let parts = sizes.enumerated().map { axis, size -> String in
      if let size { return draft.ints([size]) }
      let factor = shape(key)[axis] / batches.0
      return factor == 1 ? batch : add("Mul", [batch, draft.ints([factor])])
    }
    return add("Concat", parts, [Onnx_AttributeProto("axis", 0)])
  }

  /// What writes the body of a loop.
  func body(_ loop: Scan, _ other: Scan) throws(InteropError) -> ONNXGraphWriter {
    try ONNXGraphWriter(
      loop.body, other.body, batches: batches, batchSource: batchSource, draft)
  }

  // MARK: The whole graph

  /// Writes every node.
  mutating func write() throws(InteropError) {
    for (node, twin) in zip(graph.nodes, other.nodes) { try write(node, twin: twin.primitive) }
  }

  /// The graph in the file's form, with results under their names.
  mutating func finish(
    inputs: [Onnx_ValueInfoProto], outputs: [String], name: String
  ) -> Onnx_GraphProto {
    var proto = Onnx_GraphProto()
    proto.name = name
    proto.input = inputs
    for (value, output) in zip(graph.results, outputs) {
      nodes.append(Onnx_NodeProto("Identity", [plain(value)], [output], []))
      proto.output.append(Onnx_ValueInfoProto(output, dtype(value), sizes(value)))
    }
    dropUnread(Set(outputs))
    renameResults()
    for place in nodes.indices {
      nodes[place].name = draft.freeName("node_" + nodes[place].output[0])
    }
    proto.node = nodes
    return proto
  }

  private mutating func dropUnread(_ outputs: Set<String>) {
    var read = outputs
    nodes = nodes.reversed().filter { node in
      guard node.output.contains(where: read.contains) else { return false }
      read.formUnion(node.names)
      return true
    }.reversed()
  }

  /// Gives results their names where nothing else reads what an `Identity` would only repeat.
  private mutating func renameResults() {
    var counts: [String: Int] = [:]
    for node in nodes { for name in node.names { counts[name, default: 0] += 1 } }
    for place in nodes.indices.reversed() {
      let node = nodes[place]
      guard node.opType == "Identity", let source = node.input.first, counts[source] == 1,
        let maker = nodes.firstIndex(where: { $0.output.contains(source) })
      else { continue }
      nodes[maker].output = nodes[maker].output.map { $0 == source ? node.output[0] : $0 }
      nodes.remove(at: place)
    }
  }
}

extension Onnx_NodeProto {
  /// What the node reads, graphs inside it included.
  var names: [String] {
    input + attribute.flatMap { $0.g.node.flatMap(\.names) + $0.g.output.map(\.name) }
  }

  /// The node with other names for what it reads, graphs inside it included.
  func reading(_ names: [String: String]) -> Onnx_NodeProto {
    var node = self
    node.input = input.map { names[$0] ?? $0 }
    for place in attribute.indices where attribute[place].hasG {
      node.attribute[place].g.node = attribute[place].g.node.map { $0.reading(names) }
      for output in attribute[place].g.output.indices {
        let name = attribute[place].g.output[output].name
        node.attribute[place].g.output[output].name = names[name] ?? name
      }
    }
    return node
  }
}
