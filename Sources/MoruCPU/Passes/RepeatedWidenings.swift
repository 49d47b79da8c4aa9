package import MoruGraph
import MoruTensors

extension Graph {
  /// The graph with BFloat16 values widened again where a later part of the graph multiplies by
  /// them, so that between the two passes of a training step only the narrow value waits.
  ///
  /// A product that reads a widened value and another one that follows from the first product's
  /// result lie far apart: the second one is the first one's gradient. A barrier holds its
  /// conversion back until its other operand is there.
  package func repeatingWidenings() -> Graph {
    let links = GraphLinks(self)
    var types = types
    /// What is inserted before a node.
    var insertions: [Int: [Node]] = [:]
    /// For each node the values that it reads instead of others.
    var substitutions: [Int: [Value: Value]] = [:]
    for node in nodes where isWidening(node) {
      let wide = node.results[0]
      let products = links.readers[wide].filter { nodes[$0].operands.count == 2 }
      guard let first = products.first else { continue }
      let following = following(first, links)
      let later = products.dropFirst().filter { index in
        nodes[index].operands.contains { $0 != wide && following.contains($0) }
      }
      guard let start = later.first, let other = nodes[start].operands.first(where: { $0 != wide })
      else { continue }
      let (held, again) = (types.count, types.count + 1)
      types += [types[node.operands[0]], types[wide]]
      insertions[start, default: []] += [
        Node(.barrier(Barrier()), operands: [node.operands[0], other], results: [held]),
        Node(node.primitive, operands: [held], results: [again]),
      ]
      for index in later { substitutions[index, default: [:]][wide] = again }
    }
    guard !insertions.isEmpty else { return self }
    return Graph(
      types: types, inputs: inputs, resident: resident,
      nodes: nodes.enumerated().flatMap { index, node in
        (insertions[index] ?? []) + [
          Node(
            node.primitive, operands: node.operands.map { substitutions[index]?[$0] ?? $0 },
            results: node.results)
        ]
      },
      results: results, updates: updates)
  }

  /// Smaller values stay in the first caches.
  private static var leastCount: Int { 16 * 1024 }

  private func isWidening(_ node: Node) -> Bool {
    guard case .convert(.float32) = node.primitive else { return false }
    let type = types[node.operands[0]]
    return type.dtype == .bfloat16 && type.shape.elementCount >= Graph.leastCount
  }

  /// The values that a node's results lead to.
  private func following(_ node: Int, _ links: GraphLinks) -> Set<Value> {
    var found = Set(nodes[node].results)
    var pending = nodes[node].results
    while let value = pending.popLast() {
      for reader in links.readers[value] {
        for result in nodes[reader].results where found.insert(result).inserted {
          pending.append(result)
        }
      }
    }
    return found
  }
}
