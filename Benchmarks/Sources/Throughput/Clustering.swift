import Moru

extension Throughput {
  /// K-means from the same centers, and principal components.
  static let clustering: [any Workload] = [
    kMeans("k-means 10,000 × 16, 8 clusters, 20 rounds", width: 16, rounds: 20),
    kMeans("k-means 100,000 × 16, 8 clusters, 20 rounds", width: 16, rounds: 20),
    kMeans("k-means 1,000,000 × 16, 8 clusters, 20 rounds", width: 16, rounds: 20),
    kMeans("k-means 100,000 × 16, 8 clusters, to the end", width: 16, rounds: 1000),
    kMeans("k-means 100,000 × 64, 100 clusters, 20 rounds", width: 64, rounds: 20),
    kMeans("k-means 60,000 × 784, 10 clusters, 20 rounds", width: 784, rounds: 20),
    seeds("k-means++ 100,000 × 16, 20 clusters", width: 16, clusters: 20),
    components("PCA 100,000 × 64, 10 components", width: 64, count: 10),
    components("PCA 20,000 × 784, 50 components", width: 784, count: 50),
    components("PCA 2,000 × 3,000, 20 components", width: 3000, count: 20),
  ]

  private static func kMeans(_ name: String, width: Int, rounds: Int) -> any Workload {
    Throughput(name) { folder in
      let points = try InputFile.rows("points", in: folder, width: width)
      let start = try InputFile.rows("start", in: folder, width: width)
      let learner = KMeans(
        start.shape[0], seeding: .centers(start), maximumIterations: rounds)
      return { try learner.cluster(points).inertia }
    }
  }

  /// One round after seeds by chance, whose inertia comes out nearly alike.
  private static func seeds(_ name: String, width: Int, clusters: Int) -> any Workload {
    Throughput(name) { folder in
      let points = try InputFile.rows("points", in: folder, width: width)
      let learner = KMeans(clusters, maximumIterations: 1)
      return { try learner.cluster(points).inertia }
    }
  }

  /// The share of the first components in the variance.
  private static func components(_ name: String, width: Int, count: Int) -> any Workload {
    Throughput(name) { folder in
      let points = try InputFile.rows("points", in: folder, width: width)
      return {
        let found = try PCA(.count(count)).components(of: points)
        return try found.projections(of: points).shape[1] == count
          ? found.varianceShares.reduce(0, +) : .nan
      }
    }
  }
}
