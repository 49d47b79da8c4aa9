import MoruArchive
import MoruData
import MoruGraph
package import MoruLayers
import MoruMetrics
import MoruModels
package import MoruTensors

/// Layers that a learner has made, with their weights.
package struct LearnedLayers {
  /// Each with a name, which is the path of its weights.
  package var layers: [any Layer] = []
  /// By path.
  package var weights: [String: HostTensor] = [:]

  /// Adds a fully connected layer of known weights.
  ///
  /// - Parameter kernel: `[features, units]`, row-major.
  mutating func append(
    kernel: [Double], bias: [Double], activation: ActivationFunction = .linear
  ) throws {
    layers.append(Dense(bias.count, activation: activation, name: "dense"))
    weights["dense/kernel"] = try .float32(kernel, [kernel.count / bias.count, bias.count])
    weights["dense/bias"] = .float32(bias)
  }

  /// Turns scores into probabilities.
  mutating func appendSoftmax() { layers.append(Softmax(name: "softmax")) }
}

/// What a learner's model says of a sample.
enum LearnedOutput {
  /// The probability of each class.
  case probabilities(labels: [String])
  /// A score for each class.
  case scores(labels: [String])
  /// As many numbers as the target has.
  case numbers
}

extension TrainedModel {
  /// A model of what a learner found in samples: each sample is flattened to a row first.
  init(
    _ learned: LearnedLayers, by learner: String, from data: Dataset, seed: Seed,
    output: LearnedOutput
  ) throws {
    let input = ModelInput(data.signature[0], of: data)
    let layers = (input.shape.rank == 1 ? [] : [Flatten(name: "flatten")]) + learned.layers
    let layer = Sequential(layers)
    let type = try layer.declaration(inputs: [input.type]).outputs[0]
    let target = data.targets[0]
    let meaning: OutputMeaning
    let objective: Objective
    switch output {
    case .probabilities(let labels):
      meaning = .probabilities(labels: labels)
      objective = Objective(loss: .sparseCategoricalCrossentropy, metrics: [.accuracy])
    case .scores(let labels):
      meaning = .scores(labels: labels)
      objective = Objective(
        loss: SparseCategoricalCrossentropy(fromLogits: true), metrics: [.accuracy])
    case .numbers:
      meaning = type.shape[1] == 1 ? .value(of: target, in: data) : .numbers
      objective = Objective(loss: .meanSquaredError, metrics: [.meanAbsoluteError])
    }
    try self.init(
      layer: layer, weights: learned.weights,
      signature: ModelSignature(
        inputs: [input],
        outputs: [
          ModelOutput(
            name: target.name, dtype: type.dtype, shape: Shape(Array(type.shape.dropFirst())),
            meaning: meaning)
        ]),
      training: TrainingRecord(
        learner: learner, seed: seed.key, objective: objective, batchSize: data.count,
        samples: data.count, epochs: [], keptEpoch: 0, dataChecksum: data.contentHash.hex))
  }
}

extension HostTensor {
  /// Numbers as weights are kept.
  static func float32(_ values: [Double]) -> HostTensor { HostTensor(values.map(Float.init)) }

  /// Numbers as weights are kept.
  static func float32(_ values: [Double], _ shape: Shape) throws -> HostTensor {
    try HostTensor(values.map(Float.init), shape: shape)
  }
}
