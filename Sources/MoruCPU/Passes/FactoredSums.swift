package import MoruGraph
import MoruTensors

extension Graph {
  /// The graph with `Σ (a · b + c)` computed as `b · Σ a + Σ c` where `b` is the same for all
  /// elements of a sum and itself the result of a reduction.
  ///
  /// The sums then need not wait for `b`: the gradient of batch normalisation reads its operands
  /// twice instead of three times.
  package func factoringSums() -> Graph {
    var factoring = FactoredSums(self)
    return factoring.rewritten()
  }
}

private struct FactoredSums {
  private let graph: Graph
  private var types: [TensorType]
  private var makers: [Graph.Value: Graph.Node] = [:]
  /// How many reductions come one after the other before a value is known.
  private var depths: [Int]

  init(_ graph: Graph) {
    self.graph = graph
    types = graph.types
    depths = [Int](repeating: 0, count: graph.types.count)
    for node in graph.nodes {
      var depth = node.operands.map { depths[$0] }.max() ?? 0
      if case .reduce = node.primitive { depth += 1 }
      for result in node.results {
        makers[result] = node
        depths[result] = depth
      }
    }
  }

  mutating func rewritten() -> Graph {
    var nodes: [Graph.Node] = []
    for node in graph.nodes {
      if case .reduce(let rule) = node.primitive, rule.kind == .sum,
        types[node.operands[0]].dtype.isFloating,
        let (sum, steps) = sum(node.operands[0], rule, depth: depths[node.operands[0]])
      {
        nodes += steps
        // The same value under the name that its readers know.
        nodes.append(
          Graph.Node(
            .reshape(types[node.results[0]].shape), operands: [sum], results: node.results))
      } else {
        nodes.append(node)
      }
    }
    return Graph(
      types: types, inputs: graph.inputs, resident: graph.resident, nodes: nodes,
      results: graph.results, updates: graph.updates)
  }

  /// The sum of a value in terms of sums that are known before `depth` reductions, and the nodes
  /// that compute it; nil if there is none.
  private mutating func sum(
    _ value: Graph.Value, _ rule: Reduce, depth: Int
  ) -> (Graph.Value, [Graph.Node])? {
    let node = makers[value]
    let operands = node?.operands ?? []
    switch node?.primitive {
    case .binary(.multiply):
      for (factor, other) in [(operands[0], operands[1]), (operands[1], operands[0])] {
        guard depths[factor] > 0, let (small, spreading) = unspread(factor, rule),
          let (rest, steps) = sum(other, rule, depth: depth)
        else { continue }
        let product = append(types[small])
        return (
          product,
          spreading + steps
            + [Graph.Node(.binary(.multiply), operands: [small, rest], results: [product])]
        )
      }
    case .binary(let operation) where operation == .add || operation == .subtract:
      guard depths[value] == depth, let (a, first) = sum(operands[0], rule, depth: depth),
        let (b, second) = sum(operands[1], rule, depth: depth)
      else { break }
      let total = append(types[a])
      return (
        total,
        first + second + [Graph.Node(.binary(operation), operands: [a, b], results: [total])]
      )
    case .unary(.negate):
      guard depths[value] == depth, let (a, steps) = sum(operands[0], rule, depth: depth) else {
        break
      }
      let total = append(types[a])
      return (total, steps + [Graph.Node(.unary(.negate), operands: [a], results: [total])])
    default: break
    }
    guard depths[value] < depth else { return nil }
    let shape = types[value].shape
    let kept = shape.indices.filter { !rule.axes.contains($0) }.map { shape[$0] }
    let total = append(TensorType(types[value].dtype, Shape(kept)))
    return (total, [Graph.Node(.reduce(rule), operands: [value], results: [total])])
  }

  /// A value that is the same along the axes of a sum, without these axes.
  private mutating func unspread(
    _ value: Graph.Value, _ rule: Reduce
  ) -> (Graph.Value, [Graph.Node])? {
    guard let node = makers[value], case .broadcast(let broadcast) = node.primitive else {
      return nil
    }
    let source = node.operands[0]
    let shape = types[source].shape
    var sizes: [Int] = []
    var axes: [Int] = []
    for (place, axis) in broadcast.axes.enumerated() {
      if rule.axes.contains(axis) {
        guard shape[place] == 1 else { return nil }
      } else {
        sizes.append(shape[place])
        axes.append(axis - rule.axes.filter { $0 < axis }.count)
      }
    }
    let target = broadcast.shape.indices.filter { !rule.axes.contains($0) }.map {
      broadcast.shape[$0]
    }
    let dtype = types[value].dtype
    let small = append(TensorType(dtype, Shape(sizes)))
    let spread = append(TensorType(dtype, Shape(target)))
    return (
      spread,
      [
        Graph.Node(.reshape(Shape(sizes)), operands: [source], results: [small]),
        Graph.Node(
          .broadcast(Broadcast(shape: Shape(target), axes: axes)), operands: [small],
          results: [spread]),
      ]
    )
  }

  private mutating func append(_ type: TensorType) -> Graph.Value {
    types.append(type)
    return types.count - 1
  }
}
