import GoldenKit
import MoruData
import MoruGraph
import MoruLayers
import MoruModels
import MoruOptimizers
import MoruTensors
import MoruTraining
import Testing

@Suite("Small models follow Keras for ten steps") struct FollowingTests {
  private static let adam: any Optimizer = .adam(
    learningRate: 0.015625, beta1: 0.875, beta2: 1 - 0.0009765625, epsilon: 9.5367431640625e-7)
  private static let sgd: any Optimizer = .sgd(learningRate: 0.0625, momentum: 0.875)
  private static let classes: any Loss = .sparseCategoricalCrossentropy(fromLogits: true)

  /// A model as `Tests/Golden/generator/followed.py` builds it, and how it is trained.
  struct Sample: Sendable, CustomTestStringConvertible {
    let name: String
    let layer: any Layer
    let objective: Objective
    let optimizer: any Optimizer

    var testDescription: String { name }

    init(_ name: String, _ layer: any Layer, _ loss: any Loss, _ optimizer: any Optimizer) {
      self.init(name, layer, Objective(loss: loss), optimizer)
    }

    init(_ name: String, _ layer: any Layer, _ objective: Objective, _ optimizer: any Optimizer) {
      self.name = name
      self.layer = layer
      self.objective = objective
      self.optimizer = optimizer
    }
  }

  static func samples() throws -> [Sample] {
    [
      Sample(
        "mlp",
        Sequential {
          Dense(9, activation: .relu, name: "hidden")
          Dense(3, name: "logits")
        }, classes, adam),
      Sample("cnn", cnn, classes, sgd),
      Sample("separable", separable, classes, sgd),
      Sample(
        "lstm",
        Sequential {
          LSTM(5, name: "lstm")
          Dense(1, name: "amount")
        }, .meanSquaredError, adam),
      Sample(
        "bidirectional_gru",
        Sequential {
          Embedding(7, 4, name: "embedding")
          Bidirectional(GRU(3, name: "gru"), name: "bidirectional")
          Dense(3, name: "logits")
        }, classes, adam),
      Sample("transformer", try transformer(), classes, adam),
      Sample(
        "autoencoder",
        Sequential {
          Dense(3, activation: .tanh, name: "encode")
          Dense(8, activation: .sigmoid, name: "decode")
        }, .meanSquaredError, adam),
      Sample(
        "multi_label",
        Sequential {
          Dense(7, activation: .silu, name: "hidden")
          Dense(4, activation: .sigmoid, name: "labels")
        }, .binaryCrossentropy, sgd),
      Sample(
        "multi_input", try multiInput(),
        Objective(losses: ["kind": classes, "price": .huber], lossWeights: ["price": 0.25]), adam),
      Sample("siamese", try siamese(), .binaryCrossentropy, sgd),
      Sample(
        "stateful",
        Sequential {
          LSTM(5, statefulBatchSize: 8, name: "lstm")
          RepeatVector(3)
          GRU(4, statefulBatchSize: 8, name: "gru")
          Dense(1, name: "amount")
        }, .meanSquaredError, adam),
    ]
  }

  private static var cnn: Sequential {
    Sequential {
      Conv2D(4, kernel: 3, activation: .relu, name: "conv")
      MaxPooling2D(2)
      Conv2D(5, kernel: 2, padding: .same, activation: .relu, name: "conv_2")
      Flatten()
      Dense(3, name: "logits")
    }
  }

  private static var separable: Sequential {
    Sequential {
      Conv2D(4, kernel: 3, strides: 2, padding: .same, useBias: false, name: "conv")
      BatchNormalization(momentum: 0.875, name: "norm")
      ReLU()
      SeparableConv2D(6, kernel: 3, padding: .same, useBias: false, name: "separable")
      BatchNormalization(momentum: 0.875, name: "norm_2")
      ReLU()
      GlobalAveragePooling2D()
      Dense(3, name: "logits")
    }
  }

  private static func transformer() throws -> Model {
    let x = Input([5, 6])
    let seen = MultiHeadAttention(heads: 2, keyDimension: 3, name: "attention")(x)
    let y = LayerNormalization(epsilon: 0.0009765625, name: "norm")(Add()([x, seen]))
    let inner = Dense(6, name: "down")(Dense(8, activation: .gelu, name: "up")(y))
    let z = LayerNormalization(epsilon: 0.0009765625, name: "norm_2")(Add()([y, inner]))
    return try Model(
      inputs: x, outputs: Dense(3, name: "logits")(GlobalAveragePooling1D()(z)))
  }

  private static func multiInput() throws -> Model {
    let (picture, number) = (Input([5, 5, 1]), Input([2]))
    let seen = Flatten()(Conv2D(3, kernel: 3, activation: .tanh, name: "conv")(picture))
    let both = Concatenate()([seen, Dense(4, activation: .tanh, name: "side")(number)])
    return try Model(
      inputs: ["picture": picture, "number": number],
      outputs: ["kind": Dense(3, name: "kind")(both), "price": Dense(1, name: "price")(both)])
  }

  private static func siamese() throws -> Model {
    let (left, right) = (Input([6]), Input([6]))
    let hidden = Dense(5, activation: .tanh, name: "hidden")
    let embed = Dense(4, name: "embed")
    let apart = Subtract()([embed(hidden(left)), embed(hidden(right))])
    return try Model(
      inputs: ["left": left, "right": right],
      outputs: ["output": Dense(1, activation: .sigmoid, name: "same")(Multiply()([apart, apart]))])
  }

  @Test("loss by loss within 1e-4, from the same weights")
  func losses() async throws {
    let samples = try Self.samples()
    #expect(samples.map(\.name).sorted() == GoldenFile.names(in: "models"))
    for sample in samples { try await follow(sample) }
  }

  private func follow(_ sample: Sample) async throws {
    let file = try GoldenFile("models", sample.name)
    let features = file.tensors(after: "input.").sorted { $0.key < $1.key }.map { name, values in
      Dataset.Feature(
        name: name, values: values.dtype.isInteger ? values : values.converted(to: .float32))
    }
    let targets = try file.tensors(after: "target.").sorted { $0.key < $1.key }.map {
      name, values in
      let labels = ["0", "1", "2"]
      return Dataset.Target(
        name: name,
        values: values.dtype.isInteger
          ? .classes(try values.array(of: Int32.self), labels: labels)
          : .tensor(values.converted(to: .float32)))
    }
    let data = try Dataset(source: sample.name, features: features, targets: targets)
    let weights = file.tensors(after: "weight.").mapValues { $0.converted(to: .float32) }
    // One batch of all samples, in one order: an epoch is a step.
    let trained = try await sample.layer.fit(
      data, epochs: 10, batchSize: data.count, optimizer: sample.optimizer,
      objective: sample.objective, shuffle: false, startingWeights: weights)
    #expect(Set(trained.weights.keys) == Set(weights.keys), "\(sample.name)")
    let found = try #require(trained.training).epochs.compactMap { $0.figures["loss"] }
    let wanted = try file.tensor("loss").array(of: Double.self)
    #expect(found.count == wanted.count)
    for (step, (one, other)) in zip(found, wanted).enumerated() {
      #expect(abs(one - other) <= 1e-4 * abs(other), "\(sample.name), step \(step + 1)")
    }
  }
}
