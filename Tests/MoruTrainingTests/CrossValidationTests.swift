import Foundation
import MoruData
import MoruGraph
import MoruLayers
import MoruModels
import MoruOptimizers
import MoruTensors
import MoruTraining
import Synchronization
import Testing

/// Samples of two numbers, of which the first tells the classes apart.
private func twoClasses(_ count: Int) throws -> Dataset {
  let noise = Seed(3).uniform(count: count * 2)
  let classes = (0..<count).map { Int32($0 % 3 == 0 ? 1 : 0) }
  let numbers = (0..<count).flatMap { place in
    [Float(classes[place]) * 2 + Float(noise[2 * place]), Float(noise[2 * place + 1])]
  }
  return try Dataset(
    source: "made", features: [.init(values: HostTensor(numbers, shape: [count, 2]))],
    targets: .classes(classes, labels: ["good", "bad"]))
}

private let network = NamedLearner("small network") { data, seed in
  try await Sequential { Dense(2, activation: .softmax) }.fit(
    data, epochs: 60, batchSize: 10, optimizer: .adam(learningRate: 0.1),
    loss: .sparseCategoricalCrossentropy, seed: seed)
}

/// Answers with the first of the numbers that it was given as the mean of what it learned from.
private struct MeanLearner: Learner {
  let name = "mean"
  /// What each fit saw.
  let seen: Mutex<[Dataset]>.Box

  func fit(_ data: Dataset, seed: Seed) async throws -> TrainedModel {
    seen.append(data)
    guard case .values(let values) = data.target else { throw CancellationError() }
    let mean = values.reduce(0, +) / Float(values.count)
    return try TrainedModel(
      layer: Dense(1),
      weights: ["kernel": HostTensor.zeros([1, 1]), "bias": HostTensor([mean])],
      signature: ModelSignature(
        inputs: [ModelInput(name: "input", dtype: .float32, shape: [1], content: InputContent())],
        outputs: [
          ModelOutput(
            name: "output", dtype: .float32, shape: [1], meaning: .value(name: "y", unit: nil))
        ]))
  }
}

extension Mutex where Value == [Dataset] {
  fileprivate final class Box: Sendable {
    private let mutex = Mutex<[Dataset]>([])
    var values: [Dataset] { mutex.withLock { $0 } }
    func append(_ data: Dataset) { mutex.withLock { $0.append(data) } }
  }
}

private func numbers(_ values: [Float]) throws -> Dataset {
  try Dataset(
    source: "made",
    features: [.init(values: HostTensor(values).reshaped(to: [values.count, 1]))],
    targets: .values(values))
}

private func errorText(_ body: () async throws -> Void) async -> String {
  do {
    try await body()
    return "no error"
  } catch { return "\(error)" }
}

