import MoruArchive
public import MoruGraph
import MoruTensors

/// The sum of what decision trees say: each sample walks down every tree, and the values of the
/// leaves that it comes to are added to a base.
///
/// A node asks whether a feature is at least its threshold, and sends the sample to its second child
/// if so, to its first if not, and to its third if the feature is NaN. The children of a leaf are the
/// leaf itself, so that all samples walk equally many steps. Nothing here learns by gradients: the
/// tables are made by a learner of trees.
///
/// - Shapes: `[batch, features] → [batch, outputs]`; states `root` `[trees]`, `feature` and
///   `threshold` `[nodes]`, `children` `[nodes, 3]`, `value` `[nodes, outputs / groups]`, `base`
///   `[outputs]`.
/// - Source: Breiman, Friedman, Olshen, Stone 1984, "Classification and Regression Trees",
///   doi:10.1201/9781315139470.
public struct DecisionTrees: UnaryLayer {
  public static let kind = "DecisionTrees"
  public var identity = Identity()
  public let name: String?
  /// Number of trees, at least 1.
  public let trees: Int
  /// Number of nodes of all trees, leaves included, at least 1.
  public let nodes: Int
  /// Steps from a root to the farthest leaf.
  public let depth: Int
  /// Number of outputs, at least 1.
  public let outputs: Int
  /// In how many turns trees stand for outputs: tree i adds to the i-th of as many equal parts of the
  /// outputs, counted round. With one, every tree adds to all outputs.
  public let groups: Int

  /// Trees of `nodes` nodes in all.
  public init(
    trees: Int, nodes: Int, depth: Int, outputs: Int, groups: Int = 1, name: String? = nil
  ) {
    self.trees = trees
    self.nodes = nodes
    self.depth = depth
    self.outputs = outputs
    self.groups = groups
    self.name = name
  }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    if let mismatch = mismatch(x) { return .failure(Self.kind, [x], mismatch) }
    let (batch, features) = (x.shape[0], x.shape[1])
    let root = scope.state("root", [trees]).converted(to: .int32)
    let feature = scope.state("feature", [nodes]).converted(to: .int32)
    let threshold = scope.state("threshold", [nodes])
    let children = scope.state("children", [nodes, 3]).converted(to: .int32)
      .reshaped(to: [nodes * 3])
    let value = scope.state("value", [nodes, outputs / groups])
    let base = scope.state("base", [outputs])
    let cells = x.converted(to: .float32).reshaped(to: [batch * features])
    let rows = Tensor.iota([batch, 1]) * Tensor(Double(features))
    let first = root.expanded(at: 0).broadcast(to: [batch, trees])
    let leaves = walk(from: first) { place in
      let cell = cells.gathered(rows + feature.gathered(place))
      let isAtLeast = (cell .>= threshold.gathered(place)).converted(to: .int32)
      return children.gathered(3 * place + select(cell .!= cell, 2, isAtLeast))
    }
    let said = value.gathered(leaves)
      .reshaped(to: [batch, trees / groups, outputs])
    return said.sum(axes: [1]) + base
  }

  private func walk(from first: Tensor, _ step: (Tensor) -> Tensor) -> Tensor {
    guard depth > 0, first.error == nil else { return first }
    return scan(first, over: [Tensor](), length: depth) { place, _ in (step(place), [Tensor]()) }
      .carry
  }

  private func mismatch(_ x: Tensor) -> Mismatch? {
    guard x.rank == 2, x.shape[1] > 0 else {
      return Mismatch(
        "its input has shape \(x.shape), not [batch, features]", "Flatten the samples first.")
    }
    guard min(trees, nodes, outputs, groups) >= 1, depth >= 0 else {
      return Mismatch("it has no tree, node or output", "Ask for at least one of each.")
    }
    guard trees % groups == 0, outputs % groups == 0 else {
      return Mismatch(
        "its \(trees) trees and \(outputs) outputs do not fall into \(groups) groups",
        "Make both multiples of the groups.")
    }
    // Places are kept as Float32, which counts up to there.
    guard max(nodes, trees, outputs, x.shape[1]) < Self.greatestPlace, depth <= nodes else {
      return Mismatch(
        "its trees are larger than \(Self.greatestPlace) nodes, or deeper than they have nodes",
        "Grow fewer or smaller trees.")
    }
    return nil
  }

  /// Up to here Float32 tells whole numbers apart.
  package static let greatestPlace = 1 << 24

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name, trees, nodes, depth, outputs, groups
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    trees = try fields.positive(.trees)
    nodes = try fields.positive(.nodes)
    depth = try fields.required(.depth)
    outputs = try fields.positive(.outputs)
    groups = try fields.positive(.groups, default: 1)
    guard depth >= 0 else { throw fields.outOfRange(.depth, "at least 0, not \(depth)") }
  }
}
