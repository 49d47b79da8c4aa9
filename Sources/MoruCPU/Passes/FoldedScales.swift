package import MoruGraph
import MoruTensors

extension Graph {
  /// The graph with scales and shifts of a convolution's or product's features moved into its
  /// kernel: `conv(x, W) · s + t` becomes `conv(x, W · s) + t` where `W`, `s` and `t` are
  /// invariant. Batch normalization has this form once it is trained. Where the product is one of
  /// whole numbers, all scales become one and all shifts one.
  package func foldingScales(isInvariant: [Bool]) -> Graph {
    var rewriter = FoldedScales(self, isInvariant)
    return rewriter.rewritten()
  }
}

private struct FoldedScales {
  private let graph: Graph
  private let isInvariant: [Bool]
  private let links: GraphLinks
  private var types: [TensorType]
  private var nodes: [Graph.Node] = []

  /// A run of operations on a product's features; each has one feature vector, which is broadcast.
  private struct Chain {
    var steps: [(operation: Binary, vector: Graph.Value)] = []
    var members: Set<Int> = []
    var end: Graph.Value
  }

  init(_ graph: Graph, _ isInvariant: [Bool]) {
    self.graph = graph
    self.isInvariant = isInvariant
    links = GraphLinks(graph)
    types = graph.types
  }

  mutating func rewritten() -> Graph {
    var chains: [Int: Chain] = [:]
    var ends: [Int: Int] = [:]
    for (index, node) in graph.nodes.enumerated() {
      guard isScalable(node), let chain = chain(behind: node.results[0]) else { continue }
      chains[index] = chain
      for member in chain.members { ends[member] = index }
      // The product moves to the chain's last operation, where all vectors are known.
      if let last = chain.members.max() { ends[last] = index }
    }
    guard !chains.isEmpty else { return graph }
    for (index, node) in graph.nodes.enumerated() {
      if chains[index] != nil { continue }
      guard let product = ends[index], let chain = chains[product] else {
        nodes.append(node)
        continue
      }
      if chain.members.max() == index { fold(graph.nodes[product], chain) }
    }
    return Graph(
      types: types, inputs: graph.inputs, resident: graph.resident, nodes: nodes,
      results: graph.results, updates: graph.updates)
  }

  /// Whether a node is a product with an invariant kernel whose last axis is the features, or makes
  /// Float32 of one of whole numbers.
  private func isScalable(_ node: Graph.Node) -> Bool {
    if case .convert(.float32) = node.primitive, let sum = links.maker(of: node.operands[0]) {
      return types[sum.results[0]].dtype == .int32 && !isInvariant[node.results[0]]
        && (sum.isConvolution || sum.isDot)
    }
    guard node.operands.count == 2, isInvariant[node.operands[1]],
      !isInvariant[node.operands[0]], types[node.results[0]].dtype.isFloating
    else { return false }
    switch node.primitive {
    case .convolution: return true
    case .dot(let rule):
      return rule.rightBatch.isEmpty && types[node.operands[1]].rank == 2
        && rule.rightContracting == [0]
    default: return false
    }
  }

  /// The additions and multiplications that follow a product, if a multiplication is among them.
  private func chain(behind product: Graph.Value) -> Chain? {
    var chain = Chain(end: product)
    while let index = links.onlyReader(of: chain.end),
      case .binary(let operation) = graph.nodes[index].primitive,
      let step = step(operation, graph.nodes[index], on: chain.end)
    {
      chain.steps.append(step)
      chain.members.insert(index)
      chain.end = graph.nodes[index].results[0]
    }
    let scales = chain.steps.filter { $0.operation == .multiply || $0.operation == .divide }
    // The first one of a product of whole numbers stays where it is.
    let isWhole = links.maker(of: product).map { $0.operands.count == 1 } ?? false
    return scales.count > (isWhole ? 1 : 0) ? chain : nil
  }

