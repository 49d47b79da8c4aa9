public import MoruTensors

/// K-means of small batches of records at random: centers are running means of the records that were
/// assigned to them so far. Far fewer distances than `KMeans`, for a little more inertia.
///
/// It ends when the smoothed inertia of the batches has not fallen for ten of them. Centers that few
/// records come to start anew at records of a batch.
///
/// - Source: Sculley 2010, "Web-scale k-means clustering", doi:10.1145/1772690.1772862; the end and the
///   new starts are scikit-learn's.
public struct MiniBatchKMeans: Sendable, Equatable {
  /// Number of clusters, at least 1.
  public let clusters: Int
  /// Records in a batch, at least 1.
  public let batchSize: Int
  /// Where centers start; records by chance are those of a few batches.
  public let seeding: KMeans.Seeding
  /// After how many times as many records as there are it ends in any case, at least 1.
  public let maximumEpochs: Int

  public var name: String { "mini-batch k-means" }

  /// Below this share of the greatest weight a center starts anew.
  private static let leastShare = 0.01
  /// Batches without a lower inertia after which it ends.
  private static let patience = 10

  /// K-means of so many clusters.
  public init(
    _ clusters: Int, batchSize: Int = 1024, seeding: KMeans.Seeding = .kMeansPlusPlus,
    maximumEpochs: Int = 100
  ) {
    self.clusters = clusters
    self.batchSize = batchSize
    self.seeding = seeding
    self.maximumEpochs = maximumEpochs
  }

  /// Groups points.
  ///
  /// - Parameters:
  ///   - points: `[records, …]`, finite; Float64 is computed in Float64, everything else in Float32.
  ///   - weights: How much each record counts; all alike if nil.
  ///   - seed: Decides where the centers start, and the batches.
  /// - Returns: The groups around the centers that were found; `iterations` counts batches.
  /// - Throws: `LearnerError`, for a setting out of range, fewer records than clusters, and numbers that
  ///   are not finite.
  public func cluster(
    _ points: HostTensor, weights: [Float]? = nil, seed: Seed = 0
  ) throws -> Clustering {
    points.dtype == .float64
      ? try cluster(Records<Double>(points, learner: name), weights: weights, seed: seed)
      : try cluster(Records<Float>(points, learner: name), weights: weights, seed: seed)
  }

  /// The centers after each of some batches: for tests.
  package static func centers(
    from start: HostTensor, after batches: [HostTensor]
  ) throws -> [HostTensor] {
    let name = MiniBatchKMeans(start.shape[0]).name
    var state = RunningCenters<Double>(
      try Records<Double>(start, learner: name).values, clusters: start.shape[0])
    return try batches.map { batch in
      let records = try Records<Double>(batch, learner: name)
      _ = state.learn(records, Array(0..<records.count), weights: nil)
      return try HostTensor(state.centers, shape: start.shape)
    }
  }

  private func cluster<Element>(
    _ records: Records<Element>, weights: [Float]?, seed: Seed
  ) throws -> Clustering {
    try check("batchSize", batchSize, atLeast: 1)
    try check("maximumEpochs", maximumEpochs, atLeast: 1)
    let settings = KMeans(clusters, seeding: seeding, starts: 1)
    try settings.check(records, weights: weights, for: self)
    var generator = seed.child("batches").generator
    let size = min(batchSize, records.count)
    func batch(_ count: Int) -> [Int] {
      (0..<count).map { _ in Int(generator.uniform() * Double(records.count)) }
    }
    var state = RunningCenters(
      try startingCenters(records, weights, settings, batch(max(3 * size, 3 * clusters)), seed),
      clusters: clusters)
    var smoothed: Double?
    var (least, waited, steps, sinceNew) = (Double.infinity, 0, 0, 0)
    let most = max(1, maximumEpochs * records.count / size)
    while steps < most, waited < Self.patience {
      let places = batch(size)
      let inertia = state.learn(records, places, weights: weights) / Double(size)
      steps += 1
      sinceNew += size
      if sinceNew >= 10 * clusters || state.weights.contains(0) {
        state.renew(records, among: places, below: Self.leastShare)
        sinceNew = 0
      }
      // The first batch tells of the start only.
      guard steps > 1 else { continue }
      let share = min(1, 2 * Double(size) / Double(records.count + 1))
      let level = smoothed.map { $0 * (1 - share) + inertia * share } ?? inertia
      smoothed = level
      waited = level < least ? 0 : waited + 1
      least = min(least, level)
    }
    return try state.assign(
      records, weights: weights, iterations: steps, isConverged: waited >= Self.patience)
  }

