internal import MoruData
internal import MoruGraph
internal import MoruLayers
public import MoruLearners
internal import MoruMetrics
public import MoruModels
internal import MoruOptimizers
internal import MoruTensors
internal import MoruTraining

/// A learner in a comparison, and what stands for it in tables.
public struct Contestant: Sendable {
  /// Such as `linear`.
  public let title: String
  /// What learns from samples that are balanced in a way.
  let learner: @Sendable (BalanceMethod) -> any Learner
  /// Whether it matters to what is learned how samples are balanced.
  let isBalanced: Bool

  /// A learner under a title, to which it does not matter how often classes occur.
  public init(_ title: String, _ learner: any Learner) {
    self.title = title
    self.learner = { _ in learner }
    isBalanced = false
  }

  /// A learner that learns from balanced samples, and whose probabilities are those of the class ratio of
  /// the data it was given.
  public init(_ title: String, balanced learner: @escaping @Sendable (BalanceMethod) -> any Learner)
  {
    self.title = title
    self.learner = learner
    isBalanced = true
  }

  /// Preparations and a learner, balanced in between.
  fileprivate init(
    _ title: String, _ preparations: [any Preparation] = [], balanced learner: any Learner
  ) {
    self.init(title) { method in
      NamedLearner(learner.name) { data, seed in
        let balance = method.balance(of: data, costs: nil) ?? .none
        return try await Pipeline(preparations, balance: balance, learner).fit(data, seed: seed)
      }
    }
  }

  /// The usual ones, from the simplest to the most complex.
  ///
  /// - Parameters:
  ///   - isClassification: Whether classes are learned rather than numbers.
  ///   - isPictures: Whether samples are pictures.
  ///   - rules: Rules that a person has written; none if nil.
  public static func usual(
    isClassification: Bool, isPictures: Bool, rules: RuleList? = nil
  ) -> [Contestant] {
    let ruled = rules.map { [Contestant("rules", RuleClassifier($0))] } ?? []
    let kind = isPictures ? "small CNN" : "small MLP"
    let network = Contestant(kind) { method in
      NamedLearner(kind) { data, seed in
        try await isPictures
          ? Network.pictures(data, method, seed) : Network.rows(data, method, seed)
      }
    }
    // A penalty is to treat all units alike.
    let scaled = [StandardScaler()]
    guard isClassification else {
      return [
        Contestant("baseline", DummyRegressor()), Contestant("linear", Pipeline(scaled, Ridge())),
        Contestant("tree", DecisionTreeRegressor(minSamplesLeaf: 5)),
        Contestant("boosting", GradientBoostingRegressor()), network,
      ]
    }
    return [Contestant("baseline", DummyClassifier(strategy: .mostFrequent))] + ruled + [
      Contestant("linear", scaled, balanced: LogisticRegression()),
      Contestant("tree", balanced: DecisionTreeClassifier(minSamplesLeaf: 5)),
      Contestant("boosting", balanced: GradientBoostingClassifier()), network,
    ]
  }
}

/// The networks of a comparison.
private enum Network {
  /// Two convolutions with pools, and a layer before the answer.
  static func pictures(
    _ data: Dataset, _ method: BalanceMethod, _ seed: Seed
  ) async throws -> TrainedModel {
    try await trained(data, method, epochs: 20, patience: 3, seed) {
      Rescaling(1 / brightest(data))
      Conv2D(16, kernel: 3, padding: .same, activation: .relu)
      MaxPooling2D(2)
      Conv2D(32, kernel: 3, padding: .same, activation: .relu)
      MaxPooling2D(2)
      Flatten()
      Dropout(0.3)
      Dense(64, activation: .relu)
    }
  }

  /// Two layers before the answer, of features of mean 0 and deviation 1.
  static func rows(
    _ data: Dataset, _ method: BalanceMethod, _ seed: Seed
  ) async throws -> TrainedModel {
    let scaled = try Normalization().adapted(to: data.features[0].values)
    return try await trained(data, method, epochs: 200, patience: 20, seed) {
      Flatten()
      scaled
      Dense(32, activation: .relu)
      Dense(32, activation: .relu)
    }
  }

  /// Trains layers before an answer of the target's kind, and stops where the loss of samples that are
  /// set apart, and balanced alike, is least.
  private static func trained(
    _ data: Dataset, _ method: BalanceMethod, epochs: Int, patience: Int, _ seed: Seed,
    @LayerBuilder _ layers: () -> [any Layer]
  ) async throws -> TrainedModel {
    let loss: any Loss
    let answer: [any Layer]
    if let labels = data.labels {
      loss = .sparseCategoricalCrossentropy
      answer = [Dense(labels.count, activation: .softmax)]
    } else {
      let numbers = data.numbers ?? []
      let deviation = numbers.standardDeviation
      loss = .meanSquaredError
      // The network itself answers in deviations from the mean, whatever the target's unit.
      answer = [Dense(1), Rescaling(deviation > 0 ? deviation : 1, offset: numbers.mean)]
    }
    let balance = method.balance(of: data, costs: nil) ?? .none
    let parts = try data.trainTestSplit(
      testFraction: 0.15, stratified: data.labels != nil, seed: seed.child("watched"))
    let learned = try balance.balanced(parts.train, seed: seed.child("balance"))
    let watched = try balance.watched.balanced(parts.test, seed: seed)
    let model = try await Sequential(layers() + answer).fit(
      learned.data, epochs: epochs, optimizer: .adam(), loss: loss,
      validation: .data(watched.data),
      callbacks: [.earlyStopping(patience: patience, restoreBestWeights: true)], seed: seed)
    return try learned.correction.map { try model.corrected(by: $0) } ?? model
  }

  private static func brightest(_ data: Dataset) -> Double {
    guard data.features[0].values.dtype != .uint8 else { return 255 }
    let values = try? data.features[0].values.converted(to: .float32).array(of: Float.self)
    return Double(max(values?.max() ?? 1, .leastNormalMagnitude))
  }
}
