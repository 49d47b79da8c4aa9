import Foundation
import MoruData
import MoruGraph
import MoruLayers
import MoruModels
import MoruOptimizers
import MoruTensors
import MoruTraining
import Testing

@Suite("Parts of trained models") struct FineTuningTests {
  private static func trained() async throws -> (model: TrainedModel, data: Dataset) {
    let data = try Digits.load(count: 100)
    let base = Sequential(name: "base") {
      Rescaling(1.0 / 16)
      Conv2D(4, kernel: 3, activation: .relu)
      BatchNormalization()
      Flatten()
    }
    let model = try await Sequential {
      base
      Dense(16, activation: .relu)
      Dense(10, activation: .softmax)
    }.fit(data, epochs: 1, optimizer: .adam(), loss: .sparseCategoricalCrossentropy)
    return (model, data)
  }

  /// The paths whose weights differ.
  private static func changed(_ one: TrainedModel, _ other: TrainedModel) -> Set<String> {
    Set(one.weights.keys.filter { one.weights[$0] != other.weights[$0] })
  }

  private static func fitted(
    _ model: TrainedModel, _ data: Dataset, _ optimizer: any Optimizer = .sgd(learningRate: 0.1)
  ) async throws -> TrainedModel {
    try await model.fit(
      data, epochs: 1, optimizer: optimizer, loss: .sparseCategoricalCrossentropy)
  }

  @Test("frozen layers stay as they are, statistics too, until they are unfrozen")
  func freezing() async throws {
    let (model, data) = try await Self.trained()
    let all = Set(model.weights.keys)
    #expect(try await Self.changed(model, Self.fitted(model, data)) == all)
    let frozen = try model.frozen("base", "dense/bias")
    let base = all.filter { $0.hasPrefix("base/") }
    #expect(base.count == 6)
    let head = all.subtracting(base).subtracting(["dense/bias"])
    #expect(try await Self.changed(model, Self.fitted(frozen, data)) == head)
    #expect(
      try frozen.summary().contains("Trainable parameters: 2,474, others: 72\n"))
    #expect(try frozen.summary() != model.summary())

