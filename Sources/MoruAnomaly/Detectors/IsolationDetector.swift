import Foundation
public import MoruData
public import MoruGraph
import MoruLayers
import MoruLearners
import MoruModels
public import MoruTensors

/// An isolation forest of the rows of a table: the fewer random cuts separate a row from good ones, the less
/// it is like them.
///
/// - Source: ``MoruData/IsolationForest``, whose trees become a layer.
public struct IsolationDetector: AnomalyDetector {
  public let name = "isolation forest"
  /// Number of trees, at least 1.
  public var trees: Int
  /// Rows that each tree is grown on, at most; at least 2.
  public var samples: Int

  /// A forest of random trees.
  public init(trees: Int = 100, samples: Int = 256) {
    self.trees = trees
    self.samples = samples
  }

  public func scorer(
    of good: Dataset, seed: Seed, on executor: any Executor
  ) async throws -> AnomalyScorer {
    guard (1...100_000).contains(trees) else {
      throw AnomalyError.outOfRange("trees", found: "\(trees)", allowed: "from 1 to 100000")
    }
    guard samples >= 2 else {
      throw AnomalyError.outOfRange("samples", found: "\(samples)", allowed: "at least 2")
    }
    guard good.features.count == 1, let feature = good.features.first, good.count > 0,
      feature.values.shape.rank == 2
    else {
      throw AnomalyError.samples(
        detector: name,
        found: "features of shape \(good.signature.map { "\($0.shape)" }.joined(separator: ", "))",
        needed: "rows of a table")
    }
    let rows = try feature.values.converted(to: .float32).array(of: Float.self)
    let width = rows.count / good.count
    if let place = rows.firstIndex(where: { !$0.isFinite }) {
      throw AnomalyError.notFinite(detector: name, sample: place / width)
    }
    let columns = (0..<width).map { column in
      stride(from: column, to: rows.count, by: width).map { Double(rows[$0]) }
    }
    let forest = IsolationForest(
      columns: columns, treeCount: trees, sampleCount: samples, seed: seed)
    let learned = try forest.table.layers()
    let input = ModelInput(good.signature[0], of: good)
    let start = Input(input.shape, dtype: input.dtype)
    // exp(−ln 2 · path / unit) = 2^(−path / unit)
    var end = start
    for layer in learned.layers { end = layer(end) }
    end = Activation(.exponential, name: "score")(end)
    let drawn = try Model(inputs: start, outputs: end)
      .declaration(inputs: [input.type]).weights
    return AnomalyScorer(
      input: input, start: start, score: end,
      weights: drawn.compactMap { learned.weights[$0.path] })
  }
}

extension IsolationForest {
  /// The trees with, at each leaf, its share of the exponent of the score.
  fileprivate var table: TreeTable {
    // A single row is as far from itself as from any other: its score is one half.
    let factor = unit > 0 ? -log(2) / (unit * Double(trees.count)) : 0
    var table = TreeTable(width: 1)
    for nodes in trees {
      table.beginTree()
      grow(&table, nodes, at: 0, depth: 0, factor)
    }
    return table
  }

  private func grow(
    _ table: inout TreeTable, _ nodes: [Node], at place: Int, depth: Int, _ factor: Double
  ) {
    let node = nodes[place]
    guard node.branch > 0 else {
      let single = unit > 0 ? 0 : -log(2) / Double(trees.count)
      table.leaf([factor * (Double(depth) + node.rest) + single])
      return
    }
    let own = table.leaf([0])
    let below = table.count
    grow(&table, nodes, at: Int(node.branch), depth: depth + 1, factor)
    let above = table.count
    grow(&table, nodes, at: Int(node.branch) + 1, depth: depth + 1, factor)
    table.split(
      own, feature: Int(node.feature), threshold: node.floatThreshold, below: below, above: above,
      missing: below)
  }
}

extension IsolationForest.Node {
  /// The least Float32 from the threshold on, which cuts Float32 numbers as the threshold does.
  fileprivate var floatThreshold: Float {
    let nearest = Float(threshold)
    return Double(nearest) < threshold ? nearest.nextUp : nearest
  }
}