  private func step(
    _ operation: Binary, _ node: Graph.Node, on value: Graph.Value
  ) -> (operation: Binary, vector: Graph.Value)? {
    let isLeft = node.operands[0] == value
    let other = node.operands[isLeft ? 1 : 0]
    guard other != value, isInvariant[other], let vector = links.featureVector(other) else {
      return nil
    }
    switch operation {
    case .add, .multiply: return (operation, vector)
    case .subtract, .divide: return isLeft ? (operation, vector) : nil
    default: return nil
    }
  }

  // MARK: - Rewriting

  private mutating func fold(_ product: Graph.Node, _ chain: Chain) {
    let type = types[chain.end]
    let features = TensorType(type.dtype, [type.shape.last ?? 1])
    var scale: Graph.Value?
    var shift: Graph.Value?
    for (operation, vector) in chain.steps {
      let vector = spread(vector, features)
      switch operation {
      case .add, .subtract:
        shift =
          shift.map { apply(.binary(operation), [$0, vector], features) }
          ?? (operation == .add ? vector : apply(.unary(.negate), [vector], features))
      default:
        scale =
          scale.map { apply(.binary(operation), [$0, vector], features) }
          ?? (operation == .multiply ? vector : reciprocal(vector, features))
        shift = shift.map { apply(.binary(operation), [$0, vector], features) }
      }
    }
    guard let scale else { return }
    let last: Graph.Node
    if product.operands.count == 1 {
      let sum = apply(product.primitive, product.operands, type)
      last = Graph.Node(
        .binary(.multiply), operands: [sum, spreadOver(type, scale)], results: [chain.end])
    } else {
      let (kernel, kernelType) = (product.operands[1], types[product.operands[1]])
      let scaled = apply(
        .binary(.multiply), [kernel, spreadOver(kernelType, scale)], kernelType)
      last = Graph.Node(
        product.primitive, operands: [product.operands[0], scaled], results: [chain.end])
    }
    guard let shift else { return nodes.append(last) }
    let result = apply(last.primitive, last.operands, type)
    nodes.append(
      Graph.Node(
        .binary(.add), operands: [result, spreadOver(type, shift)], results: [chain.end]))
  }

  /// A feature vector repeated along all other axes.
  private mutating func spreadOver(_ type: TensorType, _ vector: Graph.Value) -> Graph.Value {
    apply(.broadcast(Broadcast(shape: type.shape, axes: [type.rank - 1])), [vector], type)
  }

  private mutating func apply(
    _ primitive: Primitive, _ operands: [Graph.Value], _ type: TensorType
  ) -> Graph.Value {
    types.append(type)
    nodes.append(Graph.Node(primitive, operands: operands, results: [types.count - 1]))
    return types.count - 1
  }

  /// A feature vector or scalar of whatever rank, with one element for each feature.
  private mutating func spread(_ value: Graph.Value, _ features: TensorType) -> Graph.Value {
    if types[value] == features { return value }
    if types[value].shape.elementCount == 1 {
      let scalar = types[value].rank == 0 ? value : reshaped(value, [])
      return apply(.broadcast(Broadcast(shape: features.shape, axes: [])), [scalar], features)
    }
    return reshaped(value, features.shape)
  }

  private mutating func reshaped(_ value: Graph.Value, _ shape: Shape) -> Graph.Value {
    apply(.reshape(shape), [value], TensorType(types[value].dtype, shape))
  }

  private mutating func reciprocal(_ value: Graph.Value, _ features: TensorType) -> Graph.Value {
    let one = apply(
      .constant(features.dtype == .float64 ? HostTensor(1.0) : HostTensor(Float(1))), [],
      TensorType(features.dtype, []))
    let ones = apply(.broadcast(Broadcast(shape: features.shape, axes: [])), [one], features)
    return apply(.binary(.divide), [ones, value], features)
  }
}

extension Graph.Node {
  fileprivate var isConvolution: Bool {
    if case .convolution = primitive { true } else { false }
  }

  fileprivate var isDot: Bool {
    if case .dot = primitive { true } else { false }
  }
}
