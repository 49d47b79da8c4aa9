import CDNNL
import MoruGraph
import MoruTensors

/// What products and convolutions do with each element of their result before it is stored: add a
/// bias, add a residual, apply an activation. Products of whole numbers are scaled before and may be
/// quantized after.
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
    /// What a product reads instead of its operands, if it is one of whole numbers.
    var whole: WholeProduct?
  }

  /// A product of whole numbers of one byte, scaled by a number for each feature.
  struct WholeProduct {
    /// The whole numbers, Int8 or UInt8.
    var input: Graph.Value
    /// The kernel's, Int8.
    var kernel: Graph.Value
    /// A vector with one element for each feature.
    var scale: Graph.Value
    /// What the residual is multiplied by, whose elements are whole numbers too; 1 if they are not.
    var residualFactor: Float = 1
    /// What results are multiplied by before they are rounded; 1 if they stay Float32.
    var factor: Float = 1
  }

  /// A function that products by the own kernel, and convolutions with invariant kernels, apply to their
  /// results.
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
  /// What nodes of products of whole numbers read instead of their operands.
  private(set) var operands: [Int: [Graph.Value]] = [:]

  /// - Parameter activations: Whether convolutions may apply activations in a way that loses NaN.
  init(_ graph: Graph, isInvariant: [Bool], activations: Bool) {
    let finder = EpilogueFinder(graph, isInvariant, activations)
    for (index, node) in graph.nodes.enumerated() {
      guard let entry = finder.entry(for: index, node, absorbed),
        absorbed.isDisjoint(with: entry.nodes)
      else { continue }
      entries[node.results[0]] = entry
      absorbed.formUnion(entry.nodes)
      guard let whole = entry.whole else { continue }
      operands[index] = [whole.input, whole.kernel]
      if whole.residualFactor != 1, let residual = entry.residual,
        let addition = finder.addition(ofResidualIn: entry)
      {
        operands[addition] = graph.nodes[addition].operands.map { operand in
          finder.dequantized(operand)?.source == residual ? residual : operand
        }
      }
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

  func entry(for index: Int, _ node: Graph.Node, _ absorbed: Set<Int>) -> Epilogues.Entry? {
    if let entry = wholeEntry(for: index, node, absorbed) { return entry }
    guard let ability = ability(of: node) else { return nil }
    var entry = Epilogues.Entry(result: node.results[0])
    appendBias(to: &entry, of: index)
    if ability.adds { appendResidual(to: &entry, of: index, absorbed) }
    if let kind = ability.separableKind {
      entry.isSeparable =
        (entry.bias.map { isInvariant[$0] } ?? true)
        && (entry.residual == nil || kind == .pointwise)
    }
    entry.keepsNaN = ability.keepsNaN || entry.isSeparable
    if ability.clips && (activations || entry.keepsNaN) {
      appendActivation(to: &entry, clipsAlone: !ability.swishes)
    }
    return entry.nodes.isEmpty ? nil : entry
  }

  private struct Ability {
    var adds = false
    var clips = false
    var swishes = false
    var keepsNaN = false
    var separableKind: SeparableConvolutions.Kind?
  }

  private func ability(of node: Graph.Node) -> Ability? {
    let type = graph.types[node.results[0]]
    guard type.dtype == .float32, type.shape.elementCount > 0 else { return nil }
    switch node.primitive {
    case .dot(let rule):
      let count = graph.types[node.operands[0]].shape.elementCount
      let columns = rule.rightFree(rank: graph.types[node.operands[1]].rank)
      guard rule.leftBatch.isEmpty, columns.count == 1, count > 0 else { return nil }
      let n = graph.types[node.operands[1]].shape[columns[0]]
      let m = type.shape.elementCount / n
      return Ability(
        clips: MatrixShape.prefersOwnKernel(batch: 1, m: m, k: count / m, n: n), keepsNaN: true)
    case .convolution(let rule):
      let shape = ConvolutionShape(rule, node, graph)
      let isInvariant = isInvariant[node.operands[1]]
      return Ability(
        adds: true, clips: isInvariant, swishes: isInvariant,
        keepsNaN: ConvolutionAlgorithm.choice(shape) != .direct,
        separableKind: isInvariant ? SeparableConvolutions.Kind(shape) : nil)
    default: return nil
    }
  }

  // MARK: - Whole numbers

  /// A product of whole numbers with what makes Float32 of it, and what follows.
  private func wholeEntry(
    for index: Int, _ node: Graph.Node, _ absorbed: Set<Int>
  ) -> Epilogues.Entry? {
    let type = graph.types[node.results[0]]
    guard cdnnl_scales_features(), type.dtype == .int32, type.shape.elementCount > 0,
      node.isFeatureProduct(in: graph),
      let input = bytes(node.operands[0]), let kernel = bytes(node.operands[1]),
      graph.types[kernel].dtype == .int8, isInvariant[kernel],
      let convert = links.onlyReader(of: node.results[0]),
      case .convert(.float32) = graph.nodes[convert].primitive,
      let (multiply, other) = links.multiplication(of: graph.nodes[convert].results[0]),
      isInvariant[other], let scale = links.featureVector(other),
      graph.types[scale].shape.elementCount == type.shape.last
    else { return nil }
    var entry = Epilogues.Entry(
      nodes: [convert, multiply], result: graph.nodes[multiply].results[0], keepsNaN: true)
    var whole = Epilogues.WholeProduct(input: input, kernel: kernel, scale: scale)
    appendBias(to: &entry, of: index)
    guard entry.bias.map({ isInvariant[$0] }) ?? true else { return nil }
    // Of volumes oneDNN adds wrong elements.
    if graph.types[node.results[0]].rank < 5 { appendResidual(to: &entry, of: index, absorbed) }
    if let residual = entry.residual, let (source, factor) = dequantized(residual) {
      entry.residual = source
      whole.residualFactor = factor
    }
    let plain = entry
    appendActivation(to: &entry)
    // A sum in steps of its residual cannot pass through a function that is not piecewise linear.
    if entry.activation == .swish, whole.residualFactor != 1 { entry = plain }
    if let (nodes, factor) = quantization(of: entry.result) {
      whole.factor = factor
      entry.nodes += nodes
      entry.result = graph.nodes[nodes[nodes.count - 1]].results[0]
    }
    entry.whole = whole
    return entry
  }

  /// The node of an entry that adds its residual.
  func addition(ofResidualIn entry: Epilogues.Entry) -> Int? {
    let sums = entry.nodes.filter {
      if case .binary(.add) = graph.nodes[$0].primitive { true } else { false }
    }
    return sums.last
  }

  /// What whole numbers of one byte are widened to a value.
  private func bytes(_ value: Graph.Value) -> Graph.Value? {
    guard let node = links.maker(of: value), case .convert(.int32) = node.primitive,
      [.int8, .uint8].contains(graph.types[node.operands[0]].dtype)
    else { return nil }
    return node.operands[0]
  }

  /// The whole numbers of one byte that are multiplied by a number to make a value.
  func dequantized(_ value: Graph.Value) -> (source: Graph.Value, factor: Float)? {
    guard let product = links.maker(of: value), case .binary(.multiply) = product.primitive,
      let factor = number(product.operands[1]), factor != 1,
      let convert = links.maker(of: product.operands[0]),
      case .convert(.float32) = convert.primitive,
      [.int8, .uint8].contains(graph.types[convert.operands[0]].dtype)
    else { return nil }
    return (convert.operands[0], factor)
  }

  /// The nodes that multiply a value, round it and make whole numbers of one byte of it.
  private func quantization(of value: Graph.Value) -> (nodes: [Int], factor: Float)? {
    guard let (multiply, other) = links.multiplication(of: value), let factor = number(other),
      let round = links.onlyReader(of: graph.nodes[multiply].results[0]),
      case .unary(.roundNearestEven) = graph.nodes[round].primitive,
      let (bottom, low) = bound(of: graph.nodes[round].results[0], .maximum),
      let (top, high) = bound(of: graph.nodes[bottom].results[0], .minimum),
      let convert = links.onlyReader(of: graph.nodes[top].results[0]),
      case .convert(let dtype) = graph.nodes[convert].primitive,
      (dtype == .int8 && low == -128 && high == 127)
        || (dtype == .uint8 && low == 0 && high == 255)
    else { return nil }
    return ([multiply, round, bottom, top, convert], factor)
  }

  private func number(_ value: Graph.Value) -> Float? {
    guard let constant = links.constantScalar(value), case .float32(let numbers) = constant.values
    else { return nil }
    return numbers.first
  }

  // MARK: - Parts

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

  private func appendResidual(
    to entry: inout Epilogues.Entry, of product: Int, _ absorbed: Set<Int>
  ) {
    guard let (index, other) = addition(to: entry.result), !absorbed.contains(index),
      isKnown(other, before: product), links.maker(of: other)?.isBroadcast != true
    else { return }
    entry.residual = other
    entry.nodes.append(index)
    entry.result = graph.nodes[index].results[0]
  }

  private func appendActivation(to entry: inout Epilogues.Entry, clipsAlone: Bool = false) {
    guard
      let (nodes, activation) = clip(of: entry.result)
        ?? (clipsAlone ? nil : swish(of: entry.result))
    else { return }
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
      graph.nodes[index].operands[0] == value, let number = number(graph.nodes[index].operands[1])
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
  /// Whether it is a convolution, or a product of rows with a matrix, whose last axis are the
  /// features.
  fileprivate func isFeatureProduct(in graph: Graph) -> Bool {
    switch primitive {
    case .convolution: true
    case .dot(let rule):
      rule.leftBatch.isEmpty && rule.rightContracting == [0]
        && rule.leftContracting == [graph.types[operands[0]].rank - 1]
        && graph.types[operands[1]].rank == 2
    default: false
    }
  }

  fileprivate var isBroadcast: Bool {
    if case .broadcast = primitive { true } else { false }
  }
}
