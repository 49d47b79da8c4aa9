import MoruTensors

/// How compact and how far apart clusters are, by Euclidean distances of their samples' features.
public struct ClusterQuality: Sendable {
  private let features: NumberTable
  private let clusters: [Int]
  private let sizes: [Double]
  private let centers: [Double]

  /// Finds the clusters' centres.
  ///
  /// - Parameter features: One row for each sample.
  /// - Parameter clusters: The cluster of each sample, any numbers.
  /// - Throws: `MetricsError` if lengths differ; `badSetting` unless there are at least two clusters and
  ///   fewer than samples.
  public init(features: NumberTable, clusters: [Int]) throws(MetricsError) {
    try Checks.pairs(truth: clusters.count, predicted: features.rows, weights: nil)
    let names = Set(clusters).sorted()
    guard names.count > 1, names.count < features.rows else {
      throw .badSetting(
        name: "The number of clusters", value: Double(names.count),
        allowed: "at least 2 and fewer than there are samples")
    }
    let places = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
    let numbered = clusters.map { places[$0] ?? 0 }
    let width = features.width
    var sizes = [Double](repeating: 0, count: names.count)
    var centers = [Double](repeating: 0, count: names.count * width)
    for (row, cluster) in numbered.enumerated() {
      sizes[cluster] += 1
      for column in 0..<width {
        centers[cluster * width + column] += features.values[row * width + column]
      }
    }
    for place in centers.indices { centers[place] /= sizes[place / width] }
    self.features = features
    self.clusters = numbered
    self.sizes = sizes
    self.centers = centers
  }

  /// How much nearer each sample is to its own cluster than to the next: `(b − a) / max(a, b)`, −1…1,
  /// with the mean distances `a` to the others of its own cluster and `b` to those of the nearest other
  /// one; 0 for a cluster of one sample.
  ///
  /// - Complexity: O(n²) in the number of samples.
  /// - Source: Rousseeuw 1987, doi:10.1016/0377-0427(87)90125-7.
  public var silhouettes: [Double] {
    let (count, clusterCount) = (clusters.count, sizes.count)
    var sums = [Double](repeating: 0, count: count * clusterCount)
    for row in 0..<count {
      for other in row + 1..<max(count, row + 1) {
        let distance = Self.distance(features.values, row, features.values, other, features.width)
        sums[row * clusterCount + clusters[other]] += distance
        sums[other * clusterCount + clusters[row]] += distance
      }
    }
    return (0..<count).map { row in
      let own = clusters[row]
      guard sizes[own] > 1 else { return 0 }
      let within = sums[row * clusterCount + own] / (sizes[own] - 1)
      let nearest =
        (0..<clusterCount).filter { $0 != own }
        .map { sums[row * clusterCount + $0] / sizes[$0] }.min() ?? 0
      return ratio(nearest - within, max(nearest, within))
    }
  }

  /// The mean silhouette, −1…1.
  public var silhouette: Double { silhouettes.mean }

  /// How alike each cluster and the one most like it are, averaged: 0 is best.
  ///
  /// - Source: Davies & Bouldin 1979, doi:10.1109/TPAMI.1979.4766909.
  public var daviesBouldin: Double {
    var spreads = [Double](repeating: 0, count: sizes.count)
    for (row, cluster) in clusters.enumerated() {
      spreads[cluster] +=
        Self.distance(features.values, row, centers, cluster, features.width) / sizes[cluster]
    }
    let worst = sizes.indices.map { cluster in
      sizes.indices.filter { $0 != cluster }.map { other in
        let gap = Self.distance(centers, cluster, centers, other, features.width)
        // Clusters with one centre between them are left out of the comparison.
        return gap == 0 ? 0 : (spreads[cluster] + spreads[other]) / gap
      }.max() ?? 0
    }
    return worst.mean
  }

  /// The spread between clusters' centres by that within clusters, each by its degrees of freedom: the
  /// greater, the better; 1 if clusters are single points.
  ///
  /// - Source: Caliński & Harabasz 1974, doi:10.1080/03610927408827101.
  public var calinskiHarabasz: Double {
    let (width, count) = (features.width, Double(clusters.count))
    var middle = [Double](repeating: 0, count: width)
    for (place, value) in features.values.enumerated() { middle[place % width] += value / count }
    var (between, within) = (0.0, 0.0)
    for cluster in sizes.indices {
      let gap = Self.distance(centers, cluster, middle, 0, width)
      between += sizes[cluster] * gap * gap
    }
    for (row, cluster) in clusters.enumerated() {
      let gap = Self.distance(features.values, row, centers, cluster, width)
      within += gap * gap
    }
    if within == 0 { return 1 }
    let clusterCount = Double(sizes.count)
    return between * (count - clusterCount) / (within * (clusterCount - 1))
  }

  private static func distance(
    _ a: [Double], _ row: Int, _ b: [Double], _ other: Int, _ width: Int
  ) -> Double {
    var sum = 0.0
    for column in 0..<width {
      let step = a[row * width + column] - b[other * width + column]
      sum += step * step
    }
    return sum.squareRoot()
  }
}
