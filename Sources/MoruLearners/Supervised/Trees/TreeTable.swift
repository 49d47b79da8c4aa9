import MoruLayers
import MoruTensors

/// The nodes of some trees in the making. A node stands before its children.
package struct TreeTable {
  /// Numbers at each leaf.
  let width: Int
  private(set) var roots: [Int] = []
  private(set) var features: [Int] = []
  private(set) var thresholds: [Float] = []
  /// Three for each node: below the threshold, from it on, missing.
  private(set) var children: [Int] = []
  /// `width` for each node.
  private(set) var values: [Double] = []

  /// No trees yet, whose leaves will hold `width` numbers.
  package init(width: Int) { self.width = width }

  /// Number of nodes.
  package var count: Int { features.count }

  /// Begins a tree at the next node.
  package mutating func beginTree() { roots.append(count) }

  /// Adds a leaf and returns its place.
  @discardableResult
  package mutating func leaf(_ values: [Double]) -> Int {
    let place = count
    features.append(0)
    thresholds.append(0)
    children += [place, place, place]
    self.values += values
    return place
  }

  /// Makes a leaf a node that asks whether a feature is at least a threshold.
  package mutating func split(
    _ place: Int, feature: Int, threshold: Float, below: Int, above: Int, missing: Int
  ) {
    features[place] = feature
    thresholds[place] = threshold
    children.replaceSubrange(3 * place..<3 * place + 3, with: [below, above, missing])
  }

  /// Adds the trees of another table of equal width.
  mutating func append(_ other: TreeTable) {
    let start = count
    roots += other.roots.map { $0 + start }
    features += other.features
    thresholds += other.thresholds
    children += other.children.map { $0 + start }
    values += other.values
  }

  /// Multiplies the numbers of all leaves.
  mutating func scale(by factor: Double) {
    for place in values.indices { values[place] *= factor }
  }

  /// Steps from a root to the farthest leaf.
  var depth: Int {
    var depths = [Int](repeating: 0, count: count)
    for node in stride(from: count - 1, through: 0, by: -1) {
      for child in children[3 * node..<3 * node + 3] where child != node {
        depths[node] = max(depths[node], depths[child] + 1)
      }
    }
    return roots.reduce(0) { max($0, depths[$1]) }
  }

  /// The layer of the trees.
  ///
  /// - Parameter groups: In how many turns trees stand for outputs.
  /// - Parameter base: What leaves' values are added to.
  package func layers(groups: Int = 1, base: [Double]? = nil) throws -> LearnedLayers {
    let outputs = width * groups
    let layer = DecisionTrees(
      trees: roots.count, nodes: count, depth: depth, outputs: outputs, groups: groups,
      name: Self.layerName)
    let zeros = [Double](repeating: 0, count: outputs)
    return LearnedLayers(
      layers: [layer],
      weights: [
        "trees/root": .float32(roots.map(Double.init)),
        "trees/feature": .float32(features.map(Double.init)),
        "trees/threshold": HostTensor(thresholds),
        "trees/children": try .float32(children.map(Double.init), [count, 3]),
        "trees/value": try .float32(values, [count, width]),
        "trees/base": .float32(base ?? zeros),
      ])
  }

  /// The name of the layer, which is where its weights are.
  static let layerName = "trees"
}
