package import MoruGraph
import MoruTensors

extension Graph {
  /// The graph with equal things written in one way, so that later passes find them: no operation
  /// that gives back its operand, chains of reshapes, transposes and broadcasts as one, constants on
  /// the right of what commutes, squares as products.
  ///
  /// Results keep their bits, except that squares lose the rounding of a logarithm. `x + 0` stays:
  /// it makes −0 to 0.
  package func canonical() -> Graph {
    var rewriter = Canonical(self)
    return rewriter.rewritten()
  }
}

private struct Canonical {
  private let graph: Graph
  private var makers: [Graph.Value: Graph.Node] = [:]
  /// What stands for each value.
  private var representatives: [Graph.Value]

  init(_ graph: Graph) {
    self.graph = graph
    representatives = Array(graph.types.indices)
  }

  mutating func rewritten() -> Graph {
    var nodes: [Graph.Node] = []
    for node in graph.nodes {
      var node = Graph.Node(
        node.primitive, operands: node.operands.map { representatives[$0] }, results: node.results)
      if node.results.count == 1 {
        node = simpler(node)
        if let same = operandGivenBack(by: node) {
          representatives[node.results[0]] = same
          continue
        }
      }
      for result in node.results { makers[result] = node }
      nodes.append(node)
    }
    return Graph(
      types: graph.types, inputs: graph.inputs, resident: graph.resident, nodes: nodes,
      results: graph.results.map { representatives[$0] },
      updates: graph.updates.map {
        Graph.Update(resident: $0.resident, value: representatives[$0.value])
      }
    ).removingDeadCode()
  }

  // MARK: - Operations that do nothing

  /// The operand that a node's result is equal to, if there is one.
  private func operandGivenBack(by node: Graph.Node) -> Graph.Value? {
    guard let first = node.operands.first, !isConstant(node) else { return nil }
    let (type, operand) = (graph.types[node.results[0]], graph.types[first])
    switch node.primitive {
    case .unary(let operation) where [.negate, .not].contains(operation):
      guard let inner = makers[first], inner.primitive == node.primitive else { return nil }
      return inner.operands[0]
    case .binary(let operation): return operandGivenBack(by: operation, node.operands)
    case .select: return node.operands[1] == node.operands[2] ? node.operands[1] : nil
    case .convert where type != operand: return widened(first, from: type)
    case .convert, .reshape, .broadcast, .concatenate:
      return node.operands.count == 1 && type == operand ? first : nil
    case .transpose(let rule):
      return rule.permutation == Array(rule.permutation.indices) ? first : nil
    case .slice(let rule):
      return type == operand && rule.strides.allSatisfy { $0 == 1 } ? first : nil
    case .pad(let rule):
      return (rule.low + rule.high + rule.interior).allSatisfy { $0 == 0 } ? first : nil
    case .reverse(let rule):
      return rule.axes.allSatisfy { operand.shape[$0] <= 1 } ? first : nil
    default: return nil
    }
  }

  /// The value of a narrower floating-point type that was widened to `value`: converted back, it is
  /// the same. The other way round, numbers are rounded.
  private func widened(_ value: Graph.Value, from type: TensorType) -> Graph.Value? {
    guard let inner = makers[value], case .convert(let wide) = inner.primitive,
      type.dtype.isFloating, wide.isFloating, type.dtype.byteCount < wide.byteCount,
      graph.types[inner.operands[0]] == type
    else { return nil }
    return inner.operands[0]
  }

  private func operandGivenBack(by operation: Binary, _ operands: [Graph.Value]) -> Graph.Value? {
    let (left, right) = (operands[0], operands[1])
    switch operation {
    case .multiply, .divide, .power: return number(right) == 1 ? left : nil
    case .subtract: return number(right) == 0 ? left : nil
    case .maximum, .minimum, .and, .or: return left == right ? left : nil
    default: return nil
    }
  }

  // MARK: - Other forms

  private func simpler(_ node: Graph.Node) -> Graph.Node {
    switch node.primitive {
    case .binary(.power): return product(for: node)
    case .binary(let operation): return commuted(node, operation)
    case .reshape, .transpose, .broadcast: return joined(node)
    default: return node
    }
  }

  private func product(for node: Graph.Node) -> Graph.Node {
    guard number(node.operands[1]) == 2 else { return node }
    return Graph.Node(
      .binary(.multiply), operands: [node.operands[0], node.operands[0]], results: node.results)
  }

  private func commuted(_ node: Graph.Node, _ operation: Binary) -> Graph.Node {
    guard [.add, .multiply, .maximum, .minimum, .and, .or].contains(operation),
      number(node.operands[0]) != nil, number(node.operands[1]) == nil
    else { return node }
    return Graph.Node(node.primitive, operands: node.operands.reversed(), results: node.results)
  }

  /// A movement of another movement of the same kind as one.
  private func joined(_ node: Graph.Node) -> Graph.Node {
    guard let inner = makers[node.operands[0]] else { return node }
    let primitive: Primitive
    switch (node.primitive, inner.primitive) {
    case (.reshape, .reshape): primitive = node.primitive
    case (.transpose(let outer), .transpose(let first)):
      let permutation = outer.permutation.map { first.permutation[$0] }
      primitive = .transpose(Transpose(permutation: permutation))
    case (.broadcast(let outer), .broadcast(let first)):
      primitive = .broadcast(
        Broadcast(shape: outer.shape, axes: first.axes.map { outer.axes[$0] }))
    default: return node
    }
    return Graph.Node(primitive, operands: inner.operands, results: node.results)
  }

  // MARK: - Constants

  private func isConstant(_ node: Graph.Node) -> Bool {
    if case .constant = node.primitive { true } else { false }
  }

  /// The number that all elements of a value are, if it is a constant.
  private func number(_ value: Graph.Value) -> Double? {
    guard let node = makers[value] else { return nil }
    switch node.primitive {
    case .constant(let tensor):
      guard tensor.shape.elementCount == 1, tensor.dtype != .bool else { return nil }
      return try? tensor.converted(to: .float64).array(of: Double.self).first
    case .broadcast, .reshape: return number(node.operands[0])
    default: return nil
    }
  }
}
