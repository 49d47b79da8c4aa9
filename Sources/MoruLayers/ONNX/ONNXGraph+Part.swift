import MoruArchive

extension ONNXGraph {
  /// The part of the network that leads to one value, with the weights that it needs.
  ///
  /// - Parameter end: A value, or a node, whose first output is meant.
  /// - Parameter name: What the part is called.
  /// - Throws: `LayerError.unknownPath` with the nearest name.
  package func part(to end: String, named name: String) throws -> ONNXGraph {
    guard
      let value = body.nodes.first(where: { $0.outputs.contains(end) }).map({ _ in end })
        ?? body.nodes.first(where: { $0.name == end })?.outputs.first
    else {
      throw LayerError.unknownPath(
        end, of: "node or value",
        nearest: nearest(end, among: body.nodes.flatMap { [$0.name] + $0.outputs }))
    }
    var needed: Set<String> = [value]
    let nodes = body.nodes.reversed().filter { node in
      guard node.outputs.contains(where: needed.contains) else { return false }
      needed.formUnion(node.reads)
      return true
    }
    return ONNXGraph(
      ONNXBody(
        inputs: body.inputs, outputs: [value], nodes: nodes.reversed(),
        constants: body.constants.filter { needed.contains($0.key) }),
      operatorSet: operatorSet, weights: weights.filter { needed.contains($0.value) },
      channelsLast: channelsLast, isOneByOne: isOneByOne, name: name)
  }

  /// What the last product with weights is made of: the features that answers follow from. The output if
  /// something else is the last to have weights.
  package var features: String {
    let known = Set(weights.map(\.value))
    let last = body.nodes.indices.last { body.nodes[$0].reads.contains(where: known.contains) }
    guard var node = last.map({ body.nodes[$0] }) else { return body.outputs[0] }
    // A bias may be added by a node of its own.
    if node.op == "Add",
      let product = body.nodes.first(where: { !$0.outputs.isDisjoint(with: node.inputs) }),
      product.op == "MatMul", product.inputs.contains(where: known.contains)
    {
      node = product
    }
    guard ["Gemm", "MatMul"].contains(node.op), let first = node.inputs.first,
      !known.contains(first), body.nodes.contains(where: { $0.outputs.contains(first) })
    else { return body.outputs[0] }
    return first
  }
}

extension ONNXNode {
  /// The values that the node and graphs in it read.
  fileprivate var reads: [String] {
    inputs
      + attributes.values.flatMap { attribute -> [String] in
        guard case .graph(let body) = attribute else { return [] }
        return body.nodes.flatMap(\.reads) + body.outputs
      }
  }
}

extension [String] {
  fileprivate func isDisjoint(with others: [String]) -> Bool {
    !contains(where: others.contains)
  }
}
