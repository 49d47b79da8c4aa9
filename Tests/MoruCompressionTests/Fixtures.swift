import Foundation
import MoruData
import MoruGraph
import MoruLayers
import MoruMetrics
import MoruModels
import MoruOptimizers
import MoruTensors
import MoruTraining
import Synchronization

/// The data set that ships with the repository, and networks that learned it.
enum Digits {
  static func parts() throws -> (train: Dataset, test: Dataset) {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
    let file = folder.appending(path: "../../Examples/data/digits.csv.gz").standardized
    let all = try Dataset.csv(at: file, target: "label", shape: [8, 8, 1])
    return (try all.subset(Array(0..<700)), try all.subset(Array(700..<1000)))
  }

  /// Convolutions, normalization, a shortcut, and dense layers behind `Flatten`.
  static func network() throws -> Model {
    let start = Input([8, 8, 1])
    var x = Rescaling(1.0 / 16)(start)
    x = Conv2D(16, kernel: 3, padding: .same, useBias: false, name: "stem")(x)
    x = Activation(.relu)(BatchNormalization(name: "stem_bn")(x))
    let y = Conv2D(16, kernel: 3, padding: .same, activation: .relu, name: "inside")(x)
    x = Add()([x, Conv2D(16, kernel: 3, padding: .same, name: "branch")(y)])
    x = MaxPooling2D(2)(x)
    x = DepthwiseConv2D(kernel: 3, padding: .same, activation: .relu, name: "depthwise")(x)
    x = Flatten()(x)
    x = Dense(48, activation: .relu, name: "wide")(x)
    return try Model(inputs: start, outputs: Dense(10, activation: .softmax, name: "classes")(x))
  }

  /// The network after some epochs, trained once for all tests.
  static func trained(epochs: Int = 4) async throws -> TrainedModel {
    try await trainings.withLock { trainings in
      let training = trainings[epochs] ?? Task { try await train(epochs: epochs) }
      trainings[epochs] = training
      return training
    }.value
  }

  private static let trainings = Mutex<[Int: Task<TrainedModel, any Error>]>([:])

  private static func train(epochs: Int) async throws -> TrainedModel {
    try await network().fit(
      parts().train, epochs: epochs, batchSize: 32, optimizer: .adam(learningRate: 3e-3),
      loss: .sparseCategoricalCrossentropy, metrics: [.accuracy], seed: 3)
  }
}
