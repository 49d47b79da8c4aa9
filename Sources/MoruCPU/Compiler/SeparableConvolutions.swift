import MoruGraph
import MoruTensors

/// Convolutions with invariant kernels that own kernels compute: those with a window of one pixel,
/// and those with a kernel for each channel. Together they make up networks for small devices.
///
/// What an own kernel does besides its convolution and its epilogue:
/// - A pointwise one multiplies each channel of its operand with a gate, as squeeze and excitation
///   does, when it reads it.
/// - A depthwise one makes its operand by a pointwise convolution, a few rows at a time, so that an
///   expanded picture is never written to memory; and it sums its results over pixels.
struct SeparableConvolutions {
  enum Kind { case pointwise, depthwise }

  struct Entry {
    let kind: Kind
    /// Nodes that the kernel does, without its epilogue's.
    var nodes: [Int] = []
    /// The operand without the gate, and a gate for each sample and channel.
    var gated: (source: Graph.Value, gate: Graph.Value)?
    /// The pointwise convolution that makes the operand.
    var expansion: Int?
    /// The sums of results over pixels.
    var totals: Graph.Value?
  }

  /// What own kernels compute, by the convolution's own result.
  private(set) var entries: [Graph.Value: Entry] = [:]
  /// Nodes that they do besides convolutions that are units of their own.
  private(set) var absorbed: Set<Int> = []

  /// - Parameter sums: Reductions that are computed together with others.
  init(_ graph: Graph, _ epilogues: Epilogues, isInvariant: [Bool], sums: Set<Int>) {
    let finder = SeparableFinder(graph, epilogues, isInvariant, sums)
    // Depthwise convolutions take their expansions before these become entries.
    for kind in [Kind.depthwise, .pointwise] {
      for (index, node) in graph.nodes.enumerated() where !absorbed.contains(index) {
        guard let entry = finder.entry(for: node), entry.kind == kind else { continue }
        entries[node.results[0]] = entry
        absorbed.formUnion(entry.nodes)
      }
    }
  }
}

extension SeparableConvolutions.Kind {
  /// The kind of a convolution; nil for others, and where oneDNN's kernels are as good.
  init?(_ shape: ConvolutionShape) {
    guard StepSummary.vectorKernel == "x86-64-v4" else { return nil }
    if shape.isPointwise {
      self = .pointwise
    } else if shape.isDepthwise {
      self = .depthwise
    } else {
      return nil
    }
  }
}

extension ConvolutionShape {
  /// Whether each result is a product of one pixel; very long sums would not stay in the caches.
  fileprivate var isPointwise: Bool {
    window == [1, 1, 1] && strides == [1, 1, 1] && input == output && low == [0, 0, 0]
      && groups == 1 && channels <= 2048
  }

  /// Whether each channel has a kernel of its own, of a size that has a loop of its own.
  fileprivate var isDepthwise: Bool {
    groups == channels && features == channels && window[0] == 1 && input[0] == 1 && output[0] == 1
      && window[1] == window[2] && [3, 5].contains(window[1]) && strides[1] == strides[2]
      && [1, 2].contains(strides[1]) && dilation == [1, 1, 1] && low.allSatisfy { $0 >= 0 }
      && channels > 1
  }
}

private struct SeparableFinder {
  private let graph: Graph
  private let epilogues: Epilogues
  private let isInvariant: [Bool]
  private let sums: Set<Int>
  private let links: GraphLinks
  /// For each value that a convolution makes together with its epilogue the convolution.
  private let convolutions: [Graph.Value: Int]

  init(_ graph: Graph, _ epilogues: Epilogues, _ isInvariant: [Bool], _ sums: Set<Int>) {
    self.graph = graph
    self.epilogues = epilogues
    self.isInvariant = isInvariant
    self.sums = sums
    links = GraphLinks(graph)
    var convolutions: [Graph.Value: Int] = [:]
    for (index, node) in graph.nodes.enumerated() {
      guard case .convolution = node.primitive else { continue }
      convolutions[epilogues.entries[node.results[0]]?.result ?? node.results[0]] = index
    }
    self.convolutions = convolutions
  }

  func entry(for node: Graph.Node) -> SeparableConvolutions.Entry? {
    guard let kind = kind(of: node) else { return nil }
    var entry = SeparableConvolutions.Entry(kind: kind)
    switch kind {
    case .pointwise: appendGate(to: &entry, of: node)
    case .depthwise:
      appendExpansion(to: &entry, of: node)
      appendTotals(to: &entry, of: node)
    }
    return entry
  }

  private func kind(of node: Graph.Node) -> SeparableConvolutions.Kind? {
    guard case .convolution(let rule) = node.primitive, isInvariant[node.operands[1]],
      graph.types[node.results[0]].dtype == .float32,
      graph.types[node.results[0]].shape.elementCount > 0,
      graph.types[node.operands[0]].shape.elementCount > 0,
      epilogues.entries[node.results[0]]?.isSeparable != false
    else { return nil }
    return SeparableConvolutions.Kind(ConvolutionShape(rule, node, graph))
  }

  /// `x · gate`, where all pixels of a sample have the same gates, and only the convolution reads
  /// the product.
  private func appendGate(
    to entry: inout SeparableConvolutions.Entry, of node: Graph.Node
  ) {
    let product = node.operands[0]
    guard links.onlyReader(of: product) == links.makers[node.results[0]],
      let index = links.makers[product], case .binary(.multiply) = graph.nodes[index].primitive
    else { return }
    let operands = graph.nodes[index].operands
    for (source, factor) in [(operands[0], operands[1]), (operands[1], operands[0])] {
      guard let gate = gate(factor), isInvariant[source] == false else { continue }
      entry.gated = (source, gate)
      entry.nodes = [index]
      return
    }
  }

  /// A tensor of an element for each sample and channel that a value repeats for all pixels.
  private func gate(_ value: Graph.Value) -> Graph.Value? {
    guard let node = links.maker(of: value), case .broadcast(let rule) = node.primitive else {
      return nil
    }
    let shape = graph.types[node.operands[0]].shape
    let target = graph.types[value].shape
    let kept = rule.axes.filter { target[$0] != 1 && shape[rule.axes.firstIndex(of: $0) ?? 0] != 1 }
    let needed = [0, target.rank - 1].filter { target[$0] != 1 }
    return kept == needed ? node.operands[0] : nil
  }

  private func appendExpansion(
    to entry: inout SeparableConvolutions.Entry, of node: Graph.Node
  ) {
    let input = node.operands[0]
    guard let index = convolutions[input],
      links.onlyReader(of: input) == links.makers[node.results[0]],
      kind(of: graph.nodes[index]) == .pointwise
    else { return }
    let epilogue = epilogues.entries[graph.nodes[index].results[0]]
    guard epilogue?.residual == nil else { return }
    entry.expansion = index
    entry.nodes += [index] + (epilogue?.nodes ?? [])
  }

  private func appendTotals(to entry: inout SeparableConvolutions.Entry, of node: Graph.Node) {
    let result = epilogues.entries[node.results[0]]?.result ?? node.results[0]
    let axes = Array(1..<graph.types[result].rank - 1)
    for reader in links.readers[result] where !sums.contains(reader) {
      guard case .reduce(let rule) = graph.nodes[reader].primitive, rule.kind == .sum,
        rule.axes == axes
      else { continue }
      entry.totals = graph.nodes[reader].results[0]
      entry.nodes.append(reader)
      return
    }
  }
}
