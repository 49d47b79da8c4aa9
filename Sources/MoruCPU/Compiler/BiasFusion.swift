import MoruGraph
import MoruTensors

/// Additions of a vector to the last axis of a product or convolution that oneDNN can do while it
/// stores the result.
struct BiasFusion {
  /// What a fused node computes.
  struct Entry {
    /// The addition.
    let node: Int
    /// The sum, which takes the place of the node's own result.
    let sum: Graph.Value
    /// The vector.
    let bias: Graph.Value
  }

  /// For the results of products and convolutions the sum that they are part of.
  private(set) var entries: [Graph.Value: Entry] = [:]
  /// The additions that disappear, and the products they are part of.
  private(set) var absorbed: [Int: Graph.Value] = [:]

  init(_ graph: Graph, isConstant: [Bool]) {
    var readers = [Int](repeating: 0, count: graph.types.count)
    var makers: [Graph.Value: Graph.Node] = [:]
    var position: [Graph.Value: Int] = [:]
    for (index, node) in graph.nodes.enumerated() {
      for operand in node.operands { readers[operand] += 1 }
      for result in node.results {
        makers[result] = node
        position[result] = index
      }
    }
    for value in graph.results + graph.updates.map(\.value) { readers[value] += 1 }
    for (index, node) in graph.nodes.enumerated() {
      guard case .binary(.add) = node.primitive else { continue }
      for (product, addend) in [(0, 1), (1, 0)] {
        let value = node.operands[product]
        guard readers[value] == 1, let maker = makers[value], BiasFusion.isProduct(maker, graph),
          let spread = makers[node.operands[addend]],
          let bias = BiasFusion.vector(spread, makers, graph),
          // The vector must be known when the product is computed.
          (position[bias] ?? -1) < (position[value] ?? 0),
          isConstant[value] == isConstant[node.results[0]]
        else { continue }
        entries[value] = Entry(node: index, sum: node.results[0], bias: bias)
        absorbed[index] = value
        break
      }
    }
  }

  private static func isProduct(_ node: Graph.Node, _ graph: Graph) -> Bool {
    let type = graph.types[node.results[0]]
    guard type.dtype == .float32, type.shape.elementCount > 0 else { return false }
    switch node.primitive {
    case .dot(let rule):
      let columns = rule.rightFree(rank: graph.types[node.operands[1]].rank).count
      return rule.leftBatch.isEmpty && columns == 1
        && graph.types[node.operands[0]].shape.elementCount > 0
    case .convolution: return true
    default: return false
    }
  }

  /// The vector that a broadcast repeats along all axes but the last one.
  private static func vector(
    _ node: Graph.Node, _ makers: [Graph.Value: Graph.Node], _ graph: Graph
  ) -> Graph.Value? {
    guard case .broadcast(let rule) = node.primitive else { return nil }
    var value = node.operands[0]
    let features = rule.shape.last ?? 0
    let shape = graph.types[value].shape
    guard shape.elementCount == features, shape.last == features,
      rule.axes.last == rule.shape.rank - 1
    else { return nil }
    // Reshapes that only add axes of size 1 show the same vector.
    while let maker = makers[value], case .reshape = maker.primitive { value = maker.operands[0] }
    return value
  }
}
