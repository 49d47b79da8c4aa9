import Foundation
import Foundation
import MoruData
import MoruGraph
import MoruLayers
import MoruMetrics
import MoruModels
import MoruOptimizers
import MoruTensors
import MoruTraining
import Testing

@Suite("Several inputs and outputs") struct SeveralOutputsTests {
  /// Points in a plane and a third number; which side they are on, and a price.
  private static func data(weights: [Float]? = nil, renamed: Bool = false) throws -> Dataset {
    let numbers = (7 as Seed).uniform(count: 60 * 3).map { Float($0) * 2 - 1 }
    let place = (0..<60).map { [numbers[3 * $0], numbers[3 * $0 + 1]] }
    let age = (0..<60).map { [numbers[3 * $0 + 2]] }
    return try Dataset(
      source: "points",
      features: [
        Dataset.Feature(name: "age", values: HostTensor(age)),
        Dataset.Feature(name: renamed ? "plase" : "place", values: HostTensor(place)),
      ],
      targets: [
        Dataset.Target(
          name: "price", values: .values(zip(place, age).map { $0[0] + 2 * $1[0] })),
        Dataset.Target(
          name: renamed ? "knd" : "kind",
          values: .classes(place.map { $0[0] > $0[1] ? 1 : 0 }, labels: ["left", "right"])),
      ], sampleWeights: weights)
  }

  private static func model() throws -> Model {
    let (place, age) = (Input([2]), Input([1]))
    let all = Dense(8, activation: .tanh)(Concatenate()([place, age]))
    return try Model(
      inputs: ["place": place, "age": age],
      outputs: ["kind": Dense(2, activation: .softmax)(all), "price": Dense(1)(all)])
  }

  private static let objective = Objective(
    losses: ["kind": .sparseCategoricalCrossentropy, "price": .huber],
    metrics: ["kind": [.accuracy], "price": [.meanAbsoluteError]], lossWeights: ["price": 0.25])

