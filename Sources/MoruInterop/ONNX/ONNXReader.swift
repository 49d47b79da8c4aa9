import Foundation
import MoruLayers
import MoruONNXFormat
import MoruTensors

/// Turns a graph of a file into nodes, constants and weights.
struct ONNXReader {
  let file: String
  let operatorSet: Int
  private let tensors: ONNXTensors
  private let graph: Onnx_GraphProto
  /// Operators that are not known, with the places that ask for them.
  private var unknown: [(op: String, place: String)] = []
  /// Values that the file states: initializers and what nodes `Constant` make.
  private var stated: [String: HostTensor] = [:]

  /// The versions of operators that are read.
  static let operatorSets = 13...21

  init(_ model: Onnx_ModelProto, file: String) throws {
    self.file = file
    tensors = ONNXTensors(file: file)
    graph = model.graph
    let standard = model.opsetImport.filter { Self.isStandard($0.domain) }
    guard let version = standard.first?.version, model.hasGraph, standard.count == 1 else {
      throw InteropError.unreadableONNX(
        file: file, reason: "it does not name one version of ONNX's operators")
    }
    guard Self.operatorSets.contains(Int(version)) else {
      throw InteropError.operatorSet(Int(version), file: file)
    }
    operatorSet = Int(version)
    if let function = model.functions.first {
      throw InteropError.unsupportedOperators(
        ["the function \"\(function.name)\""],
        advice: "Export the model without functions, or inline them with onnx.inliner.", file: file)
    }
  }

  private static func isStandard(_ domain: String) -> Bool { domain.isEmpty || domain == "ai.onnx" }

  private func damaged(_ reason: String) -> InteropError {
    .unreadableONNX(file: file, reason: reason)
  }

  /// A graph in our form.
  struct Read {
    var body: ONNXBody
    var weights: [ONNXGraph.Weight]
    /// The values of the weights, as they are stored.
    var values: [HostTensor]
    /// Types of the inputs; nil for a size that may be any.
    var inputs: [(name: String, dtype: DType, sizes: [Int?])]
  }

  /// Reads the whole graph.
  ///
  /// - Throws: `InteropError` naming the node, the operator or the value.
  mutating func read() throws -> Read {
    guard graph.sparseInitializer.isEmpty else { throw damaged("it has sparse values") }
    let given = Set(graph.initializer.map(\.name))
    let inputs = try graph.input.filter { !given.contains($0.name) }.map { try input($0) }
    var (nodes, constants) = try content(
      of: graph, inputs: inputs.map(\.name), outer: [], depth: 0)
    try refuseUnknown()
    let uses = Uses(nodes)
    var read = Read(
      body: ONNXBody(inputs: [], outputs: [], nodes: [], constants: [:]), weights: [], values: [],
      inputs: inputs)
    var names = FreeNames()
    for (value, tensor) in constants.sorted(by: { $0.key < $1.key })
    where tensor.dtype == .float32 && given.contains(value) && uses.isWeight(value, tensor) {
      constants[value] = nil
      let order =
        uses.kernels.contains(value) && tensor.shape.rank >= 3
        ? [Int].kernel(rank: tensor.shape.rank) : Array(0..<tensor.shape.rank)
      let stored = try tensor.transposed(order)
      read.weights.append(
        ONNXGraph.Weight(
          value: value, name: names.take(Self.path(of: value)), shape: stored.shape, order: order,
          isState: uses.statistics.contains(value)))
      read.values.append(stored)
    }
    nodes.removeAll { $0.op == "Constant" }
    read.body = ONNXBody(
      inputs: inputs.map(\.name), outputs: graph.output.map(\.name), nodes: nodes,
      constants: constants.mapValues { ONNXConstant($0) })
    return read
  }

  /// What a weight is called: paths have no empty parts.
  private static func path(of value: String) -> String {
    let parts = value.split(separator: "/")
    return parts.isEmpty ? "weight" : parts.joined(separator: "/")
  }

