public import MoruData
public import MoruModels
public import MoruTensors

/// Many trees, each grown from samples drawn with replacement and from few features at each node; the
/// answer is the mean of theirs. Classes or numbers by `Task`.
///
/// - Source: Breiman 2001, doi:10.1023/A:1010933404324.
public struct RandomForest<Task: LearningTask>: ClassicalLearner {
  public var name: String { "random forest" }
  /// Number of trees, at least 1.
  public let nEstimators: Int
  /// How each tree is grown.
  public let tree: DecisionTree<Task>
  /// Whether each tree sees samples drawn with replacement, rather than all.
  public let bootstrap: Bool

  /// A forest with scikit-learn's defaults: at each node the root of the features' number is tried for
  /// classes, all features for numbers.
  public init(
    nEstimators: Int = 100, maxDepth: Int? = nil, minSamplesSplit: Int = 2,
    minSamplesLeaf: Int = 1, maxFeatures: MaxFeatures? = nil, bootstrap: Bool = true
  ) {
    self.nEstimators = nEstimators
    self.bootstrap = bootstrap
    tree = DecisionTree(
      maxDepth: maxDepth, minSamplesSplit: minSamplesSplit, minSamplesLeaf: minSamplesLeaf,
      maxFeatures: maxFeatures ?? (Task.isClassification ? .squareRoot : .all))
  }

  public func learn(_ data: Dataset, seed: Seed) throws -> TrainedModel {
    try check("nEstimators", nEstimators, atLeast: 1)
    let samples = try Samples(data, for: name)
    let answers = try Task.answers(in: data, for: samples, single: true)
    let limits = try tree.limits(width: samples.width, for: self)
    let trees = Parallel.map(nEstimators) { number in
      let seed = seed.child("tree").child(number)
      var grower = TreeGrower(
        samples: samples, answers: answers,
        weights: bootstrap ? drawn(samples, seed.child("samples")) : samples.weights,
        limits: limits, seed: seed)
      return grower.grow()
    }
    var forest = TreeTable(width: answers.width)
    for tree in trees { forest.append(tree) }
    forest.scale(by: 1 / Double(nEstimators))
    return try TrainedModel(
      forest.layers(), by: name, from: data, seed: seed, output: Task.output(answers))
  }

  /// The weights of samples drawn with replacement, as many as there are that count.
  private func drawn(_ samples: Samples, _ seed: Seed) -> [Double] {
    let counting = samples.weights.indices.filter { samples.weights[$0] > 0 }
    var generator = seed.generator
    var weights = [Double](repeating: 0, count: samples.count)
    for _ in counting {
      let sample = counting[Int.random(in: 0..<counting.count, using: &generator)]
      weights[sample] += samples.weights[sample]
    }
    return weights
  }
}

/// A forest that tells classes apart.
public typealias RandomForestClassifier = RandomForest<Classification>
/// A forest that gives numbers.
public typealias RandomForestRegressor = RandomForest<Regression>
