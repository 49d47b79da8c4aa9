import Foundation

/// How well two partings of the same samples agree, such as clusters found and classes known; what the
/// clusters are called does not matter.
public struct ClusterComparison: Sendable, Equatable {
  /// The number of samples.
  public let samples: Int
  private let truthSizes: [Double]
  private let predictedSizes: [Double]
  /// Samples that share a true class and a cluster, where there are any.
  private let cells: [Cell]

  private struct Cell: Equatable {
    let truth: Int
    let predicted: Int
    let count: Double
  }

  /// Counts which clusters share samples.
  ///
  /// - Parameter truth: The class of each sample, any numbers.
  /// - Parameter predicted: The cluster of each sample, any numbers.
  /// - Throws: `MetricsError` if there are no samples or lengths differ.
  public init(truth: [Int], predicted: [Int]) throws(MetricsError) {
    try Checks.pairs(truth: truth.count, predicted: predicted.count, weights: nil)
    let (rows, rowCount) = Self.numbered(truth)
    let (columns, columnCount) = Self.numbered(predicted)
    var counts: [Int: Int] = [:]
    if rowCount <= (1 << 22) / columnCount {
      var table = [Int](repeating: 0, count: rowCount * columnCount)
      for place in rows.indices { table[rows[place] * columnCount + columns[place]] += 1 }
      for (place, count) in table.enumerated() where count > 0 { counts[place] = count }
    } else {
      for place in rows.indices {
        counts[rows[place] * columnCount + columns[place], default: 0] += 1
      }
    }
    cells = counts.sorted { $0.key < $1.key }.map {
      Cell(truth: $0.key / columnCount, predicted: $0.key % columnCount, count: Double($0.value))
    }
    var sizes = (
      [Double](repeating: 0, count: rowCount), [Double](repeating: 0, count: columnCount)
    )
    for cell in cells {
      sizes.0[cell.truth] += cell.count
      sizes.1[cell.predicted] += cell.count
    }
    (truthSizes, predictedSizes) = sizes
    samples = truth.count
  }

  /// The same parting with clusters numbered from 0 in the order of their numbers.
  private static func numbered(_ clusters: [Int]) -> ([Int], count: Int) {
    let least = clusters.min() ?? 0
    let (span, overflow) = (clusters.max() ?? 0).subtractingReportingOverflow(least)
    if !overflow, span <= max(1024, clusters.count) {
      var places = [Int](repeating: 0, count: span + 1)
      for cluster in clusters { places[cluster - least] = 1 }
      var count = 0
      for place in places.indices where places[place] == 1 {
        places[place] = count
        count += 1
      }
      return (clusters.map { places[$0 - least] }, count)
    }
    let names = Set(clusters).sorted()
    let places = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
    return (clusters.map { places[$0] ?? 0 }, names.count)
  }

  /// Pairs of samples: together in both, apart in truth only, together in truth only, apart in both;
  /// each pair counts twice.
  private var pairs: (together: Double, merged: Double, parted: Double, apart: Double) {
    let n = Double(samples)
    func squares(_ counts: [Double]) -> Double { counts.reduce(0) { $0 + $1 * $1 } }
    let shared = squares(cells.map(\.count))
    let (merged, parted) = (squares(predictedSizes) - shared, squares(truthSizes) - shared)
    return (shared - n, merged, parted, n * n - merged - parted - shared)
  }

  /// The share of pairs of samples that both partings treat alike, 0…1.
  public var randIndex: Double {
    let pairs = pairs
    let right = pairs.together + pairs.apart
    let all = right + pairs.merged + pairs.parted
    return right == all ? 1 : right / all
  }

  /// The Rand index beyond chance, −0.5…1: 0 for partings at random.
  ///
  /// - Source: Hubert & Arabie 1985, doi:10.1007/BF01908075.
  public var adjustedRandIndex: Double {
    let (tp, fp, fn, tn) = pairs
    if fp == 0, fn == 0 { return 1 }
    return 2 * (tp * tn - fn * fp) / ((tp + fn) * (fn + tn) + (tp + fp) * (fp + tn))
  }

  /// The geometric mean of precision and recall of pairs, 0…1.
  ///
  /// - Source: Fowlkes & Mallows 1983, doi:10.1080/01621459.1983.10478008.
  public var fowlkesMallows: Double {
    let (tp, fp, fn, _) = pairs
    return tp == 0 ? 0 : (tp / (tp + fp)).squareRoot() * (tp / (tp + fn)).squareRoot()
  }