  private func startingCenters<Element>(
    _ records: Records<Element>, _ weights: [Float]?, _ settings: KMeans, _ sample: [Int],
    _ seed: Seed
  ) throws -> [Element] {
    guard case .kMeansPlusPlus = seeding else {
      return try settings.startingCenters(records, weights: weights, seed: seed)
    }
    let part = Records(records, sample)
    return try settings.startingCenters(
      part, weights: weights.map { weights in sample.map { weights[$0] } }, seed: seed)
  }
}

/// Centers that move to the mean of all records that were assigned to them so far.
private struct RunningCenters<Element: RecordScalar> {
  var centers: [Element]
  /// The weight of the records that each center has got.
  var weights: [Double]
  private let features: Int

  init(_ centers: [Element], clusters: Int) {
    self.centers = centers
    weights = [Double](repeating: 0, count: clusters)
    features = centers.count / clusters
  }

  /// Learns from a batch, and returns its inertia before.
  mutating func learn(_ records: Records<Element>, _ places: [Int], weights: [Float]?) -> Double {
    let batch = Records(records, places)
    let found = nearest(batch)
    var sums = centers.enumerated().map { Double($1) * self.weights[$0 / features] }
    var inertia = 0.0
    for (row, place) in places.enumerated() {
      let weight = weights.map { Double($0[place]) } ?? 1
      let center = Int(found.labels[row])
      inertia += weight * Double(found.distances[row])
      self.weights[center] += weight
      for feature in 0..<features {
        sums[center * features + feature] += weight * Double(batch.values[row * features + feature])
      }
    }
    for place in centers.indices where self.weights[place / features] > 0 {
      centers[place] = Element(sums[place] / self.weights[place / features])
    }
    return inertia
  }

  /// Puts centers of little weight at records of a batch.
  mutating func renew(_ records: Records<Element>, among places: [Int], below share: Double) {
    let limit = share * (weights.max() ?? 0)
    let few = weights.indices.filter { weights[$0] < limit || weights[$0] == 0 }
      .prefix(max(1, places.count / 2))
    let rest = weights.indices.filter { !few.contains($0) }.map { weights[$0] }.min() ?? 0
    for (center, place) in zip(few, places) {
      centers.replaceSubrange(
        center * features..<(center + 1) * features, with: records.rows([place]))
      weights[center] = rest
    }
  }

  /// All records around their nearest centers.
  func assign(
    _ records: Records<Element>, weights: [Float]?, iterations: Int, isConverged: Bool
  ) throws -> Clustering {
    let found = nearest(records)
    let inertia = (0..<records.count).reduce(0.0) { sum, record in
      sum + Double(found.distances[record]) * (weights.map { Double($0[record]) } ?? 1)
    }
    return Clustering(
      centers: try HostTensor(centers, shape: [centers.count / features, features]),
      labels: found.labels.array.map { Int($0) }, inertia: inertia, iterations: iterations,
      isConverged: isConverged)
  }

  private func nearest(
    _ records: Records<Element>
  ) -> (labels: Buffer<Int32>, distances: Buffer<Element>) {
    let labels = Buffer<Int32>(repeating: 0, count: records.count)
    let distances = Buffer<Element>(repeating: 0, count: records.count)
    let others = Buffer<Element>(repeating: 0, count: records.count)
    let nearest = NearestCenters(centers, features: features)
    records.withRows { rows in
      Parallel.forEach(parts: max(1, min(16, records.count / 256)), of: records.count) { _, range in
        let start = range.lowerBound
        nearest.nearest(
          rows + start * features, places: nil, count: range.count, nearest: labels.start + start,
          best: distances.start + start, second: others.start + start)
      }
    }
    return (labels, distances)
  }
}