@Suite("Cross-validation") struct CrossValidationTests {
  @Test("fits a network anew for each fold and puts every answer in its place")
  func network() async throws {
    let data = try twoClasses(30)
    let result = try await crossValidate(
      MoruTrainingTests.network, data, by: .stratifiedKFold(3, shuffle: 5), seed: 1)
    #expect(result.folds.count == 3)
    #expect(result.names == ["accuracy", "balanced_accuracy", "f1_macro", "log_loss"])
    let accuracy = try #require(result.summary("accuracy"))
    #expect(accuracy.mean > 0.9)
    #expect(accuracy.mean == accuracy.values.reduce(0, +) / 3)
    #expect(result.timesPredicted == [Int](repeating: 1, count: 30))
    let predictions = try #require(result.predictions["output"])
    #expect(predictions.shape == [30, 2])
    // Each fold's model again, by hand.
    for (place, outcome) in result.folds.enumerated() {
      let model = try await MoruTrainingTests.network.fit(
        data.subset(outcome.fold.train), seed: Seed(1).child("fold").child(place))
      let answers = try await model.predict(data.subset(outcome.fold.test))
      #expect(try predictions.rows(outcome.fold.test) == answers)
      #expect(outcome.fitSeconds > 0 && outcome.predictSeconds > 0)
    }
    #expect(
      result.description.hasPrefix("small network, 3 folds\nfigure")
        && result.description.contains("balanced_accuracy"))
  }

  @Test("is the same again by the same seed")
  func repeatable() async throws {
    let data = try twoClasses(18)
    let first = try await crossValidate(MoruTrainingTests.network, data, by: .kFold(2), seed: 4)
    let second = try await crossValidate(MoruTrainingTests.network, data, by: .kFold(2), seed: 4)
    #expect(first.predictions == second.predictions)
    #expect(first.folds.map(\.figures) == second.folds.map(\.figures))
  }

  @Test("figures are those of the folds, with mean and deviation")
  func figures() async throws {
    let learner = MeanLearner(seen: .init())
    let result = try await crossValidate(learner, numbers([1, 2, 3, 6]), by: .kFold(2))
    // Means of training: 4.5 and 1.5; truths 1, 2 and 3, 6.
    let error = try #require(result.summary("mean_absolute_error"))
    #expect(error.values == [3, 3])
    #expect(error.standardDeviation == 0)
    let squared = try #require(result.summary("root_mean_squared_error"))
    #expect(abs(squared.values[0] - 9.25.squareRoot()) < 1e-6)
    #expect(abs(squared.values[1] - 11.25.squareRoot()) < 1e-6)
    let deviation = abs(squared.values[0] - squared.values[1]) / 2.0.squareRoot()
    #expect(abs(squared.standardDeviation - deviation) < 1e-9)
    #expect(
      try result.predictions["output"]?.array(of: Float.self) == [4.5, 4.5, 1.5, 1.5])
    #expect(result.summary("accuracy") == nil)
  }

  @Test("samples that no fold judges have no answer, and those of several the mean")
  func times() async throws {
    let data = try numbers([1, 2, 3, 6])
    let learner = MeanLearner(seen: .init())
    let series = try await crossValidate(learner, data, by: .timeSeries(2, testSize: 1))
    let answers = try #require(try series.predictions["output"]?.array(of: Float.self))
    #expect(answers[0].isNaN && answers[1].isNaN && answers[2...] == [1.5, 2])
    #expect(series.timesPredicted == [0, 0, 1, 1])
    let repeated = try await crossValidate(
      learner, data, by: KFold(2).repeated(2, seed: 1))
    #expect(repeated.timesPredicted == [2, 2, 2, 2])
    let means = try #require(try repeated.predictions["output"]?.array(of: Float.self))
    for place in 0..<4 {
      let said = repeated.folds.filter { $0.fold.test.contains(place) }.map { outcome in
        outcome.fold.train.reduce(0) { $0 + [1, 2, 3, 6][$1] } / Float(outcome.fold.train.count)
      }
      #expect(abs(means[place] - (said[0] + said[1]) / 2) < 1e-6)
    }
  }

  @Test("groups stay on one side")
  func groups() async throws {
    let learner = MeanLearner(seen: .init())
    let result = try await crossValidate(
      learner, numbers([1, 2, 3, 6]), by: .groupKFold(2), groups: ["b", "a", "b", "a"])
    #expect(result.folds.map(\.fold.test).sorted { $0[0] < $1[0] } == [[0, 2], [1, 3]])
  }

  @Test("figures of one's own are asked for each fold")
  func ownFigures() async throws {
    let result = try await crossValidate(
      MeanLearner(seen: .init()), numbers([1, 2, 3, 6]), by: .kFold(2),
      figures: { answers in ["samples": Double(answers.predictions.count)] })
    #expect(result.summary("samples")?.values == [2, 2])
  }

  @Test("a step that looks at all it is given sees the training part of its fold only")
  func leakingStep() async throws {
    let table = try Table(
      csv: Data("x,y\n1,10\n,20\n5,30\n900,40\n".utf8), source: "made")
    let samples = try TableSamples(table, target: "y", task: .regression, missing: .mean)
    let learner = MeanLearner(seen: .init())
    _ = try await crossValidate(learner, samples, by: .kFold(4))
    let seen = learner.seen.values
    #expect(seen.map(\.count) == [3, 3, 3, 3])
    // The fold that is judged on 900 fills the gap by the mean of 1 and 5.
    #expect(try seen[3].features[0].values.array(of: Float.self) == [1, 3, 5])
    for (place, data) in seen.enumerated() {
      #expect(
        data.target == .values([10, 20, 30, 40].enumerated().filter { $0.0 != place }.map(\.1)))
    }
  }

  @Test("data whose samples know each other are refused")
  func leaks() async throws {
    let learner = MoruTrainingTests.network
    let resampled = try RandomOverSampler().resampled(twoClasses(12), seed: 1)
    #expect(
      await errorText { _ = try await crossValidate(learner, resampled, by: .kFold(2)) }
        == "The samples come from RandomOverSampler, so copies of one could come into several "
        + "parts. Cut the data first, and resample the part that is learned from.")
    let table = try Table(csv: Data("x,y\n1,a\n,b\n5,a\n9,b\n".utf8), source: "made")
    let encoded = try TableSamples(table, target: "y", missing: .mean).dataset()
    #expect(
      await errorText { _ = try await crossValidate(learner, encoded, by: .kFold(2)) }
        == "Column 'x' was encoded by what all rows hold, so every part knows the others. "
        + "Cut the table itself (TableSamples), which fits the encoding to each training part.")
  }

  @Test("a splitter that puts a sample on both sides is refused")
  func overlapping() async throws {
    struct Everything: Splitter {
      func folds(of samples: SplitSamples) throws(DataError) -> [Fold] {
        let all = Array(0..<samples.count)
        return [try Fold(train: all, test: all)]
      }
    }
    #expect(
      await errorText {
        _ = try await crossValidate(MoruTrainingTests.network, twoClasses(6), by: Everything())
      }.hasPrefix("Fold: a sample is on both sides"))
  }

  @Test("samples without answers are refused")
  func noTargets() async throws {
    let learner = NamedLearner("fixed") { _, seed in
      try await MeanLearner(seen: .init()).fit(numbers([1, 2]), seed: seed)
    }
    let data = try numbers([1, 2, 3]).withoutTargets()
    #expect(
      await errorText { _ = try await crossValidate(learner, data, by: .kFold(3)) }
        == "The samples have no target. Name the target column when the data are read.")
  }
}