  private func input(
    _ info: Onnx_ValueInfoProto
  ) throws -> (name: String, dtype: DType, sizes: [Int?]) {
    let place = "the input \"\(info.name)\""
    guard case .tensorType(let type) = info.type.value, !info.name.isEmpty else {
      throw damaged("\(place) is no tensor")
    }
    let sizes = try type.shape.dim.map { dimension -> Int? in
      guard case .dimValue(let size) = dimension.value else { return nil }
      guard (0...Int64(1) << 40).contains(size) else {
        throw damaged("\(place) has an axis of \(size) elements")
      }
      return size == 0 ? nil : Int(size)
    }
    return (info.name, try tensors.dtype(Int(type.elemType), in: place), sizes)
  }

  private func refuseUnknown() throws {
    guard let first = unknown.first else { return }
    // Each operator once, with the first node that asks for it.
    var seen: Set<String> = []
    let places = unknown.filter { seen.insert($0.op).inserted }.map(\.place)
    throw InteropError.unsupportedOperators(
      Array(places.prefix(8)), advice: ONNXOperators.advice(for: first.op), file: file)
  }

  /// Nodes and constants of a graph, which may read what is known around it.
  private mutating func content(
    of graph: Onnx_GraphProto, inputs: [String], outer: Set<String>, depth: Int
  ) throws -> (nodes: [ONNXNode], constants: [String: HostTensor]) {
    guard depth <= 16 else { throw damaged("its graphs lie in each other too deep") }
    var constants: [String: HostTensor] = [:]
    for proto in graph.initializer {
      guard !proto.name.isEmpty, constants[proto.name] == nil else {
        throw damaged("there are two values \"\(proto.name)\", or one without a name")
      }
      constants[proto.name] = try tensors.tensor(proto, in: "\"\(proto.name)\"")
    }
    var known = outer.union(inputs).union(constants.keys)
    guard Set(inputs).count == inputs.count else { throw damaged("two inputs have one name") }
    var nodes: [ONNXNode] = []
    for proto in graph.node {
      let node = try self.node(proto, known: known, depth: depth)
      for name in node.inputs where !name.isEmpty && !known.contains(name) {
        throw damaged("\(node.place) reads \"\(name)\", which nothing before it makes")
      }
      for name in node.outputs where !name.isEmpty {
        guard known.insert(name).inserted else { throw damaged("\"\(name)\" is made twice") }
      }
      if node.op == "Constant" {
        guard let output = node.outputs.first, let value = try constant(node) else {
          throw damaged("\(node.place) has no value that is known")
        }
        constants[output] = value
      }
      nodes.append(node)
    }
    for output in graph.output where !known.contains(output.name) {
      throw damaged("nothing makes the output \"\(output.name)\"")
    }
    guard !graph.output.isEmpty else { throw damaged("a graph has no outputs") }
    return (nodes, constants)
  }

  private func constant(_ node: ONNXNode) throws -> HostTensor? {
    switch node.attributes.first(where: { $0.key.hasPrefix("value") })?.value {
    case .tensor(let constant): constant.value
    case .float(let value): HostTensor(value)
    case .int(let value): HostTensor(Int64(value))
    case .floats(let values): HostTensor(values)
    case .ints(let values): HostTensor(values.map(Int64.init))
    default: nil
    }
  }

