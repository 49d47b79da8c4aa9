public import MoruTensors

/// Finds clusters of any shape: places where records lie close together, whatever their number. Records
/// between them are noise.
///
/// A record is a core if at least `minSamples` records, itself counted, are at most `eps` away. Cores
/// that near to each other are of one cluster; clusters are numbered in the order of their first cores.
/// A record that is near cores but none itself belongs to the first of their clusters. Distances are
/// Euclidean, in Float64.
///
/// - Source: Ester, Kriegel, Sander, Xu 1996, "A density-based algorithm for discovering clusters in
///   large spatial databases with noise", KDD-96.
public struct DBSCAN: Sendable, Equatable {
  /// What was found.
  public struct Clusters: Sendable, Equatable {
    /// The cluster of each record, from 0; nil for noise.
    public let labels: [Int?]
    /// Whether each record is a core.
    public let isCore: [Bool]
    /// Number of clusters.
    public let count: Int
  }

  /// How near records of a neighbourhood are, above 0, in the features' unit.
  public let eps: Double
  /// How many records make a core's neighbourhood, itself counted, at least 1.
  public let minSamples: Int

  /// Clusters of neighbourhoods of this size.
  public init(eps: Double = 0.5, minSamples: Int = 5) {
    self.eps = eps
    self.minSamples = minSamples
  }

  /// Finds the clusters of points.
  ///
  /// - Parameter points: `[records, …]`, finite.
  /// - Throws: `LearnerError`, for a setting out of range and numbers that are not finite.
  public func cluster(_ points: HostTensor) throws -> Clusters {
    guard eps > 0, eps.isFinite else { throw refuse("eps", "must be a number above 0") }
    guard minSamples >= 1 else { throw refuse("minSamples", "must be at least 1") }
    let records = try Records<Double>(points, learner: "DBSCAN")
    guard records.count < Int(Int32.max) else {
      throw LearnerError.tooMany(learner: "DBSCAN", samples: records.count)
    }
    let tree = KDTree(records)
    let isCore = cores(of: records, tree)
    var labels = [Int?](repeating: nil, count: records.count)
    var count = 0
    for first in 0..<records.count where isCore[first] && labels[first] == nil {
      labels[first] = count
      var open = [first]
      while let core = open.popLast() {
        tree.forEachPoint(near: core, within: eps * eps) { neighbour, _ in
          guard labels[neighbour] == nil else { return }
          labels[neighbour] = count
          if isCore[neighbour] { open.append(neighbour) }
        }
      }
      count += 1
    }
    return Clusters(labels: labels, isCore: isCore, count: count)
  }

  private func cores(of records: Records<Double>, _ tree: KDTree) -> [Bool] {
    let isCore = Buffer(repeating: false, count: records.count)
    Parallel.forEach(parts: min(records.count, 64), of: records.count) { _, range in
      for record in range {
        var neighbours = 0
        tree.forEachPoint(near: record, within: eps * eps) { _, _ in neighbours += 1 }
        isCore[record] = neighbours >= minSamples
      }
    }
    return isCore.array
  }

  private func refuse(_ name: String, _ problem: String) -> LearnerError {
    .setting(learner: "DBSCAN", name: name, problem: problem)
  }
}
