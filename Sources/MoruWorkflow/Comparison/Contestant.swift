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
  /// What learns.
  public let learner: any Learner

  /// A learner under a title.
  public init(_ title: String, _ learner: any Learner) {
    self.title = title
    self.learner = learner
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
    let network =
      isPictures
      ? Contestant("small CNN", NamedLearner("small CNN") { try await Network.pictures($0, $1) })
      : Contestant("small MLP", NamedLearner("small MLP") { try await Network.rows($0, $1) })
    // A penalty is to treat all units alike.
    let scaled = [StandardScaler()]
    guard isClassification else {
      return [
        Contestant("baseline", DummyRegressor()), Contestant("linear", Pipeline(scaled, Ridge())),
        Contestant("tree", DecisionTreeRegressor(minSamplesLeaf: 5)),
        Contestant("boosting", GradientBoostingRegressor()), network,
      ]
    }
    return [Contestant("baseline", DummyClassifier())] + ruled + [
      Contestant("linear", Pipeline(scaled, LogisticRegression())),
      Contestant("tree", DecisionTreeClassifier(minSamplesLeaf: 5)),
      Contestant("boosting", GradientBoostingClassifier()), network,
    ]
  }
}

/// The networks of a comparison.
private enum Network {
  /// Two convolutions with pools, and a layer before the answer.
  static func pictures(_ data: Dataset, _ seed: Seed) async throws -> TrainedModel {
    try await trained(data, epochs: 20, patience: 3, seed) {
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
  static func rows(_ data: Dataset, _ seed: Seed) async throws -> TrainedModel {
    let scaled = try Normalization().adapted(to: data.features[0].values)
    return try await trained(data, epochs: 200, patience: 20, seed) {
      Flatten()
      scaled
      Dense(32, activation: .relu)
      Dense(32, activation: .relu)
    }
  }

  /// Trains layers before an answer of the target's kind, and stops where the loss of samples that are
  /// set apart is least.
  private static func trained(
    _ data: Dataset, epochs: Int, patience: Int, _ seed: Seed,
    @LayerBuilder _ layers: () -> [any Layer]
  ) async throws -> TrainedModel {
    let loss: any Loss
    let answer: [any Layer]
    if let labels = data.labels {
      loss = .sparseCategoricalCrossentropy
      answer = [Dense(labels.count, activation: .softmax)]
    } else {
      let numbers = data.numbers ?? []
      let mean = numbers.reduce(0, +) / Double(max(numbers.count, 1))
      let squares = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      let deviation = (squares / Double(max(numbers.count, 1))).squareRoot()
      loss = .meanSquaredError
      // The network itself answers in deviations from the mean, whatever the target's unit.
      answer = [Dense(1), Rescaling(deviation > 0 ? deviation : 1, offset: mean)]
    }
    return try await Sequential(layers() + answer).fit(
      data, epochs: epochs, optimizer: .adam(), loss: loss, validation: .split(0.15),
      callbacks: [.earlyStopping(patience: patience, restoreBestWeights: true)], seed: seed)
  }

  private static func brightest(_ data: Dataset) -> Double {
    guard data.features[0].values.dtype != .uint8 else { return 255 }
    let values = try? data.features[0].values.converted(to: .float32).array(of: Float.self)
    return Double(max(values?.max() ?? 1, .leastNormalMagnitude))
  }
}
