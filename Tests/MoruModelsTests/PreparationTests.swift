import Foundation
import GoldenKit
import MoruData
import MoruLayers
import MoruMetrics
import MoruModels
import MoruTensors
import Testing

@Suite("Preparations") struct PreparationTests {
  private static func step(_ file: GoldenFile) throws -> any Preparation {
    func pair(_ key: String) throws -> [Double]? {
      try file.config[key]?.list().map { try $0.number() }
    }
    switch file.className {
    case "StandardScaler":
      return StandardScaler(
        withMean: try file.config["with_mean"]?.bool() ?? true,
        withStd: try file.config["with_std"]?.bool() ?? true)
    case "MinMaxScaler":
      let range = try pair("feature_range") ?? [0, 1]
      return MinMaxScaler(lower: range[0], upper: range[1])
    case "RobustScaler":
      let range = try pair("quantile_range") ?? [25, 75]
      return RobustScaler(lower: range[0] / 100, upper: range[1] / 100)
    case "SimpleImputer":
      switch try file.config.value("strategy").text() {
      case "mean": return SimpleImputer(.mean)
      case "median": return SimpleImputer(.median)
      case "most_frequent": return SimpleImputer(.mostFrequent)
      default: return SimpleImputer(.constant(try file.config.value("fill_value").number()))
      }
    default: throw GoldenError("no step \(file.className)")
    }
  }

