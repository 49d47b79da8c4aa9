import MoruTensors

/// Grows a tree from the root by the split that makes the leaves purest, by sorting every feature of
/// every node: exact.
///
/// The impurity is the variance of the answers. Of classes, each of which is 1 in its own column, the
/// sum of the columns' variances is Gini's `1 − Σ share²`; so one rule grows both kinds of trees.
struct TreeGrower {
  /// When to stop.
  struct Limits {
    /// Steps to the farthest leaf.
    let maxDepth: Int
    /// The least number of samples of a node that is split.
    let minSamplesSplit: Int
    /// The least number of samples of a leaf.
    let minSamplesLeaf: Int
    /// How many features are tried at each node.
    let maxFeatures: Int
  }

  private let samples: Samples
  private let limits: Limits
  /// How often each sample counts; samples of weight 0 do not take part.
  private let weights: [Double]
  private let isClassification: Bool
  private let width: Int
  /// The column that a sample's answer stands in, and the number there times its weight.
  private let columns: [Int]
  private let amounts: [Double]
  private var generator: SeededGenerator
  private var table: TreeTable
  private var sorter = KeySorter()

  init(
    samples: Samples, answers: Answers, weights: [Double], limits: Limits, seed: Seed
  ) {
    self.samples = samples
    self.limits = limits
    self.weights = weights
    isClassification = answers.classes != nil
    width = answers.width
    columns = answers.classes ?? [Int](repeating: 0, count: samples.count)
    amounts = isClassification ? weights : zip(answers.values, weights).map { $0 * $1 }
    generator = seed.generator
    table = TreeTable(width: answers.width)
  }

  /// The tree, whose leaves hold the weighted means of their samples' answers.
  mutating func grow() -> TreeTable {
    table.beginTree()
    let all = (0..<samples.count).filter { weights[$0] > 0 }
    // A list of what is to be done rather than recursion: trees may be as deep as there are samples.
    var pending = [(node: place(of: all), rows: all, depth: 0)]
    while let (node, rows, depth) = pending.popLast() {
      guard depth < limits.maxDepth, rows.count >= limits.minSamplesSplit, !isPure(rows),
        let split = bestSplit(of: rows)
      else { continue }
      // In Float32, as the model will see it.
      let below = rows.filter { Float(samples[$0, split.feature]) < split.threshold }
      let above = rows.filter { Float(samples[$0, split.feature]) >= split.threshold }
      let (first, second) = (place(of: below), place(of: above))
      table.split(
        node, feature: split.feature, threshold: split.threshold, below: first, above: second,
        missing: below.count >= above.count ? first : second)
      pending.append((second, above, depth + 1))
      pending.append((first, below, depth + 1))
    }
    return table
  }

  /// Adds the leaf of some samples.
  private mutating func place(of rows: [Int]) -> Int {
    let (sums, total) = sums(of: rows)
    return table.leaf(sums.map { $0 / total })
  }

  private func sums(of rows: [Int]) -> (sums: [Double], total: Double) {
    var sums = [Double](repeating: 0, count: width)
    var total = 0.0
    for row in rows {
      sums[columns[row]] += amounts[row]
      total += weights[row]
    }
    return (sums, total)
  }

  /// Whether all answers are the same.
  private func isPure(_ rows: [Int]) -> Bool {
    let first = rows[0]
    let answer = amounts[first] / weights[first]
    return rows.allSatisfy {
      columns[$0] == columns[first] && amounts[$0] / weights[$0] == answer
    }
  }

  /// A question that parts samples.
  private struct Split {
    let feature: Int
    let threshold: Float
    /// `Σ sums² / weight` of both parts: the greater, the purer they are.
    let purity: Double
  }

  /// The best split of the features that are tried. If all of them are constant, others are tried
  /// until one is not.
  private mutating func bestSplit(of rows: [Int]) -> Split? {
    let totals = sums(of: rows)
    var best: Split?
    var tried = 0
    for feature in featureOrder() {
      if tried >= limits.maxFeatures { break }
      let sorted = sorter.sorted(rows.map { Float(samples[$0, feature]) })
      guard sorted.first?.key != sorted.last?.key else { continue }
      tried += 1
      if let split = self.split(feature, sorted, rows, totals), split.purity > best?.purity ?? -1 {
        best = split
      }
    }
    return best
  }

  private mutating func featureOrder() -> [Int] {
    let all = Array(0..<samples.width)
    return limits.maxFeatures < samples.width ? all.shuffled(using: &generator) : all
  }

  private func split(
    _ feature: Int, _ sorted: [KeySorter.Entry], _ rows: [Int],
    _ totals: (sums: [Double], total: Double)
  ) -> Split? {
    var left = [Double](repeating: 0, count: width)
    var right = totals.sums
    var leftWeight = 0.0
    var leftSquares = 0.0
    var rightSquares = right.reduce(0) { $0 + $1 * $1 }
    var best: Split?
    for place in 0..<sorted.count - 1 {
      let row = rows[sorted[place].place]
      let (column, amount) = (columns[row], amounts[row])
      // The squares of the sums, changed in the one column that changes.
      leftSquares += amount * (2 * left[column] + amount)
      rightSquares -= amount * (2 * right[column] - amount)
      left[column] += amount
      right[column] -= amount
      leftWeight += weights[row]
      let (key, next) = (sorted[place].key, sorted[place + 1].key)
      guard key < next, place + 1 >= limits.minSamplesLeaf,
        sorted.count - place - 1 >= limits.minSamplesLeaf
      else { continue }
      let purity = leftSquares / leftWeight + rightSquares / (totals.total - leftWeight)
      if purity > best?.purity ?? -1 {
        best = Split(
          feature: feature, threshold: Self.threshold(between: key, and: next), purity: purity)
      }
    }
    return best
  }

  /// The least number that is greater than the middle of two neighbours, so that a sample is sent
  /// below if it is at most the middle.
  private static func threshold(between low: Float, and high: Float) -> Float {
    let middle = (Double(low) + Double(high)) / 2
    let nearest = Float(middle)
    let above = Double(nearest) > middle ? nearest : nearest.nextUp
    return min(max(above, low.nextUp), high)
  }
}
