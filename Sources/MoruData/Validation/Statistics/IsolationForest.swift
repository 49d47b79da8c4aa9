internal import Foundation
public import MoruTensors

/// Trees of random cuts: rows that few cuts separate from all others are unlike them.
///
/// A row's score is `2^(−E[h] / c(ψ))`, where `h` is the length of its path in a tree grown on ψ rows,
/// and `c(n) = 2 H(n−1) − 2 (n−1) / n` that of a failed search in a binary tree of n rows: near 1 for
/// isolated rows, below 0.5 for ordinary ones.
///
/// - Source: Liu, Ting, Zhou 2008, "Isolation Forest", ICDM, doi:10.1109/ICDM.2008.17.
public struct IsolationForest: Sendable {
  /// A place where a tree cuts, or ends.
  package struct Node: Sendable {
    /// The column that is cut.
    package var feature: Int32
    /// The least number of the branch of higher ones.
    package var threshold: Double
    /// The place of the branch of lower numbers; the other one follows it. 0 at an end.
    package var branch: Int32
    /// At an end the expected length of the rest of the path.
    package var rest: Double
  }

  /// The nodes of each tree, the root first.
  package let trees: [[Node]]
  private let sampleCount: Int

  /// The mean path of a failed search among as many rows as a tree is grown on; 0 for a single one.
  package var unit: Double { Self.pathLength(sampleCount) }

  /// A forest grown on rows.
  ///
  /// - Parameter columns: The numbers, by column; finite.
  /// - Parameter sampleCount: Rows that each tree is grown on, at most.
  public init(
    columns: [[Double]], treeCount: Int = 100, sampleCount: Int = 256, seed: Seed
  ) {
    let rowCount = columns.first?.count ?? 0
    let size = min(sampleCount, rowCount)
    self.sampleCount = size
    trees = (0..<treeCount).map { tree in
      var generator = seed.child(tree).generator
      var rows = Array(0..<rowCount)
      for place in 0..<size {  // the beginning of a shuffle
        rows.swapAt(place, Int.random(in: place..<rowCount, using: &generator))
      }
      let depth = Int(log2(Double(max(size, 2))).rounded(.up))
      var nodes = [Node(feature: 0, threshold: 0, branch: 0, rest: 0)]
      Self.grow(&nodes, at: 0, Array(rows.prefix(size)), columns, depth, &generator)
      return nodes
    }
  }

  /// The score of each row, 0…1. Columns are those that the forest was grown on.
  public func scores(columns: [[Double]]) -> [Double] {
    let rowCount = columns.first?.count ?? 0
    let unit = unit
    guard unit > 0 else { return [Double](repeating: 0.5, count: rowCount) }
    return (0..<rowCount).map { row in
      let total = trees.reduce(0.0) { sum, nodes in
        var (place, depth) = (0, 0.0)
        while nodes[place].branch > 0 {
          let node = nodes[place]
          let isHigher = columns[Int(node.feature)][row] >= node.threshold
          place = Int(node.branch) + (isHigher ? 1 : 0)
          depth += 1
        }
        return sum + depth + nodes[place].rest
      }
      return pow(2, -total / Double(trees.count) / unit)
    }
  }

  private static func grow(
    _ nodes: inout [Node], at place: Int, _ rows: [Int], _ columns: [[Double]], _ depth: Int,
    _ generator: inout SeededGenerator
  ) {
    nodes[place].rest = pathLength(rows.count)
    guard depth > 0, rows.count > 1 else { return }
    // Columns in random order until one can be cut.
    for feature in columns.indices.shuffled(using: &generator) {
      let column = columns[feature]
      let values = rows.map { column[$0] }
      guard let low = values.min(), let high = values.max(), low < high else { continue }
      let threshold = low + generator.uniform() * (high - low)
      let lower = rows.filter { column[$0] < threshold }
      // A threshold at the least number would cut nothing off.
      guard !lower.isEmpty else { continue }
      let branch = nodes.count
      nodes[place] = Node(
        feature: Int32(feature), threshold: threshold, branch: Int32(branch), rest: 0)
      let empty = Node(feature: 0, threshold: 0, branch: 0, rest: 0)
      nodes += [empty, empty]
      grow(&nodes, at: branch, lower, columns, depth - 1, &generator)
      let higher = rows.filter { column[$0] >= threshold }
      grow(&nodes, at: branch + 1, higher, columns, depth - 1, &generator)
      return
    }
  }

  /// The mean path of a failed search in a binary tree of `count` rows.
  private static func pathLength(_ count: Int) -> Double {
    guard count > 2 else { return count == 2 ? 1 : 0 }
    let n = Double(count)
    return 2 * (log(n - 1) + 0.577215664901533) - 2 * (n - 1) / n
  }
}