  @Test("become scikit-learn's numbers", arguments: GoldenFile.names(in: "preparation"))
  func golden(name: String) async throws {
    let file = try GoldenFile("preparation", name)
    let input = try file.tensor("input")
    let missing = try file.tensor("missing").array(of: Int32.self)
    let seen = zip(try input.array(of: Double.self), missing).map { $1 == 1 ? .nan : $0 }
    let layer = try Self.step(file).fitted(to: HostTensor(seen, shape: input.shape)).layer
    var later = try file.tensor("later")
    if layer is Imputation { later = HostTensor(repeating: Double.nan, shape: later.shape) }
    let found = try await run(layer, later).array(of: Double.self)
    let wanted = try file.tensor("output").array(of: Double.self)
    #expect(found.count == wanted.count)
    for (a, b) in zip(found, wanted) { #expect(abs(a - b) <= 1e-12 * max(1, abs(b))) }
  }

  private func run(_ layer: any Layer, _ values: HostTensor) async throws -> HostTensor {
    let shape = Shape(Array(values.shape.dropFirst()))
    let model = try TrainedModel(
      layer: layer, weights: [:],
      signature: ModelSignature(
        inputs: [
          ModelInput(name: "x", dtype: values.dtype, shape: shape, content: InputContent())
        ],
        outputs: [ModelOutput(name: "y", dtype: values.dtype, shape: shape, meaning: .numbers)]))
    return try await Predictor(model).predict([values])[0]
  }

  static let refused: [(any Preparation, [Double], String)] = [
    (
      SimpleImputer(), [.nan, .nan],
      "SimpleImputer: feature 0 has no value in what is learned from. "
        + "Leave the feature out, or fill it by a constant."
    ),
    (
      StandardScaler(), [1, .infinity],
      "StandardScaler: feature 0 is infinite somewhere. "
        + "Correct the value, or leave the sample out."
    ),
    (
      MinMaxScaler(lower: 1, upper: 1), [1, 2],
      "MinMaxScaler: the range 1.0 to 1.0 is empty. Use a lower end below the upper one."
    ),
    (
      RobustScaler(lower: 0.5, upper: 0.2), [1, 2],
      "RobustScaler: 0.5 to 0.2 are no quantiles. Use shares from 0 to 1, the lower one first."
    ),
    (
      RobustScaler(), [],
      "RobustScaler: there are no samples with features: [0, 1]. Pass [samples, …, features]."
    ),
  ]

  @Test("refuse what they cannot be fitted to", arguments: refused.indices)
  func refuses(place: Int) throws {
    let (step, values, text) = Self.refused[place]
    let tensor = try HostTensor(values, shape: [values.count, 1])
    #expect(throws: ModelError.self) { _ = try step.fitted(to: tensor) }
    do { _ = try step.fitted(to: tensor) } catch { #expect("\(error)" == text) }
  }

  @Test("of single and constant samples divide by 1")
  func constants() async throws {
    let steps: [any Preparation] = [StandardScaler(), MinMaxScaler(), RobustScaler()]
    for step in steps {
      let layer = try step.fitted(to: HostTensor([3.3, 3.3, 3.3] as [Double], shape: [3, 1])).layer
      let later = try await run(layer, HostTensor([4.3], shape: [1, 1])).array(of: Double.self)
      #expect(later.count == 1 && abs(later[0] - 1) < 1e-12)
    }
  }
}

/// Answers with the share of class 1 among what it was given, and the sum of the prepared numbers.
private struct ShareLearner: Learner {
  let name = "share"

  func fit(_ data: Dataset, seed: Seed) async throws -> TrainedModel {
    let width = data.signature[0].shape[0]
    let shares = data.classShares ?? []
    return try TrainedModel(
      layer: Dense(2, activation: .softmax),
      weights: [
        "kernel": .zeros([width, 2]), "bias": HostTensor(shares.map { Float(log($0)) }),
      ],
      signature: ModelSignature(
        inputs: [ModelInput(data.signature[0], of: data)],
        outputs: [
          ModelOutput(
            name: "output", dtype: .float32, shape: [2],
            meaning: .probabilities(labels: data.labels ?? []))
        ]))
  }
}

@Suite("Pipelines") struct PipelineTests {
  private func samples() throws -> Dataset {
    let numbers = (0..<20).flatMap { (place: Int) -> [Float] in
      let square = Float(place * place)
      return [Float(place), place == 3 ? Float.nan : square]
    }
    return try Dataset(
      source: "made", features: [.init(values: HostTensor(numbers, shape: [20, 2]))],
      targets: .classes((0..<20).map { $0 % 5 == 0 ? 1 : 0 }, labels: ["good", "bad"]))
  }

  @Test("prepare alike when they learn and when they are asked, saved models too")
  func prepare() async throws {
    let seen = Seen()
    let pipeline = Pipeline(
      [.simpleImputer(.constant(9)), .standardScaler()],
      NamedLearner("watched") { data, seed in
        await seen.keep(data)
        return try await ShareLearner().fit(data, seed: seed)
      })
    #expect(pipeline.name == "watched")
    let data = try samples()
    let model = try await pipeline.fit(data, seed: 1)
    #expect(model.signature.inputs[0].shape == [2])
    let prepared = try #require(await seen.data)
    let values = try prepared.features[0].values.array(of: Float.self)
    #expect(values.allSatisfy { $0.isFinite })
    for column in 0..<2 {
      let mean = stride(from: column, to: 40, by: 2).reduce(0) { $0 + values[$1] } / 20
      #expect(abs(mean) < 1e-6)
    }
    let kinds = try #require(model.layer as? Sequential).layers.map { "\(type(of: $0))" }
    #expect(kinds == ["Imputation", "FeatureScaling", "Dense"])
    let answers = try await Predictor(model).predict([data.features[0].values])[0]
    let folder = try TemporaryFolder()
    try model.save(folder.url.appending(path: "model.moru").path)
    let loaded = try TrainedModel.load(folder.url.appending(path: "model.moru").path)
    #expect(try await Predictor(loaded).predict([data.features[0].values])[0] == answers)
  }

  @Test("learn from balanced samples, and answer at the ratio that they came with")
  func balances() async throws {
    let balances: [Balance] = [
      .resampled(.randomOverSampler()), .resampled(.randomUnderSampler()), .weighted,
      .resampled(.smote(neighbors: 2)),
      .costs(try CostMatrix(costs: [[0, 1], [4, 0]])),
    ]
    for balance in balances {
      let seen = Seen()
      let pipeline = Pipeline(
        [.simpleImputer()], balance: balance,
        NamedLearner("watched") { data, seed in
          await seen.keep(data)
          return try await ShareLearner().fit(data, seed: seed)
        })
      let data = try samples()
      let model = try await pipeline.fit(data, seed: 1)
      // Four of twenty are bad; the learner saw as many of both.
      let shares = try #require(await seen.data?.classShares)
      #expect(abs(shares[1] - 0.5) < 1e-6)
      let answers = try await Predictor(model).predict([data.features[0].values])[0]
      let numbers = try answers.array(of: Float.self)
      #expect(abs(numbers[0] - 0.8) < 1e-5 && abs(numbers[1] - 0.2) < 1e-5)
    }
  }

  @Test("refuse samples of several features")
  func severalFeatures() async throws {
    let column = HostTensor(repeating: Float(1), shape: [2, 1])
    let data = try Dataset(
      source: "made",
      features: [.init(name: "a", values: column), .init(name: "b", values: column)],
      targets: .classes([0, 1], labels: ["x", "y"]))
    await #expect(throws: ModelError.self) {
      try await Pipeline([.standardScaler()], ShareLearner()).fit(data, seed: 0)
    }
  }
}

private actor Seen {
  private(set) var data: Dataset?
  func keep(_ data: Dataset) { self.data = data }
}

@Suite("Decisions") struct DecisionTests {
  private func model(_ shares: [Double]) async throws -> TrainedModel {
    let classes = shares.enumerated().flatMap { place, share in
      [Int32](repeating: Int32(place), count: Int(share * 10))
    }
    return try await ShareLearner().fit(
      Dataset(
        source: "made",
        features: [.init(values: .zeros([classes.count, 1]))],
        targets: .classes(classes, labels: ["good", "bad"])), seed: 0)
  }

