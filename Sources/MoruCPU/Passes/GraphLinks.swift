import MoruGraph
import MoruTensors

/// Who makes and who reads each value of a graph.
struct GraphLinks {
  /// For each value the node that makes it; nil for inputs and resident values.
  let makers: [Int?]
  /// For each value the nodes that read it, each once.
  let readers: [[Int]]
  /// Whether a value is a result of the graph or replaces a resident value.
  let isKept: [Bool]
  private let graph: Graph

  init(_ graph: Graph) {
    self.graph = graph
    var makers = [Int?](repeating: nil, count: graph.types.count)
    var readers = [[Int]](repeating: [], count: graph.types.count)
    var isKept = [Bool](repeating: false, count: graph.types.count)
    for (index, node) in graph.nodes.enumerated() {
      for result in node.results { makers[result] = index }
      for operand in node.operands where readers[operand].last != index {
        readers[operand].append(index)
      }
    }
    for value in graph.results + graph.updates.map(\.value) { isKept[value] = true }
    self.makers = makers
    self.readers = readers
    self.isKept = isKept
  }

  func maker(of value: Graph.Value) -> Graph.Node? { makers[value].map { graph.nodes[$0] } }

  /// The node that alone reads a value, if the value is not kept.
  func onlyReader(of value: Graph.Value) -> Int? {
    isKept[value] || readers[value].count != 1 ? nil : readers[value][0]
  }

  /// The multiplication that alone reads a value, with what it multiplies it by.
  func multiplication(of value: Graph.Value) -> (node: Int, other: Graph.Value)? {
    guard let index = onlyReader(of: value),
      case .binary(.multiply) = graph.nodes[index].primitive
    else { return nil }
    let operands = graph.nodes[index].operands
    let other = operands[0] == value ? operands[1] : operands[0]
    return other == value ? nil : (index, other)
  }

  /// The number that a value has in all its elements, if it is a constant.
  func constantScalar(_ value: Graph.Value) -> HostTensor? {
    guard let node = maker(of: value) else { return nil }
    switch node.primitive {
    case .constant(let tensor): return tensor.shape.elementCount == 1 ? tensor : nil
    case .broadcast, .reshape: return constantScalar(node.operands[0])
    default: return nil
    }
  }

  /// What a value repeats along all axes but the last one: a vector with an element for each
  /// feature, under whatever shape, or a scalar.
  func featureVector(_ value: Graph.Value) -> Graph.Value? {
    guard let node = maker(of: value), case .broadcast(let rule) = node.primitive else {
      return nil
    }
    var source = node.operands[0]
    let shape = graph.types[source].shape
    let features = rule.shape.last ?? 0
    let isVector =
      shape.elementCount == features && shape.last == features
      && rule.axes.last == rule.shape.rank - 1
    guard isVector || shape.elementCount == 1 else { return nil }
    // Reshapes that only add axes of size 1 show the same vector.
    while let maker = maker(of: source), case .reshape = maker.primitive {
      source = maker.operands[0]
    }
    return source
  }
}
