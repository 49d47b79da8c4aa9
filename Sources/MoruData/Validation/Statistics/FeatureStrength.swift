internal import Foundation
internal import MoruTensors

/// How well one column alone tells the target.
public struct FeatureStrength: Codable, Sendable, Equatable {
  /// The column.
  public let column: String
  /// How much of the error of guessing without it goes away, on rows that were not looked at: of
  /// wrong classes, or of squared deviations (R²). 0 not at all, 1 everything.
  public let skill: Double
  /// Of two classes and a number column: the area under the ROC curve, turned so that it is 0.5…1.
  public let auc: Double?
  /// Mutual information with the target's classes, in nats, of the column cut into bins.
  public let information: Double?

  /// Whether it tells the target almost alone, as a column does that was written after the outcome
  /// was known.
  public var isSuspicious: Bool {
    skill >= Self.suspiciousSkill || (auc ?? 0) >= Self.suspiciousAUC
  }

  static let suspiciousSkill = 0.97
  static let suspiciousAUC = 0.995

  /// Fewer rows tell nothing.
  static let leastRows = 30
  private static let binCount = 32
  private static let foldCount = 5

  /// Nil where too few rows have a target, or all have the same.
  init?(_ column: Table.Column, target: TargetValues) {
    let bins = Self.bins(of: column)
    self.column = column.name
    switch target {
    case .classes(let classes, let labels):
      let rows = classes.indices.filter { classes[$0] >= 0 }
      let truths = rows.map { classes[$0] }
      guard rows.count >= Self.leastRows, Set(truths).count > 1 else { return nil }
      let found = rows.map { bins[$0] }
      skill = Self.skill(bins: found, classes: truths, classCount: labels.count)
      information = Self.mutualInformation(found, truths)
      if labels.count == 2, case .numbers(let numbers) = column.values {
        let present = rows.filter { !numbers[$0].isNaN }
        let area = Self.auc(
          scores: present.map { numbers[$0] }, isPositive: present.map { classes[$0] == 1 })
        auc = area.map { max($0, 1 - $0) }
      } else {
        auc = nil
      }
    case .numbers(let numbers):
      let rows = numbers.indices.filter { !numbers[$0].isNaN }
      let truths = rows.map { numbers[$0] }
      guard rows.count >= Self.leastRows, truths.min() != truths.max() else { return nil }
      skill = Self.skill(bins: rows.map { bins[$0] }, numbers: truths)
      auc = nil
      information = nil
    }
  }

  /// The bin of each cell, missing ones in bin 0: a category each, or equal shares of the numbers.
  private static func bins(of column: Table.Column) -> [Int] {
    switch column.values {
    case .text(let codes, _): return codes.map { Int($0) + 1 }
    case .numbers(let numbers):
      let edges = Quantiles.edges(of: numbers.filter { !$0.isNaN }.sorted(), bins: binCount)
      return numbers.map { $0.isNaN ? 0 : Quantiles.bin(of: $0, in: edges) + 1 }
    }
  }

  /// Folds that no period of the rows falls in with.
  private static func fold(of row: Int) -> Int {
    var word = UInt64(row) &* 0x9E37_79B9_7F4A_7C15
    word = (word ^ word >> 29) &* 0xBF58_476D_1CE4_E5B9
    return Int((word >> 33) % UInt64(foldCount))
  }

  /// A fifth of the rows at a time is judged by the most frequent class of its bin in the others.
  private static func skill(bins: [Int], classes: [Int], classCount: Int) -> Double {
    let binCount = (bins.max() ?? 0) + 1
    var totals = [Int](repeating: 0, count: classCount)
    for truth in classes { totals[truth] += 1 }
    let usual = totals.indices.max { totals[$0] < totals[$1] } ?? 0
    var right = 0
    for fold in 0..<foldCount {
      var counts = [Int: [Int]](minimumCapacity: min(binCount, bins.count))
      for row in bins.indices where Self.fold(of: row) != fold {
        counts[bins[row], default: [Int](repeating: 0, count: classCount)][classes[row]] += 1
      }
      let answers = counts.mapValues { counts in
        counts.indices.max { counts[$0] < counts[$1] } ?? usual
      }
      for row in bins.indices
      where Self.fold(of: row) == fold && (answers[bins[row]] ?? usual) == classes[row] {
        right += 1
      }
    }
    let wrongWithout = classes.count - totals[usual]
    return max(0, Double(right - totals[usual]) / Double(wrongWithout))
  }

  /// A fifth of the rows at a time is judged by the mean of its bin in the others.
  private static func skill(bins: [Int], numbers: [Double]) -> Double {
    let mean = numbers.mean
    var (squares, total) = (0.0, 0.0)
    for fold in 0..<foldCount {
      var sums: [Int: (sum: Double, count: Double)] = [:]
      for row in bins.indices where Self.fold(of: row) != fold {
        sums[bins[row], default: (0, 0)].sum += numbers[row]
        sums[bins[row], default: (0, 0)].count += 1
      }
      for row in bins.indices where Self.fold(of: row) == fold {
        let answer = sums[bins[row]].map { $0.sum / $0.count } ?? mean
        squares += (numbers[row] - answer) * (numbers[row] - answer)
        total += (numbers[row] - mean) * (numbers[row] - mean)
      }
    }
    return max(0, 1 - squares / total)
  }

  /// `Σ p(x, y) ln(p(x, y) / (p(x) p(y)))`, in nats.
  package static func mutualInformation(_ first: [Int], _ second: [Int]) -> Double {
    let count = Double(first.count)
    var pairs: [[Int]: Double] = [:]
    var (ones, others) = ([Int: Double](), [Int: Double]())
    for (one, other) in zip(first, second) {
      pairs[[one, other], default: 0] += 1
      ones[one, default: 0] += 1
      others[other, default: 0] += 1
    }
    // In a fixed order, so that the last digit is always the same.
    let sum = pairs.sorted { $0.key.lexicographicallyPrecedes($1.key) }.reduce(0.0) { sum, pair in
      let product = (ones[pair.key[0]] ?? 0) * (others[pair.key[1]] ?? 0)
      return sum + pair.value / count * log(pair.value * count / product)
    }
    return max(0, sum)
  }

  /// The share of pairs of a positive and another sample in which the positive one has the higher
  /// score, ties counted half; nil if there is no such pair.
  package static func auc(scores: [Double], isPositive: [Bool]) -> Double? {
    let order = scores.indices.sorted { scores[$0] < scores[$1] }
    var rankSum = 0.0
    var start = 0
    while start < order.count {
      var end = start
      while end < order.count, scores[order[end]] == scores[order[start]] { end += 1 }
      let rank = Double(start + end + 1) / 2  // the mean of ranks start + 1 … end
      rankSum += rank * Double(order[start..<end].count { isPositive[$0] })
      start = end
    }
    let positives = Double(isPositive.count { $0 })
    let negatives = Double(isPositive.count) - positives
    guard positives > 0, negatives > 0 else { return nil }
    return (rankSum - positives * (positives + 1) / 2) / (positives * negatives)
  }
}
