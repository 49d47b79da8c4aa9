import Foundation
import MoruArchive
import MoruData
import MoruLayers
import MoruLearners
import MoruModels
import MoruTensors
import Testing

/// Samples of two features, the first of which tells the class.
func twoClasses(labels: [String] = ["양호", "불량"], weights: [Float]? = nil) throws -> Dataset {
  let rows: [[Float]] = [[1, 5], [2, 3], [3, 4], [7, 5], [8, 2], [9, 4], [4, 1], [6, 1]]
  let classes: [Int32] = [0, 0, 0, 1, 1, 1, 0, 1]
  return try Dataset(
    source: "parts", features: [Dataset.Feature(values: HostTensor(rows))],
    targets: .classes(classes, labels: labels), sampleWeights: weights)
}

func twoNumbers() throws -> Dataset {
  let rows: [[Float]] = [[1, 5], [2, 3], [3, 4], [7, 5], [8, 2], [9, 4], [4, 1], [6, 1]]
  return try Dataset(
    source: "parts", features: [Dataset.Feature(values: HostTensor(rows))],
    targets: .values([2, 4.5, 6, 13, 17, 18, 8, 11]))
}

/// Every kind of classifier.
let classifiers: [any Learner] = [
  DummyClassifier(), DummyClassifier(strategy: .mostFrequent),
  DummyClassifier(strategy: .stratified), DummyClassifier(strategy: .uniform),
  LogisticRegression(), LinearSVC(), GaussianNB(), MultinomialNB(), BernoulliNB(binarize: 4.5),
  KNeighborsClassifier(nNeighbors: 3), KNeighborsClassifier(nNeighbors: 2, weights: .distance),
  DecisionTreeClassifier(), RandomForestClassifier(nEstimators: 5),
  GradientBoostingClassifier(nEstimators: 5, minChildWeight: 0),
]

/// Every kind of regressor.
let regressors: [any Learner] = [
  DummyRegressor(), DummyRegressor(strategy: .median), LinearRegression(), Ridge(), Lasso(),
  ElasticNet(), KNeighborsRegressor(nNeighbors: 3), DecisionTreeRegressor(),
  RandomForestRegressor(nEstimators: 5), GradientBoostingRegressor(nEstimators: 5),
]

@Suite("Models of classical learners") struct LearnedModelTests {
  private func saved(_ model: TrainedModel) throws -> TrainedModel {
    let url = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).moru")
    defer { try? FileManager.default.removeItem(at: url) }
    try ModelPackage.save(model, to: url)
    return try ModelPackage.load(from: url)
  }

  @Test(
    "come back from their packages and answer with the same bits", arguments: classifiers.indices)
  func savedClassifiers(place: Int) async throws {
    let (learner, data) = (classifiers[place], try twoClasses())
    let model = try await learner.fit(data, seed: 3)
    let values = data.features[0].values
    let answer = try await Predictor(model).predict([values])[0]
    #expect(answer.shape == [8, 2] && answer.dtype == .float32, "\(learner.name)")
    #expect(try await Predictor(saved(model)).predict([values])[0] == answer, "\(learner.name)")
    #expect(try await learner.fit(data, seed: 3).weights == model.weights, "\(learner.name)")
    #expect(model.training?.learner == learner.name)
    #expect(model.training?.samples == 8 && model.training?.dataChecksum != nil)
    guard case .probabilities(let labels) = model.signature.outputs[0].meaning else {
      #expect(learner is LinearSVC)
      return
    }
    #expect(labels == ["양호", "불량"])
    for row in try rows(answer) { #expect(abs(row.reduce(0, +) - 1) < 1e-5, "\(learner.name)") }
  }

  @Test("of numbers come back, too", arguments: regressors.indices)
  func savedRegressors(place: Int) async throws {
    let (learner, data) = (regressors[place], try twoNumbers())
    let model = try await learner.fit(data, seed: 3)
    let values = data.features[0].values
    let answer = try await Predictor(model).predict([values])[0]
    #expect(answer.shape == [8, 1], "\(learner.name)")
    #expect(try await Predictor(saved(model)).predict([values])[0] == answer, "\(learner.name)")
    #expect(model.signature.outputs[0].meaning == .value(name: "value", unit: nil))
  }

  @Test("that can learn, have learned", arguments: classifiers.indices)
  func learned(place: Int) async throws {
    let (learner, data) = (classifiers[place], try twoClasses())
    guard !(learner is DummyClassifier), !(learner is MultinomialNB) else { return }
    let model = try await learner.fit(data, seed: 3)
    let answer = try await Predictor(model).predict([data.features[0].values])[0]
    let found = try rows(answer).map { $0[1] > $0[0] ? Int32(1) : 0 }
    let right = zip(found, data.classes?.indices ?? []).count { $0 == $1 }
    #expect(right >= 7, "\(learner.name): \(found)")
  }

  @Test(
    "a class that no sample has gets no probability, and never wins", arguments: classifiers.indices
  )
  func missingClass(place: Int) async throws {
    let learner = classifiers[place]
    let data = try twoClasses(labels: ["a", "b", "never"])
    let model = try await learner.fit(data, seed: 3)
    let far = try HostTensor([[1e3, -1e3], [5, 5]] as [[Float]])
    for row in try rows(await Predictor(model).predict([far])[0]) {
      #expect(row.count == 3 && row[2] < max(row[0], row[1]), "\(learner.name)")
      guard !(learner is LinearSVC) else { continue }
      // Boosting cannot say that a class is impossible.
      #expect(row[2] < (learner is GradientBoostingClassifier ? 0.3 : 1e-6), "\(learner.name)")
    }
  }

  @Test("a sample of weight 0 is as good as left out", arguments: classifiers.indices)
  func zeroWeights(place: Int) async throws {
    let learner = classifiers[place]
    // Trees of random samples draw from those that count, and k neighbours ask them alone.
    let all = try twoClasses(weights: [1, 1, 0, 1, 1, 0, 1, 1])
    let some = try all.subset([0, 1, 3, 4, 6, 7])
    let values = all.features[0].values
    let (one, other) = (
      try await Predictor(learner.fit(all, seed: 3)).predict([values])[0],
      try await Predictor(learner.fit(some, seed: 3)).predict([values])[0]
    )
    guard !(learner is DummyClassifier), !(learner is RandomForestClassifier) else { return }
    for (a, b) in try zip(rows(one).joined(), rows(other).joined()) {
      #expect(abs(a - b) < 1e-5, "\(learner.name)")
    }
  }

  @Test("pictures are taken as rows of pixels")
  func pictures() async throws {
    let pixels = (0..<6).flatMap { sample in (0..<12).map { UInt8(sample < 3 ? $0 : 200 - $0) } }
    let data = try Dataset(
      source: "pictures",
      features: [Dataset.Feature(values: HostTensor(pixels, shape: [6, 2, 2, 3]))],
      targets: .classes([0, 0, 0, 1, 1, 1], labels: ["dark", "bright"]))
    for learner in [LogisticRegression(), DecisionTreeClassifier()] as [any Learner] {
      let model = try await learner.fit(data, seed: 1)
      #expect(model.signature.inputs[0].content.image?.height == 2)
      let answer = try await Predictor(model).predict([data.features[0].values])[0]
      #expect(try rows(answer).map { $0[1] > 0.5 } == [false, false, false, true, true, true])
    }
  }

  private func rows(_ tensor: HostTensor) throws -> [[Float]] {
    let numbers = try tensor.array(of: Float.self)
    let width = tensor.shape[1]
    return stride(from: 0, to: numbers.count, by: width).map { Array(numbers[$0..<$0 + width]) }
  }
}
