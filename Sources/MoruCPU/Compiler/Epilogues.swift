import MoruGraph
import MoruTensors

/// What products and convolutions do with each element of their result before it is stored: add a
/// bias, add a residual, apply an activation.
struct Epilogues {
  /// The operations that follow a product.
  struct Entry {
    /// The nodes that the product does, in order.
    var nodes: [Int] = []
    /// What is stored in the end.
    var result: Graph.Value
    /// A vector with one element for each feature.
    var bias: Graph.Value?
    /// A tensor of the result's shape.
    var residual: Graph.Value?
    var activation: Activation?
    /// Whether an own kernel for separable convolutions computes it.
    var isSeparable = false
    /// Whether its activation lets NaN through, as own kernels do.
    var keepsNaN = false
  }

  /// A function that convolutions with invariant kernels apply to their results.
  ///
  /// oneDNN's maximum loses NaN, so a program with one falls back to separate steps when it is given
  /// something that is not finite.
  enum Activation: Equatable {
    case relu
    case clip(low: Float, high: Float)
    case swish
  }

  /// The epilogue of each product that has one, by the product's own result.
  private(set) var entries: [Graph.Value: Entry] = [:]
  /// Nodes that products do.
  private(set) var absorbed: Set<Int> = []

  /// - Parameter activations: Whether convolutions may apply activations in a way that loses NaN.
  init(_ graph: Graph, isInvariant: [Bool], activations: Bool) {
    let finder = EpilogueFinder(graph, isInvariant, activations)
    for (index, node) in graph.nodes.enumerated() {
      guard let entry = finder.entry(for: index, node),
        absorbed.isDisjoint(with: entry.nodes)
      else { continue }
      entries[node.results[0]] = entry
      absorbed.formUnion(entry.nodes)
    }
  }
}

private struct EpilogueFinder {
  private let graph: Graph
  private let isInvariant: [Bool]
  private let activations: Bool
  private let links: GraphLinks

  init(_ graph: Graph, _ isInvariant: [Bool], _ activations: Bool) {
    self.graph = graph
    self.isInvariant = isInvariant
    self.activations = activations
    links = GraphLinks(graph)
  }

  func entry(for index: Int, _ node: Graph.Node) -> Epilogues.Entry? {
    guard let ability = ability(of: node) else { return nil }
    var entry = Epilogues.Entry(result: node.results[0])
    appendBias(to: &entry, of: index)
    if ability.adds { appendResidual(to: &entry, of: index) }
    if let kind = ability.separableKind {
      entry.isSeparable =
        (entry.bias.map { isInvariant[$0] } ?? true)
        && (entry.residual == nil || kind == .pointwise)
    }
    entry.keepsNaN = ability.isTiled || entry.isSeparable
    if ability.activates && (activations || entry.keepsNaN) {
      appendActivation(to: &entry)
    }
    return entry.nodes.isEmpty ? nil : entry
  }

  private struct Ability {
    var adds = false
    var activates = false
    var isTiled = false
    var separableKind: SeparableConvolutions.Kind?
  }

  private func ability(of node: Graph.Node) -> Ability? {
    let type = graph.types[node.results[0]]
    guard type.dtype == .float32, type.shape.elementCount > 0 else { return nil }
    switch node.primitive {
    case .dot(let rule):
      let columns = rule.rightFree(rank: graph.types[node.operands[1]].rank).count
      let isProduct =
        rule.leftBatch.isEmpty && columns == 1
        && graph.types[node.operands[0]].shape.elementCount > 0
      return isProduct ? Ability() : nil
    case .convolution(let rule):
      let shape = ConvolutionShape(rule, node, graph)
      let isInvariant = isInvariant[node.operands[1]]
      return Ability(
        adds: true, activates: isInvariant,
        isTiled: ConvolutionAlgorithm.choice(shape) != .direct,
        separableKind: isInvariant ? SeparableConvolutions.Kind(shape) : nil)
    default: return nil
    }
  }

