package import MoruGraph

extension Graph {
  /// The graph whose nodes read what barriers hold back: for use when the order of nodes is fixed.
  package func readingThroughBarriers() -> Graph {
    var sources = Array(types.indices)
    for node in nodes {
      if case .barrier = node.primitive { sources[node.results[0]] = sources[node.operands[0]] }
    }
    return Graph(
      types: types, inputs: inputs, resident: resident,
      nodes: nodes.map { node in
        Node(node.primitive, operands: node.operands.map { sources[$0] }, results: node.results)
      },
      results: results.map { sources[$0] },
      updates: updates.map { Update(resident: $0.resident, value: sources[$0.value]) })
  }
}
