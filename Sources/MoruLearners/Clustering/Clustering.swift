public import MoruMetrics
public import MoruTensors

/// Records in groups, each around its center.
public struct Clustering: Sendable, Equatable {
  /// The mean of each group's records. `[clusters, features]`, Float64 if the points were, else Float32.
  public let centers: HostTensor
  /// The group of each record, from 0.
  public let labels: [Int]
  /// Number of records in each group.
  public let sizes: [Int]
  /// The sum of the records' squared distances from their centers, each times its weight.
  public let inertia: Double
  /// How often all records were assigned to centers.
  public let iterations: Int
  /// Whether the search ended by itself rather than for the number of iterations.
  public let isConverged: Bool

  init(
    centers: HostTensor, labels: [Int], inertia: Double, iterations: Int, isConverged: Bool
  ) {
    self.centers = centers
    self.labels = labels
    self.inertia = inertia
    self.iterations = iterations
    self.isConverged = isConverged
    var sizes = [Int](repeating: 0, count: centers.shape[0])
    for label in labels { sizes[label] += 1 }
    self.sizes = sizes
  }

  /// How compact the groups are and how far apart, such as the silhouettes of their records.
  ///
  /// - Parameter points: The records that were grouped, `[records, …]`.
  /// - Throws: `MetricsError` for other records, and unless there are at least two groups with records
  ///   and fewer than records.
  public func quality(of points: HostTensor) throws -> ClusterQuality {
    let width = points.shape.dropFirst().reduce(1, *)
    let features = try NumberTable(
      points.converted(to: .float64).array(of: Double.self), width: width)
    return try ClusterQuality(features: features, clusters: labels)
  }
}
