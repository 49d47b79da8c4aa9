public import MoruData
public import MoruModels
public import MoruTensors

/// A tree of questions about one feature each, grown by the purest split: classes (Gini) or numbers
/// (squared error) by `Task`.
///
/// - Source: Breiman, Friedman, Olshen, Stone 1984, doi:10.1201/9781315139470.
public struct DecisionTree<Task: LearningTask>: ClassicalLearner {
  public var name: String { "decision tree" }
  /// Steps to the farthest leaf, at least 1; nil for as many as make all leaves pure.
  public let maxDepth: Int?
  /// The least number of samples of a node that is split, at least 2.
  public let minSamplesSplit: Int
  /// The least number of samples of a leaf, at least 1.
  public let minSamplesLeaf: Int
  /// The share of the features, drawn anew, that are tried at each node.
  public let maxFeatures: MaxFeatures

  /// A tree with scikit-learn's defaults.
  public init(
    maxDepth: Int? = nil, minSamplesSplit: Int = 2, minSamplesLeaf: Int = 1,
    maxFeatures: MaxFeatures = .all
  ) {
    self.maxDepth = maxDepth
    self.minSamplesSplit = minSamplesSplit
    self.minSamplesLeaf = minSamplesLeaf
    self.maxFeatures = maxFeatures
  }

  public func learn(_ data: Dataset, seed: Seed) throws -> TrainedModel {
    let samples = try Samples(data, for: name)
    let answers = try Task.answers(in: data, for: samples, single: true)
    let limits = try limits(width: samples.width, for: self)
    var grower = TreeGrower(
      samples: samples, answers: answers, weights: samples.weights, limits: limits,
      seed: seed.child("tree"))
    return try TrainedModel(
      grower.grow().layers(), by: name, from: data, seed: seed, output: Task.output(answers))
  }

  /// What the settings come to for so many features.
  ///
  /// - Parameter learner: Who is to blame in messages.
  func limits(width: Int, for learner: some Learner) throws(LearnerError) -> TreeGrower.Limits {
    if let maxDepth { try learner.check("maxDepth", maxDepth, atLeast: 1) }
    try learner.check("minSamplesSplit", minSamplesSplit, atLeast: 2)
    try learner.check("minSamplesLeaf", minSamplesLeaf, atLeast: 1)
    return TreeGrower.Limits(
      maxDepth: maxDepth ?? .max, minSamplesSplit: minSamplesSplit,
      minSamplesLeaf: minSamplesLeaf, maxFeatures: try maxFeatures.count(of: width, for: learner))
  }
}

/// A tree that tells classes apart.
public typealias DecisionTreeClassifier = DecisionTree<Classification>
/// A tree that gives numbers.
public typealias DecisionTreeRegressor = DecisionTree<Regression>

/// How many of the features a tree tries at each node.
public enum MaxFeatures: Sendable, Codable, Equatable {
  /// Every one.
  case all
  /// The root of their number, rounded down, at least 1.
  case squareRoot
  /// A share, above 0 and at most 1, rounded down, at least 1.
  case share(Double)

  func count(of width: Int, for learner: some Learner) throws(LearnerError) -> Int {
    switch self {
    case .all: return width
    case .squareRoot: return max(1, Int(Double(width).squareRoot()))
    case .share(let share):
      try learner.check(
        "maxFeatures", share, isAllowed: share > 0 && share <= 1, "must be above 0 and at most 1")
      return max(1, Int(share * Double(width)))
    }
  }
}
