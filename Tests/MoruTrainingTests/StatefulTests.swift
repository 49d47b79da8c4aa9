import Foundation
import GoldenKit
import MoruCPU
import MoruData
import MoruGraph
import MoruLayers
import MoruModels
import MoruOptimizers
import MoruTensors
import MoruTraining
import Testing

@Suite("States that batches leave to the next") struct StatefulTests {
  /// The layers of `Tests/Golden/generator/stateful.py`.
  private static let layers: [String: any Layer] = [
    "lstm": LSTM(4, statefulBatchSize: 2, name: "layer"),
    "gru": GRU(3, returnSequences: true, statefulBatchSize: 2, name: "layer"),
    "simple_rnn": SimpleRNN(3, goBackwards: true, statefulBatchSize: 2, name: "layer"),
    "rnn": RNN(
      StackedRNNCells([LSTMCell(4, name: "one"), GRUCell(3, name: "two")]), statefulBatchSize: 2,
      name: "layer"),
    "conv_lstm": ConvLSTM2D(2, kernel: 3, padding: .same, statefulBatchSize: 2, name: "layer"),
    "bidirectional": Bidirectional(LSTM(2, statefulBatchSize: 2, name: "lstm"), name: "layer"),
  ]

  private static func model(
    _ layer: any Layer, sample: Shape, weights: [String: HostTensor]
  ) throws -> TrainedModel {
    let declaration = try layer.declaration(inputs: [TensorType(.float32, sample)])
    let output = Shape(Array(declaration.outputs[0].shape.dropFirst()))
    return try TrainedModel(
      layer: layer, weights: declaration.carriedStates.merging(weights) { $1 },
      signature: ModelSignature(
        inputs: [ModelInput(name: "x", dtype: .float32, shape: sample, content: InputContent())],
        outputs: [ModelOutput(name: "y", dtype: .float32, shape: output, meaning: .numbers)]))
  }

  private static func isClose(_ one: HostTensor, _ other: HostTensor) throws -> Bool {
    let (one, other) = (
      try one.array(of: Float.self), try other.converted(to: .float32).array(of: Float.self)
    )
    return one.count == other.count && zip(one, other).allSatisfy { abs($0 - $1) < 1e-5 }
  }

