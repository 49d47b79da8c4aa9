package import MoruGraph

extension Graph {
  /// The graph in which gradients of `y = max(x, c)` ask whether `y > c`, which says the same as `x > c`,
  /// NaN included. A product `x` that nothing else reads is then activated before it is stored.
  package func comparingActivatedProducts() -> Graph {
    let links = GraphLinks(self)
    var nodes = nodes
    for (index, node) in self.nodes.enumerated() {
      guard case .binary(.maximum) = node.primitive, isProduct(node.operands[0], links),
        !links.isKept[node.operands[0]]
      else { continue }
      let comparisons = links.readers[node.operands[0]].filter { $0 != index }
      let areMasks = comparisons.allSatisfy { reader in
        guard case .compare(.greater) = self.nodes[reader].primitive else { return false }
        return reader > index && self.nodes[reader].operands == node.operands
      }
      guard areMasks else { continue }
      for reader in comparisons {
        nodes[reader] = Node(
          .compare(.greater), operands: [node.results[0], node.operands[1]],
          results: nodes[reader].results)
      }
    }
    return Graph(
      types: types, inputs: inputs, resident: resident, nodes: nodes, results: results,
      updates: updates)
  }

  /// Whether a value is a product, or the sum of one and something else.
  private func isProduct(_ value: Value, _ links: GraphLinks) -> Bool {
    guard let maker = links.maker(of: value) else { return false }
    switch maker.primitive {
    case .dot: return true
    case .binary(.add):
      return maker.operands.contains { operand in
        if case .dot = links.maker(of: operand)?.primitive { true } else { false }
      }
    default: return false
    }
  }
}
