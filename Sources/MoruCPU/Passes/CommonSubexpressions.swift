package import MoruGraph
import MoruTensors

extension Graph {
  /// The graph with each computation done once: nodes of one primitive and the same operands become
  /// one, in whatever order a sum or a product has them.
  package func sharingCommonSubexpressions() -> Graph {
    struct Key: Hashable {
      let primitive: Primitive
      let operands: [Value]

      func hash(into hasher: inout Hasher) {
        hasher.combine(operands)
        // Constants may be large: those of one type fall together and are told apart by comparison.
        if case .constant(let value) = primitive {
          hasher.combine(value.type)
          value.withUnsafeBytes { hasher.combine(bytes: .init(rebasing: $0.prefix(64))) }
        } else {
          hasher.combine(primitive)
        }
      }
    }
    var representatives = Array(types.indices)
    var known: [Key: [Value]] = [:]
    var kept: [Node] = []
    for node in nodes {
      let operands = node.operands.map { representatives[$0] }
      let isOrdered = node.primitive != .binary(.add) && node.primitive != .binary(.multiply)
      let key = Key(primitive: node.primitive, operands: isOrdered ? operands : operands.sorted())
      if let earlier = known[key] {
        for (result, value) in zip(node.results, earlier) { representatives[result] = value }
      } else {
        known[key] = node.results
        kept.append(Node(node.primitive, operands: operands, results: node.results))
      }
    }
    return Graph(
      types: types, inputs: inputs, resident: resident, nodes: kept,
      results: results.map { representatives[$0] },
      updates: updates.map { Update(resident: $0.resident, value: representatives[$0.value]) })
  }
}