  @Test("are Keras's over several batches and predictions", arguments: layers.keys.sorted())
  func golden(name: String) async throws {
    let file = try GoldenFile("stateful", name)
    func float(_ name: String) throws -> HostTensor {
      try file.tensor(name).converted(to: .float32)
    }
    let layer = Sequential([try #require(Self.layers[name])])
    let first = try float("input.first")
    let model = try Self.model(
      layer, sample: Shape(Array(first.shape.dropFirst())),
      weights: file.tensors(after: "weight.").mapValues { $0.converted(to: .float32) })
    let predictor = Predictor(model)
    for part in ["first", "second"] {
      let found = try await predictor.predict([float("input." + part)])[0]
      #expect(try Self.isClose(found, file.tensor("output." + part)))
    }
    try await predictor.resetStates()
    let again = try await predictor.predict([first])[0]
    #expect(try Self.isClose(again, file.tensor("output.first")))

    var weights = try model.declaration.weights(from: model.weights)
    for part in ["first", "second"] {
      for start in stride(from: 0, to: 6, by: 2) {
        _ = layer(Tensor(try float("input." + part).slice(start..<start + 2)), &weights)
      }
      for (path, wanted) in file.tensors(after: "state.\(part).") {
        let found = try await #require(weights.state[path]).value(on: .cpu)
        #expect(try Self.isClose(found, wanted), "\(path)")
      }
    }
  }

  @Test("have files for all cases") func cases() {
    #expect(GoldenFile.names(in: "stateful") == Self.layers.keys.sorted())
  }

  private static func data(_ count: Int) throws -> Dataset {
    let numbers = (5 as Seed).uniform(count: count * 6).map { Float($0) }
    let ends: [Float] = (0..<count).map { numbers[6 * $0] + numbers[6 * $0 + 5] }
    let walks = try HostTensor(numbers).reshaped(to: [count, 3, 2])
    return try Dataset(
      source: "walks", features: [Dataset.Feature(values: walks)], targets: .values(ends))
  }

  private static let walk = Sequential {
    LSTM(4, statefulBatchSize: 4, name: "lstm")
    Dense(1, name: "sum")
  }

  private static func fit(
    _ data: Dataset, epochs: Int = 1, rate: LearningRate = 0.1, batchSize: Int = 4,
    validation: Validation = .none, _ callbacks: [any Callback] = []
  ) async throws -> TrainedModel {
    try await walk.fit(
      data, epochs: epochs, batchSize: batchSize, optimizer: .sgd(learningRate: rate),
      loss: .meanSquaredError, validation: validation, shuffle: false, callbacks: callbacks)
  }

  private static func losses(_ model: TrainedModel, _ figure: String = "loss") -> [Double] {
    model.training?.epochs.compactMap { $0.figures[figure] } ?? []
  }

  @Test("go on from epoch to epoch and into validation unless they are reset")
  func epochs() async throws {
    let data = try Self.data(8)
    let reset = LambdaCallback(
      onEpochBegan: { _, training in try await training.resetStates() },
      onValidationBegan: { _, training in try await training.resetStates() })
    let goingOn = try await Self.fit(data, epochs: 2, rate: 0, validation: .data(data))
    let anew = try await Self.fit(data, epochs: 2, rate: 0, validation: .data(data), [reset])
    let (one, other) = (Self.losses(goingOn), Self.losses(anew))
    #expect(one[0] == other[0] && one[0] != one[1] && other[0] == other[1])
    #expect(Self.losses(goingOn, "val_loss")[0] != one[0])
    #expect(abs(Self.losses(anew, "val_loss")[0] - other[0]) < 1e-6)
  }

  @Test("stay in the model as training left them, whatever it predicts, and in its file")
  func values() async throws {
    let data = try Self.data(8)
    let trained = try await Self.fit(data)
    #expect(trained.statefulBatchSize == 4)
    let state = try #require(trained.weights["lstm/state_0"])
    #expect(state.shape == [4, 4] && state != .zeros([4, 4]))
    let answer = try await trained.predict(data)
    #expect(try await trained.predict(data) == answer)
    #expect(try await trained.evaluate(data) == trained.evaluate(data))
    let rested = try trained.resettingStates()
    #expect(rested.weights["lstm/state_0"] == .zeros([4, 4]))
    #expect(try await rested.predict(data) != answer)
    // A frozen layer goes on, too.
    let frozen = try await trained.frozen("lstm").fit(
      data, epochs: 1, batchSize: 4, optimizer: .sgd(), loss: .meanSquaredError)
    #expect(frozen.weights["lstm/state_0"] != state)
    #expect(frozen.weights["lstm/kernel"] == trained.weights["lstm/kernel"])

    let folder = try TemporaryFolder()
    try trained.save(folder.path("walk.moru"))
    #expect(try await TrainedModel.load(folder.path("walk.moru")).predict(data) == answer)
  }

  @Test("are refused for other batches than they are made for, with what would help")
  func messages() async throws {
    func text(_ body: () async throws -> Void) async -> String {
      do {
        try await body()
        return "accepted"
      } catch { return "\(error)" }
    }
    let data = try Self.data(8)
    #expect(
      await text { _ = try await Self.fit(data, batchSize: 2) }
        == "batchSize must be 4, the batch for which the model keeps states. Change it.")
    let partial =
      "The model keeps states for batches of 4, which 10 samples do not fill. Pass a multiple of 4."
    let ten = try Self.data(10)
    #expect(await text { _ = try await Self.fit(ten) } == partial)
    #expect(await text { _ = try await Self.fit(data, validation: .data(ten)) } == partial)
    let trained = try await Self.fit(data)
    #expect(await text { _ = try await trained.predict(ten) } == partial)
    #expect(await text { _ = try await trained.evaluate(ten) } == partial)

    func refusal(_ layer: any Layer, batch: Int? = nil) -> String {
      let input = Tensor.zeros([batch ?? 1, 3, 2])
      do {
        let declaration = try layer.declaration(inputs: [TensorType(.float32, [3, 2])])
        guard batch != nil else { return "accepted" }
        var weights = declaration.placeholders()
        let error = layer(input, &weights).error
        return "\(error.map { "\($0)" } ?? "accepted")"
      } catch { return "\(error)" }
    }
    #expect(
      refusal(Self.walk, batch: 3).contains(
        "it keeps states for batches of 4, this one is of 3. "
          + "Pass batches of 4, or a layer without statefulBatchSize."))
    #expect(
      refusal(GRU(2, statefulBatchSize: 0)).contains(
        "its statefulBatchSize is 0. Say how many sequences a batch has, at least 1."))
    let two = Sequential {
      GRU(2, returnSequences: true, statefulBatchSize: 2)
      GRU(2, statefulBatchSize: 3)
    }
    #expect(
      refusal(two).contains(
        "the weight gru_1/state_0 is of batches of 3, gru/state_0 of 2. "
          + "Give all layers that keep states one batch size."))
  }
}
