import MoruData
import MoruGraph
import MoruInsight
import MoruLayers
import MoruModels
import MoruOptimizers
import MoruReference
import MoruTensors
import MoruTraining
import Synchronization
import Testing

@Suite("A layer inspector") struct LayerInspectorTests {
  private final class Log: Sendable {
    private let noted = Mutex<(seen: [Inspection], warnings: [String])>(([], []))
    var seen: [Inspection] { noted.withLock { $0.seen } }
    var warnings: [String] { noted.withLock { $0.warnings } }
    func note(_ inspection: Inspection) { noted.withLock { $0.seen.append(inspection) } }
    func note(_ warnings: [String]) { noted.withLock { $0.warnings = warnings } }
  }

  private let points: Dataset

  init() throws {
    let x = (0..<64).map { Float($0 % 8) / 4 - 1 }
    points = try Dataset(
      source: "points", features: [.init(values: try HostTensor(x).reshaped(to: [16, 4]))],
      targets: .values((0..<16).map { Float($0 % 3) - 1 }))
  }

  private func inspect(
    _ layers: Sequential, every interval: Int = 2, rate: LearningRate = 0.1,
    optimizer: (any Optimizer)? = nil
  ) async throws -> (log: Log, model: TrainedModel) {
    let log = Log()
    let model = try await layers.fit(
      points, epochs: 2, batchSize: 4, optimizer: optimizer ?? .sgd(learningRate: rate),
      loss: .meanSquaredError,
      callbacks: [
        .layerInspector(every: interval, samples: 16) { log.note($0) },
        LambdaCallback(onTrainingEnded: { log.note($0.warnings) }),
      ])
    return (log, model)
  }

  @Test("computes the statistics of outputs and gradients, and changes nothing")
  func statistics() async throws {
    let layers = Sequential {
      Dense(5, activation: .tanh)
      Dense(3, activation: .relu)
      Dense(1)
    }
    let (log, model) = try await inspect(layers)
    #expect(log.seen.map(\.step) == [2, 4, 6, 8])
    #expect(log.seen.map(\.epoch) == [1, 1, 2, 2])
    #expect(log.seen[0].layers.map(\.path) == ["dense", "dense_1", "dense_2"])
    let plain = try await layers.fit(
      points, epochs: 2, batchSize: 4, optimizer: .sgd(learningRate: 0.1),
      loss: .meanSquaredError)
    #expect(plain.weights == model.weights)

    // After the last step the model's own outputs are what was seen.
    let outputs = try await model.layerOutputs(for: [points.features[0].values])
    for layer in try #require(log.seen.last).layers {
      let values = try #require(outputs[layer.path]).array(of: Float.self).map { Double($0) }
      let mean = values.reduce(0, +) / Double(values.count)
      let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
      #expect(abs(layer.mean - mean) < 1e-5)
      #expect(abs(layer.deviation - variance.squareRoot()) < 1e-5)
      #expect(abs(layer.zeros - Double(values.count { $0 == 0 }) / Double(values.count)) < 1e-6)
      let kernel = try #require(model.weights[layer.path + "/kernel"]).array(of: Float.self)
      let bias = try #require(model.weights[layer.path + "/bias"]).array(of: Float.self)
      let norm = (kernel + bias).reduce(0) { $0 + Double($1 * $1) }.squareRoot()
      #expect(abs(try #require(layer.weightNorm) - norm) < 1e-5)
    }

    let weights = try model.declaration.weights(from: model.weights)
    let (_, _, gradient) = valueAndGradient(at: weights.parameters) { parameters in
      var weights = Weights(parameters: parameters)
      let output = layers(Tensor(points.features[0].values), &weights)
      return (
        MeanSquaredError()(target: Tensor(points.targets[0].tensor), prediction: output), ()
      )
    }
    let squares = ["dense/kernel", "dense/bias"].compactMap { gradient[$0] }
      .map { square($0).sum() }
    let sums = try await ReferenceExecutor().values(of: squares)
      .map { Double(try $0.array(of: Float.self)[0]) }
    let found = try #require(log.seen.last?.layers[0].gradientNorm)
    #expect(abs(found - sums.reduce(0, +).squareRoot()) < 1e-5)
    #expect(log.warnings == [])
  }

  @Test("sees a block that is computed again in the backward pass as it sees others")
  func checkpointed() async throws {
    let block: [any Layer] = [Dense(5, activation: .tanh), Dense(3, activation: .relu)]
    let head = Dense(1, name: "head")
    let (kept, _) = try await inspect(
      Sequential {
        Sequential(block, name: "block")
        head
      })
    let (again, _) = try await inspect(
      Sequential {
        Sequential(block, name: "block").checkpointed()
        head
      })
    #expect(again.seen.map(\.step) == [2, 4, 6, 8])
    for (found, expected) in zip(again.seen, kept.seen) {
      #expect(found.layers.map(\.path) == expected.layers.map(\.path))
      for (found, expected) in zip(found.layers, expected.layers) {
        #expect(abs(found.mean - expected.mean) < 1e-6, "\(found.path)")
        #expect(abs(found.deviation - expected.deviation) < 1e-6, "\(found.path)")
        let (norm, other) = (found.gradientNorm ?? -1, expected.gradientNorm ?? -1)
        #expect(abs(norm - other) < 1e-6 * max(1, other), "\(found.path)")
      }
    }
  }

  @Test("names the layer where gradients vanish")
  func vanishing() async throws {
    let (log, _) = try await inspect(
      Sequential {
        for _ in 0..<10 { Dense(8, activation: .sigmoid) }
        Dense(1)
      })
    let vanishing = log.warnings.filter { $0.contains("gradients vanish") }
    #expect(vanishing.first?.hasPrefix("dense: gradients vanish at step 2: they are ") == true)
    #expect(!vanishing.contains { $0.hasPrefix("dense_10") })
    // Each layer is warned of once.
    #expect(Set(vanishing.map { $0.prefix { $0 != ":" } }).count == vanishing.count)
  }

  @Test("names the layer where gradients explode")
  func exploding() async throws {
    let (log, _) = try await inspect(
      Sequential {
        for number in 0..<4 {
          Dense(
            8, kernelInitializer: .randomNormal(mean: 0, standardDeviation: 9), name: "d\(number)")
        }
        Dense(1)
      }, optimizer: .sgd(learningRate: 1e-30))
    #expect(log.warnings.contains { $0.hasPrefix("d0: gradients explode at step 2: ") })
  }

  @Test("names the layer that is dead")
  func dead() async throws {
    let (log, _) = try await inspect(
      Sequential {
        Dense(8, activation: .relu, kernelInitializer: .zeros, biasInitializer: .constant(-1))
        Dense(1)
      }, rate: 0)
    #expect(
      log.warnings.contains(
        "dense: the layer is dead at step 2: 100 % of its outputs are 0. "
          + "Lower the learning rate, or use leakyRelu."))
    #expect(log.seen[0].description.contains("layer"))
  }

  @Test("refuses settings out of range")
  func range() async throws {
    await #expect(throws: InsightError.self) {
      try await inspect(Sequential { Dense(1) }, every: 0)
    }
  }
}
