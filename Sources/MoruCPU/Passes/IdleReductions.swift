package import MoruGraph
import MoruTensors

extension Graph {
  /// The graph with reductions over axes of size 1 as reshapes, which move no data: a batch of one
  /// sample has many.
  package func droppingIdleReductions() -> Graph {
    let reduced = nodes.map { node in
      guard case .reduce(let rule) = node.primitive else { return node }
      let operand = types[node.operands[0]].shape
      let result = types[node.results[0]]
      guard rule.axes.allSatisfy({ operand[$0] == 1 }),
        types[node.operands[0]].dtype == result.dtype
      else { return node }
      return Node(.reshape(result.shape), operands: node.operands, results: node.results)
    }
    return Graph(
      types: types, inputs: inputs, resident: resident, nodes: reduced, results: results,
      updates: updates)
  }
}
