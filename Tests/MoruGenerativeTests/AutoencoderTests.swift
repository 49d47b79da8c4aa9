import Foundation
import GoldenKit
import MoruCPU
import MoruData
import MoruGenerative
import MoruGraph
import MoruLayers
import MoruModels
import MoruOptimizers
import MoruReference
import MoruTensors
import MoruTraining
import Testing

/// Networks that give their input back.
@Suite struct AutoencoderTests {
  /// Pictures 8×8 of a bright bar, upright or level, at one of eight places.
  private static func bars(_ count: Int) throws -> Dataset {
    let values = (0..<count).flatMap { number -> [UInt8] in
      (0..<64).map { pixel in
        let (row, column) = (pixel / 8, pixel % 8)
        return (number % 2 == 0 ? row : column) == number / 2 % 8 ? 255 : 0
      }
    }
    return try Dataset(
      source: "bars",
      features: [.init(values: HostTensor(values, shape: [count, 8, 8, 1]))])
  }

  @Test func theDivergenceIsTorchs() async throws {
    let golden = try GoldenFile("generative", "divergence")
    let inputs = [try golden.tensor("mean"), try golden.tensor("log_variance")].map {
      Tensor($0)
    }
    let scope = Scope(weights: Weights())
    // Without a seed the layer is the mean, and its penalty the same as in training.
    let output = scope.draw(GaussianSampling(weight: 2), inputs)[0]
    #expect(
      try await output.value(on: .reference) == golden.tensor("mean"))
    let penalty = scope.penalties[0]
    let value = try await penalty.value(on: .reference).array(of: Double.self)[0]
    let expected = try golden.tensor("divergence").array(of: Double.self)[0]
    #expect(abs(value - 2 * expected) < 1e-12)
    for (slope, name) in zip(gradients(of: penalty, at: inputs), ["mean", "log_variance"]) {
      let found = try await slope.value(on: .reference).array(of: Double.self)
      let known = try golden.tensor("grad." + name).array(of: Double.self)
      #expect(zip(found, known).allSatisfy { abs($0 - 2 * $1) < 1e-12 })
    }
  }

  @Test func samplesHaveTheMeanAndTheVarianceThatAreAskedForInTraining() async throws {
    let mean = Tensor(HostTensor(repeating: Float(2), shape: [20000, 1]))
    let logVariance = Tensor(HostTensor(repeating: Float(log(0.25)), shape: [20000, 1]))
    let scope = Scope(weights: Weights(), seed: Tensor(HostTensor([Int64(3), 1])))
    let drawn = scope.draw(GaussianSampling(), [mean, logVariance])[0]
    let moments = try Toys.moments(await drawn.value(on: .cpu))
    #expect(abs(moments.mean - 2) < 0.02)
    #expect(abs(moments.deviation - 0.5) < 0.02)
  }

  @Test func denseAndConvolutionalOnesGiveBarsBack() async throws {
    let data = try Self.bars(64).reconstructing(scaledBy: 1 / 255)
    let models: [any Layer] = [
      Autoencoder.dense(inputShape: [8, 8, 1], hidden: [32], code: 8),
      try Autoencoder.convolutional(inputShape: [8, 8, 1], filters: [8, 16], code: 8),
    ]
    for model in models {
      let trained = try await model.fit(
        data, epochs: 150, batchSize: 16, optimizer: Adam(learningRate: 3e-3),
        loss: .meanSquaredError, seed: 1)
      let losses = trained.training?.epochs.compactMap { $0.figures["loss"] } ?? []
      // A mean bar everywhere has a loss of 7/64.
      #expect(try #require(losses.last) < 0.02)
      let code = try trained.subModel(outputs: ["encoder"])
      #expect(code.signature.outputs[0].shape == [8])
      let decoder = try trained.subModel(outputs: ["output"], inputs: ["encoder"])
      #expect(decoder.signature.outputs[0].shape == [8, 8, 1])
    }
  }

  @Test func aDenoisingOneTakesNoiseAwayAndASparseOneHasFewNumbers() async throws {
    let data = try Self.bars(64).reconstructing(scaledBy: 1 / 255)
    func trained(noise: Double = 0, sparsity: Double = 0) async throws -> TrainedModel {
      try await Autoencoder.dense(
        inputShape: [8, 8, 1], hidden: [64], code: 16, noise: noise, sparsity: sparsity
      ).fit(
        data, epochs: 150, batchSize: 16, optimizer: Adam(learningRate: 3e-3),
        loss: .meanSquaredError, seed: 1)
    }
    let (plain, denoising) = (try await trained(), try await trained(noise: 0.4))
    let clean = data.features[0].values
    let key = Tensor(HostTensor([Int64(5), 0]))
    let noise = try await Tensor.randomNormal(clean.shape, seed: key, stream: 0).value(on: .cpu)
    let noisy = try HostTensor(
      zip(clean.array(of: Float.self), noise.array(of: Float.self)).map { $0 + 0.4 * $1 },
      shape: clean.shape)
    func error(_ model: TrainedModel) async throws -> Float {
      let made = try await Predictor(model).predict([noisy])[0].array(of: Float.self)
      return zip(made, try clean.array(of: Float.self)).reduce(0) {
        $0 + ($1.0 - $1.1) * ($1.0 - $1.1)
      }
    }
    #expect(try await error(denoising) < 0.7 * error(plain))

    func share(_ model: TrainedModel) async throws -> Double {
      let codes = try await Predictor(model.subModel(outputs: ["encoder"])).predict([clean])[0]
        .array(of: Float.self)
      return Double(codes.count { abs($0) > 0.05 }) / Double(codes.count)
    }
    let sparse = try await trained(sparsity: 1e-3)
    #expect(try await share(sparse) < 0.5 * share(plain))
  }

  @Test func aVariationalOneBoundsTheProbabilityAndDecodesItsGrid() async throws {
    let bars = try Self.bars(256)
    let data = try bars.reconstructing(scaledBy: 1 / 255)
    let network = try VariationalAutoencoder.dense(
      inputShape: [8, 8, 1], hidden: [64], latent: 2)
    let trained = try await network.fit(
      data, epochs: 100, batchSize: 32, optimizer: Adam(learningRate: 3e-3), seed: 2)
    let samples = data.features[0].values
    let bound = try await trained.lowerBound(of: samples, draws: 4, seed: 1)
    // Sixteen bars cannot be told in less than ln 16 nats; pixels by themselves take 24.
    #expect(bound.value < -log(16))
    #expect(bound.value > -12)
    #expect(bound.divergence > 1)
    // The loss by element in use, where codes are their means, is below that of drawn codes.
    let again = try await trained.lowerBound(of: samples, draws: 4, seed: 1)
    #expect(again == bound)

    let grid = try await trained.latentGrid(side: 3)
    #expect(grid.shape == [9, 8, 8, 1])
    let middle = try await trained.decode(HostTensor([Float(0), 0], shape: [1, 2]))
    let pixels = try grid.array(of: Float.self)[4 * 64..<5 * 64]
    #expect(
      zip(pixels, try middle.array(of: Float.self)).allSatisfy { abs($0 - $1) < 1e-6 })
    #expect(try await trained.generate(5, seed: 1).shape == [5, 8, 8, 1])

    let (first, second) = (try samples.slice(0..<4), try samples.slice(4..<8))
    let between = try await trained.midpoints(between: first, and: second)
    #expect(between.latent.shape == first.shape)
    let pixelMeans = zip(try first.array(of: Float.self), try second.array(of: Float.self))
    #expect(try between.elements.array(of: Float.self) == pixelMeans.map { ($0 + $1) / 2 })
    let restored = try TrainedVariationalAutoencoder(
      TrainedModel(
        layer: trained.model.layer, weights: trained.model.weights,
        signature: trained.model.signature))
    #expect(restored.latent == 2)
  }

  @Test func theBoundIsThatOfQuadrature() async throws {
    let golden = try GoldenFile("generative", "lower_bound")
    let network = try VariationalAutoencoder.dense(inputShape: [3], hidden: [], latent: 1)
    let weights = try network.model.declaration(inputs: network.model.inputs).weights
    let trained = try TrainedVariationalAutoencoder(
      TrainedModel(
        network.model,
        weights: Dictionary(
          uniqueKeysWithValues: try weights.map {
            ($0.path, try golden.tensor($0.path).converted(to: .float32))
          })))
    let sample = try golden.tensor("sample").converted(to: .float32).array(of: Float.self)
    let count = 2000
    let samples = try HostTensor(
      [[Float]](repeating: sample, count: count).flatMap { $0 }, shape: [count, 3])
    let bound = try await trained.lowerBound(of: samples, draws: 10, seed: 4)
    func number(_ name: String) throws -> Double {
      try golden.tensor(name).array(of: Double.self)[0]
    }
    let (divergence, likelihood) = (try number("divergence"), try number("likelihood"))
    #expect(abs(bound.divergence - divergence) < 1e-5)
    #expect(abs(bound.likelihood - likelihood) < 0.02)
  }

  @Test func gridsOfMoreCodesThanCanBeCountedAreRefused() async throws {
    let network = try VariationalAutoencoder.dense(inputShape: [2], hidden: [], latent: 2)
    let weights = try network.model.declaration(inputs: network.model.inputs).initialValues(seed: 1)
    let trained = try TrainedVariationalAutoencoder(TrainedModel(network.model, weights: weights))
    for side in [1, 1001, Int.max] {
      await #expect(
        throws: GenerativeError.outOfRange(
          "side", found: "\(side)", allowed: "from 2 to 1000")
      ) { try await trained.latentGrid(side: side) }
    }
  }

  @Test func aHeavierDivergenceMakesItSmaller() async throws {
    let data = try Self.bars(64).reconstructing(scaledBy: 1 / 255)
    func divergence(_ beta: Double) async throws -> Double {
      try await VariationalAutoencoder.convolutional(
        inputShape: [8, 8, 1], filters: [8], latent: 4, beta: beta
      ).fit(data, epochs: 60, batchSize: 16, optimizer: Adam(learningRate: 3e-3), seed: 1)
        .lowerBound(of: data.features[0].values, seed: 1).divergence
    }
    #expect(try await divergence(8) < divergence(0.5))
  }

  @Test func whatCannotBeHalvedIsRefused() throws {
    #expect(
      throws: GenerativeError.outOfRange(
        "inputShape", found: "[28, 28, 1]",
        allowed: "[height, width, channels] with sides divisible by 8")
    ) { try Autoencoder.convolutional(inputShape: [28, 28, 1], filters: [8, 16, 32], code: 8) }
    #expect(
      throws: GenerativeError.outOfRange(
        "filters", found: "none", allowed: "at least one number of filters")
    ) { try Autoencoder.convolutional(inputShape: [28, 28, 1], filters: [], code: 8) }
  }
}
