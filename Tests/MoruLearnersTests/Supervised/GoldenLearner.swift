import GoldenKit
import MoruData
import MoruLayers
import MoruLearners
import MoruModels
import MoruTensors

/// A learner that another library has tried on the same samples.
struct GoldenLearner {
  let file: GoldenFile
  let learner: any Learner
  let data: Dataset

  init(_ name: String) throws {
    file = try GoldenFile("learners", name)
    learner = try Self.learner(file.className, file.config)
    data = try Dataset(
      source: name, features: [Dataset.Feature(values: Self.features(file.tensor("features")))],
      targets: Self.targets(file.tensor("target")),
      sampleWeights: file.tensors["weights"]?.converted(to: .float32).array(of: Float.self))
  }

  /// What the model of the samples says of the probe.
  func output() async throws -> HostTensor {
    let model = try await learner.fit(data, seed: 7)
    return try await Predictor(model).predict([Self.features(file.tensor("probe"))])[0]
  }

  /// Features in Float32; −1e30 stands for a missing one.
  private static func features(_ tensor: HostTensor) throws -> HostTensor {
    let numbers = try tensor.array(of: Double.self).map { $0 == -1e30 ? .nan : Float($0) }
    return try HostTensor(numbers, shape: tensor.shape)
  }

  private static func targets(_ tensor: HostTensor) throws -> Dataset.Targets {
    if tensor.dtype == .int32 {
      let classes = try tensor.array(of: Int32.self)
      let count = Int(classes.max() ?? 0) + 1
      return .classes(classes, labels: (0..<count).map { "class \($0)" })
    }
    let numbers = tensor.converted(to: .float32)
    return tensor.shape.rank == 1 ? .values(try numbers.array()) : .tensor(numbers)
  }

  private static func learner(_ className: String, _ config: Settings) throws -> any Learner {
    func number(_ key: String, _ standard: Double) throws -> Double {
      try config[key]?.number() ?? standard
    }
    func whole(_ key: String) throws -> Int? { try config[key]?.integer() }
    func text(_ key: String) throws -> String { try config.value(key).text() }
    switch className {
    case "LinearRegression":
      return LinearRegression(fitsIntercept: try config["fit_intercept"]?.bool() ?? true)
    case "Ridge": return Ridge(alpha: try number("alpha", 1))
    case "Lasso":
      return Lasso(alpha: try number("alpha", 1), tolerance: 1e-14, maxIterations: 100_000)
    case "ElasticNet":
      return ElasticNet(
        alpha: try number("alpha", 1), l1Ratio: try number("l1_ratio", 0.5), tolerance: 1e-14,
        maxIterations: 100_000)
    case "LogisticRegression":
      return LogisticRegression(c: try number("C", .infinity), tolerance: 1e-10)
    case "LinearSVC": return LinearSVC(c: try number("C", 1), tolerance: 1e-10)
    case "GaussianNB": return GaussianNB()
    case "MultinomialNB": return MultinomialNB(alpha: try number("alpha", 1))
    case "BernoulliNB":
      return BernoulliNB(alpha: try number("alpha", 1), binarize: try number("binarize", 0))
    case "DummyClassifier":
      return DummyClassifier(strategy: try text("strategy") == "prior" ? .prior : .mostFrequent)
    case "DummyRegressor":
      return DummyRegressor(strategy: try text("strategy") == "mean" ? .mean : .median)
    case "KNeighborsClassifier":
      return KNeighborsClassifier(
        nNeighbors: try whole("n_neighbors") ?? 5,
        weights: try text("weights") == "uniform" ? .uniform : .distance)
    case "KNeighborsRegressor":
      return KNeighborsRegressor(
        nNeighbors: try whole("n_neighbors") ?? 5,
        weights: try text("weights") == "uniform" ? .uniform : .distance)
    case "DecisionTreeClassifier": return try tree(config) as DecisionTreeClassifier
    case "DecisionTreeRegressor": return try tree(config) as DecisionTreeRegressor
    case "GradientBoostingClassifier": return try boosting(config) as GradientBoostingClassifier
    case "GradientBoostingRegressor": return try boosting(config) as GradientBoostingRegressor
    default: throw GoldenError("there is no learner \(className)")
    }
  }

  private static func tree<Task>(_ config: Settings) throws -> DecisionTree<Task> {
    DecisionTree(
      maxDepth: try config["max_depth"]?.integer(),
      minSamplesSplit: try config["min_samples_split"]?.integer() ?? 2,
      minSamplesLeaf: try config["min_samples_leaf"]?.integer() ?? 1)
  }

  private static func boosting<Task>(_ config: Settings) throws -> GradientBoosting<Task> {
    GradientBoosting(
      nEstimators: try config.value("n_estimators").integer(),
      learningRate: try config.value("learning_rate").number(),
      maxDepth: try config.value("max_depth").integer())
  }
}
