import Foundation
import MoruArchive
import MoruData
import MoruGraph
import MoruLayers
import MoruMetrics
import MoruModels
import MoruOptimizers
import MoruTensors
import MoruTraining
import Testing

/// A small residual network on digits, trained a little on the even ones.
private enum Task {
  static func network(classes: Int) throws -> Model {
    let start = Input([8, 8, 1])
    var x = Rescaling(1.0 / 16, name: "rescaling")(start)
    x = Conv2D(16, kernel: 3, padding: .same, useBias: false, name: "stem")(x)
    x = Activation(.relu, name: "stem_relu")(BatchNormalization(name: "stem_bn")(x))
    for name in ["one", "two"] {
      var y = Conv2D(16, kernel: 3, padding: .same, useBias: false, name: "\(name)_conv")(x)
      y = BatchNormalization(name: "\(name)_bn")(y)
      x = Activation(.relu, name: "\(name)_out")(Add(name: "\(name)_add")([x, y]))
    }
    let means = GlobalAveragePooling2D(name: "means")(x)
    return try Model(
      inputs: start, outputs: Dense(classes, activation: .softmax, name: "classes")(means))
  }

  /// Digits of some classes.
  static func digits(_ wanted: [Int32], count: Int) throws -> Dataset {
    let all = try Digits.load()
    let classes = try #require(all.classes).indices
    let places = classes.indices.filter { wanted.contains(classes[$0]) }.prefix(count)
    let part = try all.subset(Array(places))
    return try Dataset(
      source: "digits", features: part.features,
      targets: .classes(
        places.map { Int32(wanted.firstIndex(of: classes[$0]) ?? 0) },
        labels: wanted.map { "\($0)" }))
  }

  static func base() async throws -> TrainedModel {
    try await network(classes: 5).fit(
      digits([0, 2, 4, 6, 8], count: 300), epochs: 8, optimizer: .adam(learningRate: 0.01),
      loss: .sparseCategoricalCrossentropy, seed: 1)
  }

  static func odd() throws -> Dataset { try digits([1, 3, 5], count: 90) }
}

private func changed(_ model: TrainedModel, from base: TransferBase) -> Set<String> {
  Set(
    base.model.weights.keys.filter { model.weights["base/\($0)"] != base.model.weights[$0] })
}

@Suite("Transfer learning") struct TransferLearningTests {
  @Test("a base ends before its last dense layer, and falls into blocks")
  func anatomy() async throws {
    let trained = try await Task.base()
    let base = try TransferBase(trained)
    #expect(base.model.signature.outputs.map(\.name) == ["means"])
    #expect(base.blocks.map(\.name) == ["stem_relu", "one_out", "means"])
    #expect(
      base.blocks.map(\.layers) == [
        ["stem", "stem_bn"], ["one_conv", "one_bn"], ["two_conv", "two_bn"],
      ])
    #expect(try base.keeping(blocks: 2).model.signature.outputs.map(\.name) == ["one_out"])
    #expect(try TransferBase(base.model).model.signature.outputs.map(\.name) == ["means"])
    let error = #expect(throws: TrainingError.self) { try base.keeping(blocks: 4) }
    #expect("\(try #require(error))" == "The base has 3 blocks, not 4. Choose from 1 to 3.")
  }

  @Test("the head learns while every weight and statistic of the base stays")
  func headOnly() async throws {
    let (base, odd) = (try TransferBase(await Task.base()), try Task.odd())
    let model = try await TransferLearning(
      base: base, headStage: TransferStage(epochs: 60, optimizer: .adam(learningRate: 0.05))
    ).fit(odd, seed: 3)
    #expect(changed(model, from: base) == [])
    #expect(model.declaration.parameterCount == 16 * 3 + 3)
    #expect(try await model.evaluate(odd)[.accuracy] > 0.8)
    #expect(model.signature.outputs[0].classLabels == ["1", "3", "5"])
    #expect(model.training?.epochs.count == 60)
    #expect(model.training?.dataChecksum == odd.contentHash.hex)
  }

  @Test("tuning changes the last blocks and no statistics, and counts epochs on")
  func tuning() async throws {
    let (base, odd) = (try TransferBase(await Task.base()), try Task.odd())
    let model = try await TransferLearning(
      base: base, headStage: TransferStage(epochs: 2, optimizer: .adam()),
      fineTuning: FineTuning(
        blocks: 1, stage: TransferStage(epochs: 3, optimizer: .sgd(learningRate: 0.01)))
    ).fit(odd, seed: 3)
    #expect(changed(model, from: base) == ["two_conv/kernel", "two_bn/gamma", "two_bn/beta"])
    #expect(model.training?.epochs.map(\.number) == [1, 2, 3, 4, 5])
  }
}