  private mutating func node(
    _ proto: Onnx_NodeProto, known: Set<String>, depth: Int
  ) throws -> ONNXNode {
    let bare = ONNXNode(
      name: proto.name, op: proto.opType, inputs: proto.input, outputs: proto.output)
    if !Self.isStandard(proto.domain) {
      unknown.append(("\(proto.domain).\(proto.opType)", "\(bare.place) of \(proto.domain)"))
    } else if proto.opType != "Constant", !ONNXOperators.names.contains(proto.opType) {
      unknown.append((proto.opType, bare.place))
    }
    var attributes: [String: ONNXAttribute] = [:]
    for attribute in proto.attribute {
      guard attributes[attribute.name] == nil, attribute.refAttrName.isEmpty else {
        throw damaged("\(bare.place) has the attribute \(attribute.name) twice")
      }
      attributes[attribute.name] = try self.attribute(
        attribute, of: bare, known: known, depth: depth)
    }
    // Types are numbers in files.
    if ["Cast", "EyeLike"].contains(proto.opType),
      let key = attributes["to"] != nil ? "to" : "dtype",
      case .int(let number) = attributes[key]
    {
      attributes[key] = .string(try tensors.dtype(number, in: bare.place).rawValue)
    }
    return ONNXNode(
      name: proto.name, op: proto.opType, inputs: proto.input, outputs: proto.output,
      attributes: attributes)
  }

  private mutating func attribute(
    _ proto: Onnx_AttributeProto, of node: ONNXNode, known: Set<String>, depth: Int
  ) throws -> ONNXAttribute? {
    func text(_ data: Data) -> String { String(decoding: data, as: UTF8.self) }
    switch proto.type {
    case .float: return .float(proto.f)
    case .int: return .int(Int(proto.i))
    case .string: return .string(text(proto.s))
    case .floats: return .floats(proto.floats)
    case .ints: return .ints(proto.ints.map { Int($0) })
    case .strings: return .strings(proto.strings.map(text))
    case .tensor:
      return .tensor(ONNXConstant(try tensors.tensor(proto.t, in: node.place)))
    case .graph:
      let inputs = proto.g.input.map(\.name)
      let inner = try content(of: proto.g, inputs: inputs, outer: known, depth: depth + 1)
      return .graph(
        ONNXBody(
          inputs: inputs, outputs: proto.g.output.map(\.name),
          nodes: inner.nodes.filter { $0.op != "Constant" },
          constants: inner.constants.mapValues { ONNXConstant($0) }))
    case .undefined, .sparseTensor, .typeProto, .tensors, .graphs, .sparseTensors, .typeProtos:
      throw damaged("\(node.place) has the attribute \(proto.name) of a kind that is not known")
    }
  }
}

/// What values are used for, which tells weights from settings.
private struct Uses {
  /// Kernels of convolutions.
  var kernels: Set<String> = []
  /// Means and variances.
  var statistics: Set<String> = []
  /// Inputs that are a node's setting.
  private var settings: Set<String> = []
  private var read: Set<String> = []

  /// The inputs of operators that are settings rather than numbers to compute with.
  private static let settingInputs: [String: Set<Int>] = [
    "Resize": [1, 2], "Clip": [1, 2], "Dropout": [1], "Pad": [2], "OneHot": [1, 2],
    "Range": [0, 1, 2], "QuantizeLinear": [1], "DequantizeLinear": [1], "QLinearConv": [1, 4, 6],
    "QLinearMatMul": [1, 4, 6],
  ]

  init(_ nodes: [ONNXNode]) {
    for node in nodes {
      for (place, name) in node.inputs.enumerated() where !name.isEmpty {
        read.insert(name)
        switch (node.op, place) {
        case ("Conv", 1), ("ConvTranspose", 1): kernels.insert(name)
        case ("BatchNormalization", 3), ("BatchNormalization", 4): statistics.insert(name)
        default: if Self.settingInputs[node.op]?.contains(place) == true { settings.insert(name) }
        }
      }
      for case .graph(let body) in node.attributes.values {
        let inner = Uses(body.nodes)
        read.formUnion(inner.read)
        settings.formUnion(inner.settings)
      }
    }
  }

  /// Whether training may change a value: numbers without axes are taken for constants of a formula.
  func isWeight(_ name: String, _ tensor: HostTensor) -> Bool {
    read.contains(name) && !settings.contains(name) && tensor.shape.rank > 0 && tensor.count > 0
  }
}