  /// The addition that alone reads a value, with what it adds.
  private func addition(to value: Graph.Value) -> (node: Int, other: Graph.Value)? {
    guard let index = links.onlyReader(of: value),
      case .binary(.add) = graph.nodes[index].primitive
    else { return nil }
    let operands = graph.nodes[index].operands
    let other = operands[0] == value ? operands[1] : operands[0]
    let isSameKind = isInvariant[value] == isInvariant[graph.nodes[index].results[0]]
    return other != value && isSameKind ? (index, other) : nil
  }

  /// Whether a value can be computed before a node, wherever the graph has it.
  private func isKnown(_ value: Graph.Value, before node: Int) -> Bool {
    var pending = [value]
    var seen: Set<Int> = []
    while let next = pending.popLast() {
      // Operands come first: what is made before the node does not depend on it.
      guard let maker = links.makers[next], maker >= node else { continue }
      if maker == node { return false }
      if seen.insert(maker).inserted { pending += graph.nodes[maker].operands }
    }
    return true
  }

  private func appendBias(to entry: inout Epilogues.Entry, of product: Int) {
    guard let (index, other) = addition(to: entry.result),
      let vector = links.featureVector(other), isKnown(vector, before: product),
      graph.types[vector].shape.elementCount == graph.types[entry.result].shape.last
    else { return }
    entry.bias = vector
    entry.nodes.append(index)
    entry.result = graph.nodes[index].results[0]
  }

  private func appendResidual(to entry: inout Epilogues.Entry, of product: Int) {
    guard let (index, other) = addition(to: entry.result), isKnown(other, before: product),
      links.maker(of: other)?.isBroadcast != true
    else { return }
    entry.residual = other
    entry.nodes.append(index)
    entry.result = graph.nodes[index].results[0]
  }

  private func appendActivation(to entry: inout Epilogues.Entry) {
    guard let (nodes, activation) = clip(of: entry.result) ?? swish(of: entry.result) else {
      return
    }
    entry.activation = activation
    entry.nodes += nodes
    entry.result = graph.nodes[nodes[nodes.count - 1]].results[0]
  }

  /// `maximum(x, low)`, perhaps with `minimum(…, high)` around it.
  private func clip(of value: Graph.Value) -> (nodes: [Int], activation: Epilogues.Activation)? {
    guard let (index, low) = bound(of: value, .maximum) else { return nil }
    if let (outer, high) = bound(of: graph.nodes[index].results[0], .minimum), low <= high {
      return ([index, outer], .clip(low: low, high: high))
    }
    return low == 0 ? ([index], .relu) : nil
  }

  private func bound(of value: Graph.Value, _ operation: Binary) -> (node: Int, bound: Float)? {
    guard let index = links.onlyReader(of: value),
      case .binary(operation) = graph.nodes[index].primitive,
      graph.nodes[index].operands[0] == value,
      let bound = links.constantScalar(graph.nodes[index].operands[1]),
      case .float32(let numbers) = bound.values, let number = numbers.first
    else { return nil }
    return (index, number)
  }

  /// `x · logistic(x)`.
  private func swish(of value: Graph.Value) -> (nodes: [Int], activation: Epilogues.Activation)? {
    guard !links.isKept[value], links.readers[value].count == 2 else { return nil }
    let (first, second) = (links.readers[value][0], links.readers[value][1])
    guard case .unary(.logistic) = graph.nodes[first].primitive,
      case .binary(.multiply) = graph.nodes[second].primitive,
      links.onlyReader(of: graph.nodes[first].results[0]) == second,
      Set(graph.nodes[second].operands) == [value, graph.nodes[first].results[0]]
    else { return nil }
    return ([first, second], .swish)
  }
}

extension Graph.Node {
  fileprivate var isBroadcast: Bool {
    if case .broadcast = primitive { true } else { false }
  }
}