  private func label(_ model: TrainedModel) async throws -> String {
    let values = try await Predictor(model).predict([.zeros([1, 1])])[0]
    let output = model.signature.outputs[0]
    let place = try #require(try output.classes(of: values)?.first)
    guard case .label(let label, _) = try output.judgements(values)[0] else { return "none" }
    #expect(label == output.classLabels?[place])
    return label
  }

  @Test("by costs and thresholds travel with the model")
  func travel() async throws {
    let plain = try await model([0.8, 0.2])
    #expect(try await label(plain) == "good")
    let costs = try CostMatrix(costs: [[0, 1], [5, 0]])
    let rules: [(DecisionRule, String)] = [
      (.cheapest(costs), "bad"), (.threshold(0.1), "bad"), (.threshold(0.3), "good"),
      (.threshold(0.9, of: 0), "bad"), (.greatest, "good"),
    ]
    for (rule, wanted) in rules {
      let folder = try TemporaryFolder()
      let path = folder.url.appending(path: "model.moru").path
      try plain.with(rule: rule).save(path)
      let loaded = try TrainedModel.load(path)
      #expect(loaded.signature.outputs[0].rule == rule)
      #expect(try await label(loaded) == wanted, "\(rule)")
      #expect(try await label(loaded.with(rule: nil)) == "good")
    }
  }

  @Test("that do not fit the model are refused")
  func refused() async throws {
    let plain = try await model([0.5, 0.5])
    let wrong: [(DecisionRule, String)] = [
      (
        .cheapest(try CostMatrix(costs: [[0]])),
        "The cost matrix has 1 numbers for 2 classes. Give one for each class."
      ),
      (
        .threshold(0.5, of: 2),
        "The threshold's class is 2.0. Choose a place among the 2 classes, from 0."
      ),
      (.threshold(.nan), "The threshold is nan. Choose a finite number."),
    ]
    for (rule, text) in wrong {
      #expect(throws: MetricsError.self) { try plain.with(rule: rule) }
      do { _ = try plain.with(rule: rule) } catch { #expect("\(error)" == text) }
    }
    let numbers = ModelOutput(
      name: "output", dtype: .float32, shape: [2], meaning: .numbers, rule: .greatest)
    #expect(throws: ModelError.notProbabilities(outputs: ["output"])) {
      try TrainedModel(
        layer: plain.layer, weights: plain.weights,
        signature: ModelSignature(inputs: plain.signature.inputs, outputs: [numbers]))
    }
  }

  @Test("probabilities are corrected for the field's ratio inside the model")
  func corrections() async throws {
    let correction = try PriorCorrection(
      trained: ClassShares([0.5, 0.5]), field: ClassShares([0.99, 0.01]))
    let plain = try await model([0.3, 0.7])
    let wanted = try correction.corrected([0.7])[0]
    let corrected = try plain.corrected(by: correction)
    let answers = try await Predictor(corrected).predict([.zeros([1, 1])])[0]
    #expect(abs(Double(try answers.array(of: Float.self)[1]) - wanted) < 1e-6)
    #expect(corrected.weights.count == plain.weights.count)
    let same = try PriorCorrection(
      trained: ClassShares([0.5, 0.5]), field: ClassShares([0.5, 0.5]))
    #expect(try plain.corrected(by: same).layer is Dense)
  }
}