  @Test("each output learns its target, whatever the order of the data, and is reported by name")
  func learns() async throws {
    let data = try Self.data()
    let trained = try await Self.model().fit(
      data, epochs: 30, batchSize: 8, optimizer: .adam(learningRate: 0.03),
      objective: Self.objective, validation: .split(0.25), seed: 1)
    let epoch = try #require(trained.training?.epochs.last)
    let names = ["loss", "kind_loss", "price_loss", "kind_accuracy", "price_meanAbsoluteError"]
    #expect(Set(epoch.figures.keys) == Set(names + names.map { "val_" + $0 }))
    let evaluation = try await trained.evaluate(data)
    #expect(evaluation["kind", .accuracy] > 0.9)
    #expect(evaluation["price", .meanAbsoluteError] < 0.2)
    let sum = evaluation.figures["kind_loss"].map { one in
      evaluation.figures["price_loss"].map { one + 0.25 * $0 }
    }
    #expect(abs(try #require(sum ?? nil) - evaluation.loss) < 1e-6)
    let sweep = try await Self.model().sweepLearningRate(
      data, optimizer: .sgd(), objective: Self.objective, steps: 20)
    #expect(sweep.points.count == 20 || sweep.diverged)

    #expect(trained.signature.inputs.map(\.name) == ["place", "age"])
    #expect(
      trained.signature.outputs.map(\.meaning)
        == [.probabilities(labels: ["left", "right"]), .value(name: "price", unit: nil)])
    let predictions = try await trained.predictions(data)
    #expect(predictions["kind"]?.shape == [60, 2] && predictions["price"]?.shape == [60, 1])
    #expect(try await trained.predict(data) == predictions["kind"])
  }

  @Test("objectives and names come back from a package")
  func saved() async throws {
    let data = try Self.data()
    let trained = try await Self.model().fit(
      data, epochs: 1, optimizer: .sgd(), objective: Self.objective)
    let path = FileManager.default.temporaryDirectory.appending(path: "moru-\(UUID()).moru").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try trained.save(path)
    let loaded = try TrainedModel.load(path)
    #expect(loaded.signature == trained.signature)
    #expect(
      loaded.training?.objective.description
        == "kind sparseCategoricalCrossentropy, price huber × 0.25")
    #expect(try await loaded.evaluate(data) == trained.evaluate(data))
    // A training goes on with another objective: the price alone.
    let next = try await loaded.fit(
      data, epochs: 2, optimizer: .sgd(), objective: Objective(losses: ["price": .huber]))
    #expect(next.weights["dense_1/kernel"] == loaded.weights["dense_1/kernel"])
    #expect(next.weights["dense_2/kernel"] != loaded.weights["dense_2/kernel"])
    #expect(next.training?.epochs.last.map { Set($0.figures.keys) } == ["loss", "price_loss"])
  }

  @Test("without names in the model those of the data are taken, or else the order")
  func unnamed() async throws {
    let data = try Self.data()
    let (age, place) = (Input([1]), Input([2]))
    let all = Concatenate()([age, place])
    let model = try Model(
      inputs: [age, place], outputs: [Dense(1)(all), Dense(2, activation: .softmax)(all)])
    let trained = try await model.fit(
      data, epochs: 1, optimizer: .sgd(), objective: Self.objective)
    #expect(trained.signature.inputs.map(\.name) == ["age", "place"])
    #expect(trained.signature.outputs.map(\.name) == ["price", "kind"])
    // One feature and one target of any name fit a model of one input and one output.
    let line = try Dataset(
      source: "line", features: [.init(name: "x", values: .zeros([4, 1]))],
      targets: [.init(name: "y", values: .values([1, 2, 3, 4]))])
    let dense = try await Dense(1).fit(line, epochs: 1, optimizer: .sgd(), loss: .huber)
    #expect(dense.signature.outputs.map(\.name) == ["y"])
    let other = try Dataset(
      source: "line", features: [.init(values: .zeros([4, 1]))], targets: .values([1, 2, 3, 4]))
    #expect(try await dense.evaluate(other).loss == dense.evaluate(line).loss)
  }

  @Test("samples count as much as their weights say")
  func weights() async throws {
    // A weight of 0 for half of the samples: only the others are learned from.
    let data = try Self.data(weights: (0..<60).map { $0 < 30 ? 2 : 0 })
    let half = try Self.data().subset(Array(0..<30))
    let model = try Self.model()
    func train(_ data: Dataset) async throws -> TrainedModel {
      try await model.fit(
        data, epochs: 3, batchSize: 60, optimizer: .sgd(learningRate: 0.5),
        objective: Self.objective, seed: 3)
    }
    let (weighted, halved) = (try await train(data), try await train(half))
    for (path, expected) in halved.weights {
      let found = try #require(weighted.weights[path]).array(of: Float.self)
      let wanted = try expected.array(of: Float.self)
      #expect(zip(found, wanted).allSatisfy { abs($0 - $1) < 1e-5 }, "\(path)")
    }
  }

  @Test("labels of which a sample may have several, and pictures for pictures")
  func otherTargets() async throws {
    let inputs = HostTensor((0..<40).map { Float($0 % 5) / 5 })
    let feature = Dataset.Feature(values: try inputs.reshaped(to: [10, 4]))
    let tags = HostTensor((0..<30).map { Float($0 % 2) })
    let tagged = try Dataset(
      source: "tags", features: [feature],
      targets: .labelSets(tags.reshaped(to: [10, 3]), labels: ["a", "b", "c"]))
    let model = try await Dense(3, activation: .sigmoid).fit(
      tagged, epochs: 1, optimizer: .sgd(), loss: .binaryCrossentropy)
    #expect(model.signature.outputs[0].meaning == .labelSet(labels: ["a", "b", "c"]))
    let answers = try model.signature.outputs[0].judgements(
      HostTensor([[0.75, 0.25, 0.625]] as [[Float]]))
    #expect(
      answers == [
        .labels(["a", "c"], probabilities: [("a", 0.75), ("b", 0.25), ("c", 0.625)])
      ])
    let careful = try model.with(thresholds: LabelThresholds([0.75, 0.125, 0.5]))
    let careless = try careful.signature.outputs[0].judgements(
      HostTensor([[0.75, 0.25, 0.625]] as [[Float]]))
    #expect(
      careless == [
        .labels(["b", "c"], probabilities: [("a", 0.75), ("b", 0.25), ("c", 0.625)])
      ])
    await #expect(throws: TrainingError.tooManyClasses(classes: 3, outputs: 2)) {
      try await Dense(2, activation: .sigmoid).fit(
        tagged, epochs: 1, optimizer: .sgd(), loss: .binaryCrossentropy)
    }
    let same = try Dataset(
      source: "same", features: [feature], targets: .tensor(feature.values))
    let coder = try await Sequential {
      Dense(2)
      Dense(4)
    }.fit(same, epochs: 1, optimizer: .sgd(), loss: .meanSquaredError)
    #expect(coder.signature.outputs[0].meaning == .numbers)
    #expect(try await coder.predict(same).shape == [10, 4])
  }

  @Test("thresholds for labels are chosen on validation data and travel in the package")
  func thresholds() async throws {
    // The second label is rare: no sample reaches one half for it.
    let numbers = (0..<40).map { Float($0) / 40 }
    let truth = (0..<40).map { [$0 < 20 ? 1 : 0, $0 >= 36 ? 1 : 0] as [Float] }
    let data = try Dataset(
      source: "tags", features: [.init(values: HostTensor(numbers.map { [$0] }))],
      targets: .labelSets(HostTensor(truth), labels: ["early", "late"]))
    let model = try await Dense(2, activation: .sigmoid).fit(
      data, epochs: 60, optimizer: .adam(learningRate: 0.1), loss: .binaryCrossentropy)
    let chosen = try await model.choosingThresholds(on: data)
    let scores = try await model.predict(data)
    let best = try LabelThresholds(maximizingFScoreOf: HostTensor(truth), scores: scores)
    #expect(best.values[1] < 0.5)
    let meaning = OutputMeaning.labelSet(labels: ["early", "late"], thresholds: best)
    #expect(chosen.signature.outputs[0].meaning == meaning)
    let folder = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).moru")
    defer { try? FileManager.default.removeItem(at: folder) }
    try chosen.save(folder.path)
    let loaded = try TrainedModel.load(folder.path)
    #expect(loaded.signature == chosen.signature)
    let output = loaded.signature.outputs[0]
    let answers = try output.judgements(await loaded.predict(data))
    for (answer, expected) in zip(answers, truth) {
      guard case .labels(let labels, _) = answer else {
        Issue.record("no labels")
        return
      }
      #expect(labels.contains("late") == (expected[1] == 1))
    }

    #expect(throws: ModelError.thresholds(found: 1, labels: 2)) {
      try model.with(thresholds: LabelThresholds([0.5]))
    }
    #expect(throws: ModelError.noLabelSet("tags", outputs: ["output"])) {
      try model.with(thresholds: best, of: "tags")
    }
    let unlabelled = try Dataset(
      source: "tags", features: data.features, targets: .values(numbers))
    await #expect(throws: TrainingError.noTarget) {
      try await model.choosingThresholds(on: unlabelled)
    }
  }

  @Test("misfits are told before anything runs")
  func misuse() async throws {
    let data = try Self.data()
    func text(_ objective: Objective, _ data: Dataset, model: Model? = nil) async -> String {
      do {
        let model = try model ?? Self.model()
        _ = try await model.fit(data, epochs: 1, optimizer: .sgd(), objective: objective)
        return "accepted"
      } catch {
        return "\(error)"
      }
    }
    #expect(
      await text(Objective(loss: .huber), data)
        == "The model has the outputs kind, price. Say the loss of each by name: "
        + "Objective(losses: [\"kind\": …]).")
    #expect(
      await text(Objective(losses: ["prise": .huber]), data)
        == "The model has no output \"prise\"; it has kind, price. Did you mean \"price\"?")
    #expect(
      await text(Objective(losses: [:], metrics: ["kind": [.accuracy]]), data)
        == "No output has a loss, so nothing can be learned. Give at least one output a loss.")
    #expect(
      await text(Objective(losses: ["price": .huber], lossWeights: ["kind": 2]), data)
        .contains("lossWeights[\"kind\"] must be left out, for the output has no loss."))
    let error: any Metric = .meanAbsoluteError
    #expect(
      await text(Objective(losses: ["price": .huber], metrics: ["price": [error, error]]), data)
        == "Two figures are named \"price_meanAbsoluteError\". Give a metric a name of its own: "
        + ".named(\"…\", …), or {kind: named, name: …, metric: …} in a file.")
    let named = Objective(
      losses: ["price": .huber], metrics: ["price": [error, .named("again", error)]])
    #expect(await text(named, data) == "accepted")
    let lost = Objective(
      losses: ["price": .huber], metrics: ["price": [.named("loss", error)]])
    #expect(await text(lost, data).hasPrefix("Two figures are named \"price_loss\"."))
    #expect(
      try await text(Self.objective, Self.data(renamed: true))
        == "The data have no feature \"place\" for the model's input of this name; they have age, "
        + "plase. Did you mean \"plase\"?")
    let renamed = try Dataset(
      source: "x", features: data.features, targets: Self.data(renamed: true).targets)
    #expect(
      await text(Self.objective, renamed)
        == "The data have no target \"kind\" for the model's output of this name; they have price, "
        + "knd. Did you mean \"knd\"?")
    // The class numbers and the output they do not fit, by name.
    let x = Input([2])
    let narrow = try Model(
      inputs: ["place": x],
      outputs: ["kind": Dense(1, activation: .softmax)(x), "price": Dense(1)(x)])
    let crossed = Objective(
      losses: ["kind": .sparseCategoricalCrossentropy, "price": .meanSquaredError])
    #expect(await text(crossed, data, model: narrow).hasPrefix("output kind (sparse"))
    let wide = try Model(
      inputs: ["place": x],
      outputs: ["kind": Reshape([2, 1])(Dense(2)(x)), "price": Dense(1)(x)])
    #expect(
      await text(crossed, data, model: wide).hasPrefix(
        "Output \"kind\": The model's output for one sample has shape [2, 1]; 2 classes need [2]."))
    await #expect(throws: TrainingError.notClasses) {
      try await Self.model().fit(
        data, epochs: 1, optimizer: .sgd(), objective: Self.objective, classWeight: [0: 2])
    }
  }
}
