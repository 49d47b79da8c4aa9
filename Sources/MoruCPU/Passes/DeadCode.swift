package import MoruGraph

extension Graph {
  /// The graph without nodes, and parts of loops, whose results nobody reads.
  package func removingDeadCode() -> Graph {
    Graph(
      types: types, inputs: inputs, resident: resident,
      nodes: live(for: results + updates.map(\.value)).nodes, results: results, updates: updates)
  }
}
