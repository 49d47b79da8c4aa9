import MoruGraph

extension Graph {
  /// The graph without nodes whose results nobody reads.
  func removingDeadCode() -> Graph {
    var isRead = [Bool](repeating: false, count: types.count)
    for value in results + updates.map(\.value) { isRead[value] = true }
    var kept: [Node] = []
    for node in nodes.reversed() where node.results.contains(where: { isRead[$0] }) {
      for operand in node.operands { isRead[operand] = true }
      kept.append(node)
    }
    return Graph(
      types: types, inputs: inputs, resident: resident, nodes: kept.reversed(), results: results,
      updates: updates)
  }
}
