import MoruModels
public import MoruTensors

/// Groups records around centers so that the sum of their squared distances from these, the inertia,
/// is small.
///
/// Records are assigned to the nearest center, centers move to the mean of their records, in turn,
/// until no record moves. A cluster that loses all records takes over the one that is farthest from
/// its own center; when there are fewer different records than clusters some stay empty.
///
/// As a learner it makes a model whose score for a cluster is minus the squared distance from its
/// center. Targets are not looked at; weights of samples count.
///
/// - Source: Lloyd 1982, doi:10.1109/TIT.1982.1056489.
public struct KMeans: Sendable, Equatable {
  /// Where centers start.
  public enum Seeding: Sendable, Equatable {
    /// Far from one another: each further one is the best of several drawn in proportion to the squared
    /// distance from those before (Arthur, Vassilvitskii 2007; greedy as in Grunau et al. 2022,
    /// arXiv:2207.08436).
    case kMeansPlusPlus
    /// At different records by chance.
    case randomRecords
    /// At these points, `[clusters, features]`.
    case centers(HostTensor)
  }

  /// Number of clusters, at least 1.
  public let clusters: Int
  /// Where centers start.
  public let seeding: Seeding
  /// How many searches are made, of which the one of least inertia counts, at least 1.
  public let starts: Int
  /// After how many assignments a search ends in any case, at least 1.
  public let maximumIterations: Int
  /// A search ends when the sum of the centers' squared movements is at most this times the mean
  /// variance of the features; 0 until no record moves.
  public let tolerance: Double

  public var name: String { "k-means" }

  /// K-means of so many clusters.
  ///
  /// - Parameter starts: How many searches are made; if nil ten from random records, which may start
  ///   badly, and one otherwise.
  public init(
    _ clusters: Int, seeding: Seeding = .kMeansPlusPlus, starts: Int? = nil,
    maximumIterations: Int = 300, tolerance: Double = 0
  ) {
    self.clusters = clusters
    self.seeding = seeding
    self.starts = starts ?? (seeding == .randomRecords ? 10 : 1)
    self.maximumIterations = maximumIterations
    self.tolerance = tolerance
  }

  /// Groups points.
  ///
  /// - Parameters:
  ///   - points: `[records, …]`, finite; Float64 is computed in Float64, everything else in Float32.
  ///   - weights: How much each record counts; all alike if nil.
  ///   - seed: Decides where the centers start.
  /// - Throws: `LearnerError`, for a setting out of range, fewer records than clusters, and numbers that
  ///   are not finite.
  public func cluster(
    _ points: HostTensor, weights: [Float]? = nil, seed: Seed = 0
  ) throws -> Clustering {
    points.dtype == .float64
      ? try cluster(Records<Double>(points, learner: name), weights: weights, seed: seed)
      : try cluster(Records<Float>(points, learner: name), weights: weights, seed: seed)
  }

  /// The records at which the first search starts, if chance decides: for tests, with the numbers that
  /// are drawn, uniform in [0, 1).
  package static func startingRecords<Element>(
    _ records: Records<Element>, clusters: Int, weights: [Float]?, draw: () -> Double
  ) -> [Int] {
    withoutActuallyEscaping(draw) { draw in
      CenterSeeding(records: records, weights: weights, draw: draw).kMeansPlusPlus(clusters)
    }
  }

  private func cluster<Element>(
    _ records: Records<Element>, weights: [Float]?, seed: Seed
  ) throws -> Clustering {
    try check(records, weights: weights, for: self)
    let limit = tolerance == 0 ? 0 : tolerance * records.meanVariance
    var best: (search: LloydSearch<Element>, inertia: Double, end: (Int, Bool))?
    for start in 0..<starts {
      let centers = try startingCenters(records, weights: weights, seed: seed.child(start))
      var search = LloydSearch(records, weights: weights, centers: centers)
      let end = search.run(maximumIterations: maximumIterations, tolerance: limit)
      let inertia = search.inertia()
      if inertia < best?.inertia ?? .infinity { best = (search, inertia, end) }
    }
    guard let best else { throw LearnerError.overflow(learner: name) }
    let labels = best.search.labels.array.map(Int.init)
    return Clustering(
      centers: try HostTensor(best.search.centers, shape: [clusters, records.features]),
      labels: labels, inertia: best.inertia, iterations: best.end.0, isConverged: best.end.1)
  }

  func startingCenters<Element>(
    _ records: Records<Element>, weights: [Float]?, seed: Seed
  ) throws -> [Element] {
    var generator = seed.generator
    let seeding = CenterSeeding(records: records, weights: weights) { generator.uniform() }
    return switch self.seeding {
    case .kMeansPlusPlus: records.rows(seeding.kMeansPlusPlus(clusters))
    case .randomRecords: records.rows(seeding.randomRecords(clusters))
    case .centers(let centers):
      try centers.converted(to: Element.dtype).array(of: Element.self)
    }
  }

  func check<Element>(
    _ records: Records<Element>, weights: [Float]?, for learner: some Learner
  ) throws {
    try learner.check("clusters", clusters, atLeast: 1)
    guard clusters <= records.count else {
      throw learner.refusal(
        "clusters", "is \(clusters), but there are \(records.count) records; ask for fewer")
    }
    guard records.count < Int(Int32.max) else {
      throw LearnerError.tooMany(learner: learner.name, samples: records.count)
    }
    try learner.check("starts", starts, atLeast: 1)
    try learner.check("maximumIterations", maximumIterations, atLeast: 1)
    try learner.check("tolerance", tolerance, isAllowed: tolerance >= 0, "must be at least 0")
    if case .centers(let centers) = seeding {
      guard centers.shape == [clusters, records.features] else {
        throw learner.refusal(
          "seeding",
          "has centers of shape \(centers.shape), not [\(clusters), \(records.features)]")
      }
      _ = try Records<Double>(centers, learner: "\(learner.name), seeding")
    }
    if let weights {
      guard weights.count == records.count, weights.allSatisfy({ $0 >= 0 && $0.isFinite }),
        weights.contains(where: { $0 > 0 })
      else {
        throw learner.refusal(
          "weights", "must be one finite number a record, at least 0, and not all of them 0")
      }
    }
  }
}
