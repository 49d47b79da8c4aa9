public import MoruData
public import MoruModels
public import MoruTensors

/// Trees that each correct those before, by XGBoost: classes or numbers by `Task`.
///
/// Missing features (NaN) take the way that was better in training.
///
/// - Source: Friedman 2001, doi:10.1214/aos/1013203451; Chen, Guestrin 2016,
///   doi:10.1145/2939672.2939785.
public struct GradientBoosting<Task: LearningTask>: ClassicalLearner {
  public var name: String { "gradient boosting" }
  /// Rounds of boosting, each of one tree, or of one for each of more than two classes; at least 1.
  public let nEstimators: Int
  /// What each tree's answers are multiplied by, above 0.
  public let learningRate: Double
  /// Steps to the farthest leaf, at least 1.
  public let maxDepth: Int
  /// The share of the samples that each tree sees, above 0 and at most 1.
  public let subsample: Double
  /// The share of the features that each tree sees, above 0 and at most 1.
  public let maxFeatures: Double
  /// How much the squares of the leaves' values cost, at least 0.
  public let regLambda: Double
  /// The least sum of second derivatives in a leaf, at least 0.
  public let minChildWeight: Double

  /// Boosting with scikit-learn's defaults, and XGBoost's where scikit-learn has none.
  public init(
    nEstimators: Int = 100, learningRate: Double = 0.1, maxDepth: Int = 3, subsample: Double = 1,
    maxFeatures: Double = 1, regLambda: Double = 1, minChildWeight: Double = 1
  ) {
    self.nEstimators = nEstimators
    self.learningRate = learningRate
    self.maxDepth = maxDepth
    self.subsample = subsample
    self.maxFeatures = maxFeatures
    self.regLambda = regLambda
    self.minChildWeight = minChildWeight
  }

  public func learn(_ data: Dataset, seed: Seed) throws -> TrainedModel {
    try check()
    let samples = try Samples(data, for: name, allowsMissing: true)
    let answers = try Task.answers(in: data, for: samples, single: true)
    guard let labels = answers.labels else {
      return try regressor(samples, answers, data, seed)
    }
    let present = samples.present(answers).classes
    guard present.count > 1 else {
      throw LearnerError.oneClass(learner: name, label: present.first.map { labels[$0] } ?? "")
    }
    let isBinary = labels.count == 2
    let booster = Booster(
      samples: samples, labels: (answers.classes ?? []).map(Double.init),
      settings: settings(samples, seed).merging(
        isBinary
          ? ["objective": "binary:logistic"]
          : ["objective": "multi:softprob", "num_class": "\(labels.count)"]
      ) { $1 })
    let table = try booster.grow(rounds: nEstimators)
    var layers = try (isBinary ? table.besideZero() : table).layers(
      groups: isBinary ? 1 : labels.count)
    layers.appendSoftmax()
    return try TrainedModel(
      layers, by: name, from: data, seed: seed, output: .probabilities(labels: labels))
  }

  private func regressor(
    _ samples: Samples, _ answers: Answers, _ data: Dataset, _ seed: Seed
  ) throws -> TrainedModel {
    let mean = weightedMeans(answers.values, width: 1, weights: samples.weights)
    let booster = Booster(
      samples: samples, labels: answers.values.map { $0 - mean[0] },
      settings: settings(samples, seed).merging(
        ["objective": "reg:squarederror", "base_score": "0"]) { $1 })
    return try TrainedModel(
      booster.grow(rounds: nEstimators).layers(base: mean), by: name, from: data, seed: seed,
      output: .numbers)
  }

  private func settings(_ samples: Samples, _ seed: Seed) -> [String: String] {
    [
      "verbosity": "0", "seed": "\(seed.key & 0x7FFF_FFFF)", "eta": "\(learningRate)",
      "max_depth": "\(maxDepth)", "subsample": "\(subsample)", "lambda": "\(regLambda)",
      "colsample_bytree": "\(maxFeatures)", "min_child_weight": "\(minChildWeight)",
      // Trying every threshold takes as long as it takes; bins are as good where there are many.
      "tree_method": samples.features.count > 1 << 20 ? "hist" : "exact",
    ]
  }

  private func check() throws(LearnerError) {
    try check("nEstimators", nEstimators, atLeast: 1)
    try check("maxDepth", maxDepth, atLeast: 1)
    func share(_ value: Double) -> Bool { value > 0 && value <= 1 }
    let shares = "must be above 0 and at most 1"
    try check("subsample", subsample, isAllowed: share(subsample), shares)
    try check("maxFeatures", maxFeatures, isAllowed: share(maxFeatures), shares)
    try check(
      "learningRate", learningRate, isAllowed: learningRate > 0 && learningRate.isFinite,
      "must be above 0 and finite")
    for (setting, value) in [("regLambda", regLambda), ("minChildWeight", minChildWeight)] {
      try check(
        setting, value, isAllowed: value >= 0 && value.isFinite, "must be at least 0 and finite")
    }
  }
}

/// Boosted trees that tell classes apart.
public typealias GradientBoostingClassifier = GradientBoosting<Classification>
/// Boosted trees that give numbers.
public typealias GradientBoostingRegressor = GradientBoosting<Regression>

extension TreeTable {
  /// The same trees of one number, with a 0 before each: the score of the first of two classes.
  fileprivate func besideZero() -> TreeTable {
    var table = TreeTable(width: 2)
    var next = roots[...]
    for node in 0..<count {
      if next.first == node {
        table.beginTree()
        next.removeFirst()
      }
      table.leaf([0, values[node]])
    }
    for node in 0..<count where children[3 * node] != node {
      table.split(
        node, feature: features[node], threshold: thresholds[node], below: children[3 * node],
        above: children[3 * node + 1], missing: children[3 * node + 2])
    }
    return table
  }
}
