public import MoruTensors

/// How the inertia falls with the number of clusters.
public struct Elbow: Sendable, Equatable {
  /// Numbers of clusters, rising.
  public let clusters: [Int]
  /// The inertia of each.
  public let inertias: [Double]

  /// The number of clusters after which more of them help little: the point farthest below the straight
  /// line between the ends, both axes scaled to 1. Nil for fewer than three numbers, or if no point
  /// lies below.
  ///
  /// - Source: Satopää, Albrecht, Irwin, Raghavan 2011, doi:10.1109/ICDCSW.2011.20.
  public var suggestion: Int? {
    guard clusters.count > 2, let first = inertias.first, let last = inertias.last, first > last
    else { return nil }
    let span = Double(clusters[clusters.count - 1] - clusters[0])
    let depths = zip(clusters, inertias).map { count, inertia in
      1 - Double(count - clusters[0]) / span - (inertia - last) / (first - last)
    }
    let deepest = depths.indices.reduce(0) { depths[$1] > depths[$0] ? $1 : $0 }
    return depths[deepest] > 1e-9 ? clusters[deepest] : nil
  }
}

extension KMeans {
  /// Groups points into each of several numbers of clusters, with the other settings as they are.
  ///
  /// - Throws: As `cluster(_:weights:seed:)`.
  public func elbow(
    _ points: HostTensor, clusters: ClosedRange<Int>, weights: [Float]? = nil, seed: Seed = 0
  ) throws -> Elbow {
    let inertias = try clusters.map { count in
      try KMeans(
        count, seeding: seeding, starts: starts, maximumIterations: maximumIterations,
        tolerance: tolerance
      ).cluster(points, weights: weights, seed: seed).inertia
    }
    return Elbow(clusters: Array(clusters), inertias: inertias)
  }
}
