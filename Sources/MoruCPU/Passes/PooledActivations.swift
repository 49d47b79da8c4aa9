package import MoruGraph
import MoruTensors

extension Graph {
  /// The graph with `maxPool(max(x, c))` computed as `max(maxPool(x), c)` for a constant `c`, which
  /// activates and masks fewer elements.
  ///
  /// The two are equal, NaN included. In the gradient, which goes to the places where `x > c`, the
  /// greatest element of a window is the same one before and after the activation, or it is not
  /// greater than `c` and its gradient is zero either way.
  package func activatingAfterPooling() -> Graph {
    var rewriter = PooledActivations(self)
    return rewriter.rewritten()
  }
}

private struct PooledActivations {
  private let graph: Graph
  private var makers: [Graph.Value: Graph.Node] = [:]
  private var readers: [Graph.Value: [Graph.Node]] = [:]
  private var positions: [Graph.Value: Int] = [:]
  private var isResult: Set<Graph.Value>
  private var types: [TensorType]

  /// `maximum(x, floor)` with everything that reads it.
  private struct Match {
    var x: Graph.Value
    var floor: Graph.Value
    var pool: Graph.Node
    var rule: MaxPool
    /// Gradients of the pool, and the selections that mask them.
    var masks: [(gradient: Graph.Node, select: Graph.Node)]
  }

  init(_ graph: Graph) {
    self.graph = graph
    types = graph.types
    isResult = Set(graph.results + graph.updates.map(\.value))
    for (position, node) in graph.nodes.enumerated() {
      for result in node.results {
        makers[result] = node
        positions[result] = position
      }
      for operand in Set(node.operands) { readers[operand, default: []].append(node) }
    }
  }

  mutating func rewritten() -> Graph {
    var replacements: [Graph.Value: [Graph.Node]] = [:]
    for node in graph.nodes {
      guard let match = match(node) else { continue }
      let pooled = value(types[match.pool.results[0]])
      let low = value(types[pooled])
      let scalar = scalarOf(match.floor)
      let spread = Broadcast(shape: types[pooled].shape, axes: [])
      replacements[match.pool.results[0]] = [
        Graph.Node(.maxPool(match.rule), operands: [match.x], results: [pooled]),
        Graph.Node(.broadcast(spread), operands: [scalar], results: [low]),
        Graph.Node(.binary(.maximum), operands: [pooled, low], results: match.pool.results),
      ]
      for (gradient, select) in match.masks {
        let isActive = value(TensorType(.bool, types[pooled].shape))
        let zero = value(types[pooled])
        let masked = value(types[pooled])
        let zeroScalar = scalarOf(select.operands[2])
        replacements[select.results[0]] = [
          Graph.Node(.compare(.greater), operands: [pooled, low], results: [isActive]),
          Graph.Node(.broadcast(spread), operands: [zeroScalar], results: [zero]),
          Graph.Node(
            .select, operands: [isActive, gradient.operands[1], zero], results: [masked]),
          Graph.Node(
            gradient.primitive, operands: [match.x, masked], results: select.results),
        ]
      }
    }
    guard !replacements.isEmpty else { return graph }
    return Graph(
      types: types, inputs: graph.inputs, resident: graph.resident,
      nodes: graph.nodes.flatMap { replacements[$0.results[0]] ?? [$0] },
      results: graph.results, updates: graph.updates)
  }

  private mutating func value(_ type: TensorType) -> Graph.Value {
    types.append(type)
    return types.count - 1
  }

  private func match(_ node: Graph.Node) -> Match? {
    guard case .binary(.maximum) = node.primitive, !isResult.contains(node.results[0]),
      isSpreadScalar(node.operands[1]), !isSpreadScalar(node.operands[0])
    else { return nil }
    let (x, floor) = (node.operands[0], node.operands[1])
    var pool: (node: Graph.Node, rule: MaxPool)?
    var masks: [(gradient: Graph.Node, select: Graph.Node)] = []
    for reader in readers[node.results[0]] ?? [] {
      switch reader.primitive {
      case .maxPool(let rule):
        guard pool == nil else { return nil }
        pool = (reader, rule)
      case .maxPoolGradient:
        guard reader.operands[0] == node.results[0], reader.operands[1] != node.results[0],
          let select = mask(of: reader, x, floor)
        else { return nil }
        masks.append((reader, select))
      default: return nil
      }
    }
    guard let pool else { return nil }
    // Masks are made of the pooled elements, so they must come later.
    let place = positions[pool.node.results[0]] ?? 0
    let fits = masks.allSatisfy { gradient, select in
      guard case .maxPoolGradient(let rule) = gradient.primitive else { return false }
      return rule.window == pool.rule.window && (positions[select.results[0]] ?? 0) > place
    }
    guard fits else { return nil }
    return Match(x: x, floor: floor, pool: pool.node, rule: pool.rule, masks: masks)
  }

  /// The selection `select(x > floor, gradient, 0)` if nothing else reads the gradient.
  private func mask(
    of gradient: Graph.Node, _ x: Graph.Value, _ floor: Graph.Value
  ) -> Graph.Node? {
    let value = gradient.results[0]
    guard !isResult.contains(value), let users = readers[value], users.count == 1,
      let select = users.first, case .select = select.primitive, select.operands[1] == value,
      select.operands[2] != value, isZero(select.operands[2]),
      let condition = makers[select.operands[0]], case .compare(.greater) = condition.primitive,
      condition.operands == [x, floor]
    else { return nil }
    return select
  }

  private func isSpreadScalar(_ value: Graph.Value) -> Bool {
    guard let maker = makers[value], case .broadcast = maker.primitive,
      types[maker.operands[0]].rank == 0, let source = makers[maker.operands[0]],
      case .constant = source.primitive
    else { return false }
    return true
  }

  private func scalarOf(_ value: Graph.Value) -> Graph.Value {
    makers[value]?.operands[0] ?? value
  }

  private func isZero(_ value: Graph.Value) -> Bool {
    guard isSpreadScalar(value), let source = makers[scalarOf(value)],
      case .constant(let tensor) = source.primitive
    else { return false }
    return tensor == HostTensor.zeros([], dtype: tensor.dtype)
  }
}
