public import MoruData
public import MoruLayers
public import MoruModels
public import MoruTensors

/// The mean of the answers of the training samples nearest to a sample: for classes the shares of
/// those who vote for each. Classes or numbers by `Task`.
///
/// The model holds all training samples. A sample's vote counts by its weight. Distances are those of
/// the features as they are: scale them first if their units differ.
///
/// - Source: Cover, Hart 1967, doi:10.1109/TIT.1967.1053964.
public struct KNeighbors<Task: LearningTask>: ClassicalLearner {
  public var name: String { "\(nNeighbors) nearest neighbors" }
  /// How many neighbours are asked, from 1 to all samples that count.
  public let nNeighbors: Int
  /// How much each neighbour counts.
  public let weights: NearestNeighbors.Weighting

  /// The answers of `nNeighbors` neighbours.
  public init(nNeighbors: Int = 5, weights: NearestNeighbors.Weighting = .uniform) {
    self.nNeighbors = nNeighbors
    self.weights = weights
  }

  public func learn(_ data: Dataset, seed: Seed) throws -> TrainedModel {
    try check("nNeighbors", nNeighbors, atLeast: 1)
    let samples = try Samples(data, for: name)
    let answers = try Task.answers(in: data, for: samples)
    let rows = samples.weights.indices.filter { samples.weights[$0] > 0 }
    guard nNeighbors <= rows.count else {
      throw LearnerError.setting(
        learner: name, name: "nNeighbors", problem: "must be at most the \(rows.count) samples")
    }
    let width = samples.width
    // Around 0, squares of distances keep their digits. In Float32, as the model does it, so that a
    // training sample lies at distance 0 from itself.
    let means = weightedMeans(samples.features, width: width, weights: samples.weights)
    let points = rows.flatMap { row in
      means.enumerated().map { Float(samples[row, $0]) - Float($1) }
    }
    let columns = (0..<answers.width).map(answers.column)
    let layer = NearestNeighbors(
      points: rows.count, outputs: answers.width, neighbors: nNeighbors, weighting: weights,
      name: "neighbors")
    let ones = [Double](repeating: 1, count: width)
    let learned = LearnedLayers(
      layers: [Normalization(mean: means, variance: ones, name: "centre"), layer],
      weights: [
        "neighbors/points": try HostTensor(points, shape: [rows.count, width]),
        "neighbors/values": try .float32(
          rows.flatMap { row in columns.map { $0[row] } }, [rows.count, answers.width]),
        "neighbors/importance": .float32(rows.map { samples.weights[$0] }),
      ])
    return try TrainedModel(
      learned, by: name, from: data, seed: seed, output: Task.output(answers))
  }
}

/// Neighbours that vote on classes.
public typealias KNeighborsClassifier = KNeighbors<Classification>
/// Neighbours whose numbers are averaged.
public typealias KNeighborsRegressor = KNeighbors<Regression>
