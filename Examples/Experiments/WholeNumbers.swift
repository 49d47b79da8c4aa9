import Foundation
import Moru

/// What networks lose and gain on whole numbers of one byte.
struct WholeNumbers: Experiment {
  static let name = "int8"
  private let data: URL

  init(data: URL, pictures: URL) { self.data = data }

  func run() async throws -> String {
    let start = ContinuousClock.now
    let set = try Dataset.mnist(at: data.appending(path: "fashion_mnist"))
    let network = Sequential {
      Rescaling(1.0 / 255)
      Conv2D(32, kernel: 3, activation: .relu)
      MaxPooling2D(2)
      Conv2D(64, kernel: 3, padding: .same, activation: .relu)
      Conv2D(64, kernel: 3, padding: .same, activation: .relu)
      MaxPooling2D(2)
      Flatten()
      Dropout(0.3)
      Dense(128, activation: .relu)
      Dense(10, activation: .softmax)
    }
    let trained = try await network.fit(
      set.train, epochs: 3, batchSize: 64, optimizer: Adam(),
      loss: .sparseCategoricalCrossentropy, metrics: [.accuracy], callbacks: [.progress("CNN")],
      seed: 0)
    let few = try set.train.subset(Array(0..<512))
    var rows = [try await row("Float32", trained, set.test)]
    for (name, estimator) in [
      ("Int8, least to greatest", RangeEstimator.minMax),
      ("Int8, 99.99th percentile", .percentile(99.99)),
    ] {
      let (small, _) = try await trained.quantized(calibration: few, estimator: estimator)
      rows.append(try await row(name, small, set.test))
    }
    let aware = try await trained.quantizationAware(calibration: few).fit(
      set.train, epochs: 1, batchSize: 64, optimizer: Adam(learningRate: 1e-4),
      loss: .sparseCategoricalCrossentropy, metrics: [.accuracy],
      callbacks: [.progress("trained for it")], seed: 1)
    rows.append(try await row("Int8, trained for it", aware.quantized().model, set.test))
    let time = Markdown.seconds(since: start)
    return """
      ## Networks on whole numbers

      `Benchmarks/experiments --data DIR int8`, seed 0, \(time): a convolutional network with 3×3 \
      windows learns Fashion-MNIST in 3 epochs; ranges are measured on 512 training pictures, and the \
      last row trained one more epoch with rounding. Milliseconds are the least of many runs.

      \(Markdown.table(["", "test accuracy", "bytes of weights", "ms, batch 1", "ms, batch 32"], rows))

      Networks of the zoo with random weights, on pictures of random pixels; only size and speed say
      something.

      \(Markdown.table(["", "bytes of weights", "ms, batch 1", "ms, batch 32"], try await zoo()))
      """
  }

  private func row(
    _ name: String, _ model: TrainedModel, _ test: Dataset
  ) async throws -> [String] {
    let accuracy = try await model.evaluate(test)[.accuracy]
    return [name, Markdown.number(accuracy, 4)] + (try await costs(model))
  }

  private func costs(_ model: TrainedModel) async throws -> [String] {
    let footprint = try await model.footprint(batches: [1, 32])
    return ["\(footprint.weightBytes)"]
      + footprint.latencies.map { Markdown.number($0.milliseconds, 3) }
  }

  private func zoo() async throws -> [[String]] {
    var rows: [[String]] = []
    for name in ["ResNet18", "ResNet50", "MobileNetV2"] {
      let model = try Architecture.named(name)()
      let weights = try model.declaration(inputs: model.inputs).initialValues(seed: 0)
      let network = try TrainedModel(model, weights: weights)
      let shape = [16] + (model.inputs.first?.shape.dimensions ?? [])
      let pixels = Seed(1).uniform(count: shape.reduce(1, *)).map { Float($0) }
      let pictures = try Dataset(
        source: "random", features: [.init(values: HostTensor(pixels, shape: Shape(shape)))])
      let (small, _) = try await network.quantized(calibration: pictures)
      rows.append(["\(name), Float32"] + (try await costs(network)))
      rows.append(["\(name), Int8"] + (try await costs(small)))
    }
    return rows
  }
}
