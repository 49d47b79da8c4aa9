package import MoruGraph
import MoruTensors

extension Graph {
  /// The graph with what is computed of BFloat16 numbers computed in Float32, inside loops too:
  /// operands are widened, which is exact, and results are rounded once.
  ///
  /// Kernels then need to move BFloat16 numbers and to convert them from and to Float32, nothing
  /// more. Conversions from Float32 to BFloat16 and back stay: they round.
  package func wideningArithmetic() -> Graph {
    guard holdsBFloat16 else { return self }
    var rewriter = WidenedArithmetic(self)
    return rewriter.rewritten()
  }

  private var holdsBFloat16: Bool {
    types.contains { $0.dtype == .bfloat16 }
      || nodes.contains { $0.primitive.rule.bodies.contains { $0.holdsBFloat16 } }
  }
}

private struct WidenedArithmetic {
  private let graph: Graph
  private var types: [TensorType]
  private var nodes: [Graph.Node] = []
  private var makers: [Graph.Value: Graph.Node] = [:]
  /// BFloat16 values in Float32.
  private var wide: [Graph.Value: Graph.Value] = [:]
  /// Inputs that are given in Float32, in BFloat16.
  private var narrow: [Graph.Value: Graph.Value] = [:]

  /// - Parameter widened: Inputs that are given in Float32, although the graph says BFloat16.
  init(_ graph: Graph, widened: [Graph.Value] = []) {
    self.graph = graph
    types = graph.types
    for input in widened {
      let type = types[input]
      types[input] = TensorType(.float32, type.shape)
      narrow[input] = added(.convert(.bfloat16), [input], type)
      wide[narrow[input] ?? input] = input
    }
  }

  mutating func rewritten() -> Graph {
    for node in graph.nodes {
      rewrite(
        Graph.Node(node.primitive, operands: node.operands.map(renamed), results: node.results))
    }
    return Graph(
      types: types, inputs: graph.inputs, resident: graph.resident, nodes: nodes,
      results: graph.results.map(renamed),
      updates: graph.updates.map {
        Graph.Update(resident: $0.resident, value: renamed($0.value))
      })
  }

  private func renamed(_ value: Graph.Value) -> Graph.Value { narrow[value] ?? value }

  private func isNarrow(_ value: Graph.Value) -> Bool { types[value].dtype == .bfloat16 }

  private mutating func append(_ node: Graph.Node) {
    for result in node.results { makers[result] = node }
    nodes.append(node)
  }

  /// The result of a new node.
  private mutating func added(
    _ primitive: Primitive, _ operands: [Graph.Value], _ type: TensorType
  ) -> Graph.Value {
    types.append(type)
    append(Graph.Node(primitive, operands: operands, results: [types.count - 1]))
    return types.count - 1
  }

  /// A value in Float32. What is only shown in another order is widened before: the order then
  /// costs nothing.
  private mutating func widened(_ value: Graph.Value) -> Graph.Value {
    guard isNarrow(value) else { return value }
    if let known = wide[value] { return known }
    let type = TensorType(.float32, types[value].shape)
    let made: Graph.Value
    if let maker = makers[value], maker.primitive.showsOperand {
      made = added(maker.primitive, [widened(maker.operands[0])], type)
    } else {
      made = added(.convert(.float32), [value], type)
    }
    wide[value] = made
    return made
  }

  private mutating func rewrite(_ node: Graph.Node) {
    switch node.primitive {
    case .scan(let loop): rewrite(loop, node)
    case .constant, .reshape, .transpose, .broadcast, .concatenate, .slice, .pad, .reverse, .gather,
      .barrier:
      append(node)
    case .convert(let target): rewriteConversion(to: target, node)
    default: compute(node)
    }
  }

  /// To and from BFloat16 the way leads through Float32.
  private mutating func rewriteConversion(to target: DType, _ node: Graph.Node) {
    let operand = node.operands[0]
    switch (types[operand].dtype, target) {
    case (.bfloat16, .bfloat16), (.float32, .bfloat16): append(node)
    case (.bfloat16, _):
      append(Graph.Node(node.primitive, operands: [widened(operand)], results: node.results))
    case (_, .bfloat16): compute(node)
    default: append(node)
    }
  }

  private mutating func compute(_ node: Graph.Node) {
    let operands = node.operands.map { widened($0) }
    let result = node.results[0]
    guard isNarrow(result) else {
      append(Graph.Node(node.primitive, operands: operands, results: node.results))
      return
    }
    let type = TensorType(.float32, types[result].shape)
    let primitive: Primitive =
      switch node.primitive {
      case .iota(let rule): .iota(Iota(type: type, axis: rule.axis))
      case .convert: .convert(.float32)
      default: node.primitive
      }
    let computed = added(primitive, operands, type)
    append(Graph.Node(.convert(.bfloat16), operands: [computed], results: [result]))
  }

  /// What all steps of a loop read is widened once, before the loop.
  private mutating func rewrite(_ loop: Scan, _ node: Graph.Node) {
    var operands = node.operands
    var widenedInputs: [Graph.Value] = []
    for place in (loop.carryCount + loop.sequenceCount)..<operands.count
    where isNarrow(operands[place]) {
      operands[place] = widened(operands[place])
      widenedInputs.append(loop.body.inputs[place])
    }
    var inside = WidenedArithmetic(loop.body, widened: widenedInputs)
    append(
      Graph.Node(
        .scan(loop.replacingBody(inside.rewritten())), operands: operands, results: node.results))
  }
}

extension Primitive {
  /// Whether the result shows the elements of the operand, which has no more of them.
  fileprivate var showsOperand: Bool {
    switch self {
    case .reshape, .transpose, .broadcast, .reverse: true
    default: false
    }
  }
}