  /// What one parting says of the other, in nats: `Σ p(i,j)·log(p(i,j) / p(i)·p(j))`.
  public var mutualInformation: Double {
    let n = Double(samples)
    let sum = cells.reduce(0) { sum, cell in
      let expected = truthSizes[cell.truth] / n * predictedSizes[cell.predicted]
      return sum + cell.count / n * log(cell.count / expected)
    }
    // Independent partings share nothing; rounding must not say otherwise.
    return abs(sum) <= .ulpOfOne ? 0 : max(sum, 0)
  }

  private func entropy(_ sizes: [Double]) -> Double {
    guard sizes.count > 1 else { return 0 }
    let n = Double(samples)
    return sizes.reduce(0) { $0 - $1 / n * log($1 / n) }
  }

  private var truthEntropy: Double { entropy(truthSizes) }
  private var predictedEntropy: Double { entropy(predictedSizes) }
  /// Whether both put all samples together.
  private var areBothWhole: Bool { truthSizes.count == 1 && predictedSizes.count == 1 }

  /// Whether each cluster holds samples of one class only, 0…1.
  ///
  /// - Source: Rosenberg & Hirschberg 2007, "V-Measure", aclanthology.org/D07-1043.
  public var homogeneity: Double {
    truthEntropy == 0 ? 1 : mutualInformation / truthEntropy
  }

  /// Whether all samples of a class are in one cluster, 0…1.
  public var completeness: Double {
    predictedEntropy == 0 ? 1 : mutualInformation / predictedEntropy
  }

  /// `(1 + β)·h·c / (β·h + c)`, 0…1.
  ///
  /// - Parameter beta: How many times as much completeness counts as homogeneity.
  public func vMeasure(beta: Double = 1) -> Double {
    let (h, c) = (homogeneity, completeness)
    return ratio((1 + beta) * h * c, beta * h + c)
  }

  /// Mutual information divided by the mean of both entropies, 0…1.
  public var normalizedMutualInformation: Double {
    if areBothWhole { return 1 }
    let information = mutualInformation
    return information == 0 ? 0 : information / ((truthEntropy + predictedEntropy) / 2)
  }

  /// Mutual information beyond what chance shares, at most 1: 0 for partings at random.
  ///
  /// - Complexity: O(classes · clusters · the greatest cluster's size) at worst.
  /// - Source: Vinh, Epps & Bailey 2010, "Information theoretic measures for clusterings comparison",
  ///   JMLR 11.
  public var adjustedMutualInformation: Double {
    if areBothWhole { return 1 }
    let expected = expectedMutualInformation
    let rest = (truthEntropy + predictedEntropy) / 2 - expected
    let divisor = rest < 0 ? min(rest, -.ulpOfOne) : max(rest, .ulpOfOne)
    return (mutualInformation - expected) / divisor
  }

  private var expectedMutualInformation: Double {
    if truthSizes.count == 1 || predictedSizes.count == 1 { return 0 }
    let n = samples
    var logFactorials = [0.0]
    logFactorials.reserveCapacity(n + 1)
    for count in 1...n { logFactorials.append(lgamma(Double(count) + 1).0) }
    // Clusters of one size come to the same.
    func sizes(_ counts: [Double]) -> [(size: Int, times: Double)] {
      Dictionary(grouping: counts) { $0 }.map { (Int($0.key), Double($0.value.count)) }
        .sorted { $0.0 < $1.0 }
    }
    var sum = 0.0
    for (a, aTimes) in sizes(truthSizes) {
      for (b, bTimes) in sizes(predictedSizes) {
        let fixed =
          logFactorials[a] + logFactorials[b] + logFactorials[n - a] + logFactorials[n - b]
          - logFactorials[n]
        let limits = max(a + b - n, 1)...min(a, b)
        for shared in limits {
          let probability = exp(
            fixed - logFactorials[shared] - logFactorials[a - shared] - logFactorials[b - shared]
              - logFactorials[n - a - b + shared])
          let information =
            Double(shared) / Double(n)
            * log(Double(n) * Double(shared) / (Double(a) * Double(b)))
          sum += aTimes * bTimes * probability * information
        }
      }
    }
    return sum
  }
}
