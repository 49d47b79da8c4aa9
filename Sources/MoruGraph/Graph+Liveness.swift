import MoruTensors

extension Graph {
  /// The nodes that some values need, in order, and which values are read by them or wanted.
  ///
  /// Loops are trimmed to the results that are read.
  public func live(for wanted: [Value]) -> (nodes: [Node], isRead: [Bool]) {
    var isRead = [Bool](repeating: false, count: types.count)
    for value in wanted { isRead[value] = true }
    var kept: [Node] = []
    for node in nodes.reversed() where node.results.contains(where: { isRead[$0] }) {
      let node = node.trimmed { isRead[$0] }
      for operand in node.operands { isRead[operand] = true }
      kept.append(node)
    }
    return (kept.reversed(), isRead)
  }

  /// The same graph with values numbered in the order in which they are made, so that graphs that
  /// compute the same in the same order are equal.
  public func renumbered() -> Graph {
    var numbers = [Value](repeating: 0, count: types.count)
    var made: [TensorType] = []
    for value in inputs + resident + nodes.flatMap(\.results) {
      numbers[value] = made.count
      made.append(types[value])
    }
    func renumbered(_ values: [Value]) -> [Value] { values.map { numbers[$0] } }
    return Graph(
      types: made, inputs: renumbered(inputs), resident: renumbered(resident),
      nodes: nodes.map {
        Node(
          $0.primitive, operands: renumbered($0.operands), results: renumbered($0.results))
      },
      results: renumbered(results),
      updates: updates.map { Update(resident: $0.resident, value: numbers[$0.value]) })
  }

  /// The same graph with every loop's body replaced.
  public func mappingBodies(_ transform: (Graph) -> Graph) -> Graph {
    let mapped = nodes.map { node in
      guard case .scan(let scan) = node.primitive else { return node }
      return Node(
        .scan(scan.replacingBody(transform(scan.body))), operands: node.operands,
        results: node.results)
    }
    return Graph(
      types: types, inputs: inputs, resident: resident, nodes: mapped, results: results,
      updates: updates)
  }
}

extension Graph.Node {
  /// The node, without results that nobody reads if it is a loop.
  fileprivate func trimmed(isRead: (Graph.Value) -> Bool) -> Graph.Node {
    guard case .scan(let scan) = primitive else { return self }
    let trimmed = scan.trimmed(toResults: results.map(isRead))
    return Graph.Node(
      .scan(trimmed.scan), operands: trimmed.operands.map { operands[$0] },
      results: trimmed.results.map { results[$0] })
  }
}