    // Saved with the model, and undone.
    let path = FileManager.default.temporaryDirectory.appending(path: "moru-\(UUID()).moru").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try frozen.save(path)
    let loaded = try TrainedModel.load(path)
    #expect(try await Self.changed(model, Self.fitted(loaded, data)) == head)
    #expect(try await Self.changed(model, Self.fitted(loaded.unfrozen(), data)) == all)
    #expect(try await loaded.predict(data) == model.predict(data))
    await #expect(throws: TrainingError.nothingToTrain) {
      try await Self.fitted(model.frozen(), data)
    }
    let error = #expect(throws: LayerError.self) { try model.frozen("bsae") }
    #expect(
      "\(try #require(error))"
        == "The model has no layer with weights \"bsae\". Did you mean \"base\"?")
  }

  private static func start(_ layer: any Layer, epochs: Int) async throws -> TrainedModel {
    try await layer.fit(
      Digits.load(count: 96), epochs: epochs, optimizer: .sgd(learningRate: 0.1),
      loss: .sparseCategoricalCrossentropy, seed: 3)
  }

  @Test("training goes on bit for bit where it ended, if the optimizer remembers nothing")
  func goesOn() async throws {
    // Without dropout, which is drawn by the number of updates.
    let still = Sequential {
      Rescaling(1.0 / 16)
      Flatten()
      Dense(16, activation: .tanh)
      Dense(10, activation: .softmax)
    }
    let whole = try await Self.start(still, epochs: 2)
    let rest = try await Self.start(still, epochs: 1).fit(
      Digits.load(count: 96), epochs: 2, optimizer: .sgd(learningRate: 0.1),
      loss: .sparseCategoricalCrossentropy, initialEpoch: 1, seed: 3)
    #expect(Self.changed(whole, rest) == [])
  }

  @Test("the first step on other data has the loss that evaluation found before")
  func firstStep() async throws {
    let layer = Sequential {
      Rescaling(1.0 / 16)
      Flatten()
      Dense(16, activation: .tanh, kernelRegularizer: .l2(0.01), name: "hidden")
      Dense(10, activation: .softmax, name: "classes")
    }
    let trained = try await Self.start(layer, epochs: 3)
    let other = try Digits.load().subset(Array(200..<260))
    let before = try await trained.evaluate(other)
    let after = try await trained.frozen("hidden").fit(
      other, epochs: 1, batchSize: 60, optimizer: .adam(learningRate: 0.5),
      loss: .sparseCategoricalCrossentropy)
    let first = try #require(after.training?.epochs.first?.figures["loss"])
    let penalty = try trained.weights["hidden/kernel"].map {
      0.01 * (try $0.array(of: Float.self)).reduce(0) { $0 + Double($1 * $1) }
    }
    // What is frozen adds no penalty.
    #expect(abs(first + (try #require(penalty)) - before.loss) < 1e-5)
    #expect(Self.changed(trained, after) == ["classes/kernel", "classes/bias"])
  }

  @Test("a new model starts from weights that are given, and draws the others")
  func startingWeights() async throws {
    let (trained, data) = try await Self.trained()
    let base = trained.weights.filter { $0.key.hasPrefix("base/") }
    func fit(_ weights: [String: HostTensor]) async throws -> TrainedModel {
      try await Sequential {
        Frozen((trained.layer as? Sequential)?.layers[0] ?? Flatten())
        Dense(10, activation: .softmax)
      }.fit(
        data, epochs: 1, optimizer: .sgd(), loss: .sparseCategoricalCrossentropy,
        startingWeights: weights)
    }
    let made = try await fit(base)
    #expect(base.allSatisfy { made.weights[$0.key] == $0.value })
    #expect(made.weights["dense/bias"] != trained.weights["dense/bias"])
    let unknown = await #expect(throws: LayerError.self) {
      try await fit(["base/conv2d/kernle": HostTensor([1] as [Float])])
    }
    #expect(
      "\(try #require(unknown))" == "The model has no weight \"base/conv2d/kernle\". "
        + "Did you mean \"base/conv2d/kernel\"?")
    await #expect(
      throws: LayerError.weightMismatch(
        "dense/bias", expected: TensorType(.float32, [10]), found: TensorType(.float32, [1]))
    ) { try await fit(["dense/bias": HostTensor([1] as [Float])]) }
  }

  @Test("a model inside others is frozen and unfrozen where it stands")
  func nested() throws {
    let x = Input([2])
    let inner = try Model(inputs: x, outputs: Dense(2)(x))
    let model = Sequential {
      inner.frozen()
      Checkpointed { Dense(3).frozen() }
      Dense(1)
    }
    let types = [TensorType(.float32, [2])]
    #expect(try model.declaration(inputs: types).parameterCount == 4)
    #expect(try model.unfrozen().declaration(inputs: types).parameterCount == 6 + 9 + 4)
    #expect(model.unfrozen().identity == model.identity)
  }

  @Test("layers may follow their gradients at rates of their own")
  func rates() async throws {
    let (model, data) = try await Self.trained()
    let none: any Optimizer = .sgd(learningRate: 0.1).scalingRates(["base": 0])
    let changed = try await Self.changed(model, Self.fitted(model, data, none))
    #expect(!changed.contains("base/conv2d/kernel") && changed.contains("dense/kernel"))
    // Unlike frozen statistics, those of layers that merely do not move go on.
    #expect(changed.contains("base/batch_normalization/moving_mean"))
  }

  @Test("feature maps, and the way from them to the answer")
  func subModels() async throws {
    let (model, data) = try await Self.trained()
    let maps = try model.subModel(outputs: ["base/conv2d"])
    #expect(Set(maps.weights.keys) == ["base/conv2d/kernel", "base/conv2d/bias"])
    #expect(maps.signature.inputs == model.signature.inputs)
    #expect(maps.signature.outputs[0].shape == [6, 6, 4])
    let values = try #require(try await maps.predictions(data)["base/conv2d"])
    let head = try model.subModel(outputs: ["output"], inputs: ["base/conv2d"])
    #expect(head.signature.outputs == model.signature.outputs)
    let answers = try await Predictor(head).predict([values])[0].array(of: Float.self)
    let whole = try await model.predict(data).array(of: Float.self)
    #expect(zip(answers, whole).allSatisfy { abs($0 - $1) < 1e-6 })

    let path = FileManager.default.temporaryDirectory.appending(path: "moru-\(UUID()).moru").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try maps.save(path)
    #expect(try await TrainedModel.load(path).predict(data) == maps.predict(data))
    let error = #expect(throws: LayerError.self) { try model.subModel(outputs: ["base/conv2"]) }
    #expect("\(try #require(error))".contains("Did you mean \"base/conv2d\"?"))
  }

  @Test("statistics are frozen by themselves, beside factors that are trained")
  func statistics() async throws {
    let (model, data) = try await Self.trained()
    let normalization = "base/batch_normalization"
    let frozen = try model.frozen(
      "\(normalization)/moving_mean", "\(normalization)/moving_variance")
    let changed = try await Self.changed(model, Self.fitted(frozen, data))
    #expect(changed.contains("\(normalization)/gamma"))
    #expect(!changed.contains { $0.contains("moving") })
    // Training then sees what evaluation sees.
    let before = try await model.evaluate(data)
    let after = try await frozen.fit(
      data, epochs: 1, batchSize: data.count, optimizer: .sgd(learningRate: 0.1),
      loss: .sparseCategoricalCrossentropy)
    let first = try #require(after.training?.epochs.first?.figures["loss"])
    #expect(abs(first - before.loss) < 1e-5)
  }

  @Test("parts of one model, or of two, are put together with their weights")
  func grafts() async throws {
    let (model, data) = try await Self.trained()
    let front = try model.subModel(outputs: ["base/batch_normalization"])
    let back = try model.subModel(outputs: ["output"], inputs: ["base/batch_normalization"])
    let whole = try front.followed(by: back)
    let (one, other) = (try await whole.predict(data), try await model.predict(data))
    #expect(
      try zip(one.array(of: Float.self), other.array(of: Float.self))
        .allSatisfy { abs($0 - $1) < 1e-6 })
    #expect(whole.signature.outputs == model.signature.outputs)
    #expect(whole.signature.inputs == model.signature.inputs)

    // The back of another model, trained otherwise, behind the front of this one.
    let second = try await Self.fitted(Self.trained().model, data)
    let graft = try front.followed(
      by: second.subModel(outputs: ["output"], inputs: ["base/batch_normalization"]))
    #expect(graft.weights.values.contains(try #require(model.weights["base/conv2d/kernel"])))
    #expect(graft.weights.values.contains(try #require(second.weights["dense/kernel"])))
    #expect(!graft.weights.values.contains(try #require(second.weights["base/conv2d/kernel"])))
    #expect(try await graft.predict(data).shape == other.shape)

    let error = #expect(throws: ModelError.self) { try back.followed(by: back) }
    #expect("\(try #require(error))".hasSuffix("Cut both where values of one shape pass."))
    let body = try model.subModel(outputs: ["dense"])
    let square = try TrainedModel(
      layer: Dense(16), weights: ["kernel": .zeros([16, 16]), "bias": .zeros([16])],
      signature: ModelSignature(
        inputs: [ModelInput(name: "x", dtype: .float32, shape: [16], content: InputContent())],
        outputs: [ModelOutput(name: "y", dtype: .float32, shape: [16], meaning: .numbers)]))
    #expect(try body.followed(by: square).declaration.weights.count == 10)
    #expect(throws: ModelError.sharedLayers) { try square.followed(by: square) }
  }

  @Test("weights are set by path")
  func weights() async throws {
    let (model, data) = try await Self.trained()
    let bias = HostTensor((0..<10).map { Float($0) })
    let other = try model.settingWeights(["dense_1/bias": bias])
    #expect(other.weights["dense_1/bias"] == bias)
    #expect(Self.changed(model, other) == ["dense_1/bias"])
    #expect(try await other.predict(data) != model.predict(data))
    let unknown = #expect(throws: LayerError.self) {
      try model.settingWeights(["dense_1/baas": bias])
    }
    #expect(
      "\(try #require(unknown))"
        == "The model has no weight \"dense_1/baas\". Did you mean \"dense_1/bias\"?")
    #expect(
      throws: LayerError.weightMismatch(
        "dense/bias", expected: TensorType(.float32, [16]), found: TensorType(.float32, [10]))
    ) { try model.settingWeights(["dense/bias": bias]) }
  }
}
