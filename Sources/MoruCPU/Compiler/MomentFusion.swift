import MoruGraph
import MoruTensors

/// Sums of squared distances from a mean, which are computed in the same pass as the mean's sum.
///
/// A variance over the leading axes reads its operand once: each thread keeps sums and squares of
/// distances from a value near the mean, and these are merged as Chan, Golub and LeVeque do.
struct MomentFusion {
  /// What a sum of squares is computed from.
  struct Entry {
    /// The values whose distances are squared.
    let source: Graph.Value
    /// The node that sums them.
    let sum: Int
  }

  /// For the nodes that sum the squares.
  private(set) var entries: [Int: Entry] = [:]
  private let graph: Graph
  private let producers: [Int?]

  init(_ graph: Graph, producers: [Int?]) {
    self.graph = graph
    self.producers = producers
    for (index, node) in graph.nodes.enumerated() {
      if case .reduce(let rule) = node.primitive, rule.kind == .sum,
        let entry = entry(node.operands[0], rule)
      {
        entries[index] = entry
      }
    }
  }

  private func entry(_ squares: Graph.Value, _ rule: Reduce) -> Entry? {
    let type = graph.types[squares]
    guard type.dtype.isFloating, case .outer(let row) = FusedReduction(rule, over: type.shape),
      case .binary(.multiply) = maker(of: squares)?.primitive,
      let distance = maker(of: squares)?.operands, distance[0] == distance[1],
      case .binary(.subtract) = maker(of: distance[0])?.primitive,
      let operands = maker(of: distance[0])?.operands,
      let view = View.pattern(of: operands[1], graph, maker), isRow(view, of: row),
      let mean = maker(of: root(of: operands[1])), case .binary(.multiply) = mean.primitive
    else { return nil }
    let count = type.shape.elementCount / row
    for (total, factor) in [(0, 1), (1, 0)] {
      guard let sum = producers[root(of: mean.operands[total])],
        case .reduce(let other) = graph.nodes[sum].primitive, other == rule,
        graph.nodes[sum].operands[0] == operands[0],
        graph.types[root(of: mean.operands[total])].shape.elementCount == row,
        isReciprocal(root(of: mean.operands[factor]), of: count)
      else { continue }
      return Entry(source: operands[0], sum: sum)
    }
    return nil
  }

  private func maker(of value: Graph.Value) -> Graph.Node? {
    producers[value].map { graph.nodes[$0] }
  }

  private func root(of value: Graph.Value) -> Graph.Value {
    var value = value
    while let node = maker(of: value) {
      switch node.primitive {
      case .reshape, .broadcast: value = node.operands[0]
      default: return value
      }
    }
    return value
  }

  /// Whether a view repeats one row.
  private func isRow(_ view: View, of row: Int) -> Bool {
    var inner = 1
    for axis in view.shape.indices.reversed() where view.shape[axis] != 1 {
      guard view.strides[axis] == (inner < row ? inner : 0) else { return false }
      inner *= view.shape[axis]
    }
    return true
  }

  private func isReciprocal(_ value: Graph.Value, of count: Int) -> Bool {
    guard case .constant(let tensor) = maker(of: value)?.primitive, tensor.shape.elementCount == 1,
      let number = try? tensor.converted(to: .float64).array(of: Double.self).first
    else { return false }
    return Swift.abs(number * Double(count) - 1) < 1e-6
  }
}

extension View {
  /// How reshapes and broadcasts show the elements of the value behind them, if these lie in
  /// row-major order; nil if that needs a copy or something else shows them.
  static func pattern(
    of value: Graph.Value, _ graph: Graph, _ maker: (Graph.Value) -> Graph.Node?
  ) -> View? {
    let whole = View(buffer: 0, shape: graph.types[value].shape, dtype: graph.types[value].dtype)
    guard let node = maker(value) else { return whole }
    switch node.primitive {
    case .reshape(let shape):
      return pattern(of: node.operands[0], graph, maker)?.reshaped(to: shape.dimensions)
    case .broadcast(let rule):
      return pattern(of: node.operands[0], graph, maker)?.broadcast(
        to: rule.shape.dimensions, axes: rule.axes)
    case .transpose, .slice, .reverse: return nil
    default: return whole
    }
  }
}
