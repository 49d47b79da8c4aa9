import GoldenKit
import MoruData
import MoruGraph
import MoruLayers
import MoruModels
import MoruOptimizers
import MoruTensors
import MoruTraining
import Testing

@Suite("Evaluation") struct EvaluationTests {
  @Test("the loss is Keras's, penalties of weights and activities included")
  func penalties() async throws {
    let file = try GoldenFile("training", "mlp_constrained")
    let layer = Sequential {
      Dense(
        7, activation: .relu, kernelRegularizer: .l1l2(1.0 / 64, 1.0 / 32),
        activityRegularizer: .l2(1.0 / 64), name: "hidden")
      Dense(3, biasRegularizer: .l1(1.0 / 16), name: "logits")
    }
    let features = try file.tensor("input").converted(to: .float32).reshaped(to: [80, 6])
    let classes = try file.tensor("target").array(of: Int32.self)
    let data = try Dataset(
      source: "golden", features: [Dataset.Feature(values: features)],
      targets: .classes(classes, labels: ["0", "1", "2"]))
    let final = file.tensors(after: "final.").mapValues { $0.converted(to: .float32) }
    let loss: any Loss = .sparseCategoricalCrossentropy(fromLogits: true)
    let trained = try await layer.fit(
      data, epochs: 1, optimizer: .sgd(learningRate: 0), loss: loss, validation: .data(data),
      startingWeights: final)
    let wanted = try file.tensor("evaluation").array(of: Double.self)[0]
    #expect(abs(try await trained.evaluate(data).loss - wanted) < 1e-5 * wanted)
    let watched = try #require(trained.training?.epochs[0].figures["val_loss"])
    #expect(abs(watched - wanted) < 1e-5 * wanted)
  }
}
