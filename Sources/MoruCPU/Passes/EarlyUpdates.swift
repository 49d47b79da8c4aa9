package import MoruGraph

extension Graph {
  /// The graph with its nodes in an order that frees memory early: what replaces a resident value
  /// is computed as soon as the backward pass has come to where the value is read.
  ///
  /// As graphs are drawn, the first layer's weights come first, which takes the whole backward pass
  /// before any other weight's gradient: activations and cotangents of all layers would wait for
  /// theirs.
  package func updatingEarly() -> Graph {
    var order = DepthFirstOrder(of: self)
    for value in results { order.visit(value) }
    // What the results read is read by the forward pass, last layers last.
    var places: [Value: Int] = [:]
    for (place, node) in order.nodes.enumerated() {
      for operand in node.operands where places[operand] == nil { places[operand] = place }
    }
    let forward = updates.enumerated().compactMap { number, update in
      places[resident[update.resident]].map { (place: $0, number: number) }
    }
    for update in forward.sorted(by: { (-$0.place, $0.number) < (-$1.place, $1.number) }) {
      order.visit(updates[update.number].value)
    }
    for update in updates { order.visit(update.value) }
    return Graph(
      types: types, inputs: inputs, resident: resident, nodes: order.nodes, results: results,
      updates: updates)
  }
}

/// Nodes in the order in which some values need them, operands first.
private struct DepthFirstOrder {
  private(set) var nodes: [Graph.Node] = []
  private let graph: Graph
  private var makers: [Int?]
  private var isVisited: [Bool]

  init(of graph: Graph) {
    self.graph = graph
    makers = [Int?](repeating: nil, count: graph.types.count)
    isVisited = [Bool](repeating: false, count: graph.nodes.count)
    for (place, node) in graph.nodes.enumerated() {
      for result in node.results { makers[result] = place }
    }
  }

  /// Appends what `value` needs and is not there yet.
  mutating func visit(_ value: Graph.Value) {
    guard let maker = makers[value] else { return }
    var stack = [(node: maker, isExpanded: false)]
    while let (place, isExpanded) = stack.popLast() {
      if isExpanded {
        nodes.append(graph.nodes[place])
      } else if !isVisited[place] {
        isVisited[place] = true
        stack.append((place, true))
        for operand in graph.nodes[place].operands.reversed() {
          if let maker = makers[operand], !isVisited[maker] { stack.append((maker, false)) }
        }
      }
    }
  }
}
