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

/// Which side's weights follow which loss.
@Suite struct GANStepTests {
  private static let seed = Tensor(HostTensor([Int64(1), 0]))

  private static func weights(_ layer: any Layer, of input: TensorType, _ seed: Seed) throws
    -> Weights
  {
    let declaration = try layer.declaration(inputs: [input])
    return try declaration.weights(from: declaration.initialValues(seed: seed))
  }

  private static func length(_ tensors: [Tensor]) async throws -> Double {
    let squares = tensors.map { square($0.converted(to: .float64)).sum() }
    let sum = squares.reduce(Tensor(HostTensor(0.0))) { $0 + $1 }
    return try await sum.value(on: .reference).array(of: Double.self)[0]
  }

  @Test func theGeneratorsLossHasAGradientAtBothSidesAndMovesItsOwn() async throws {
    let (up, down) = (Toys.generator(), Toys.discriminator())
    let step = GANStep(gan: GAN(generator: up, discriminator: down, noise: 1), batch: 8)
    let generator = try Self.weights(up, of: TensorType(.float32, [1]), 1)
    let discriminator = try Self.weights(down, of: TensorType(.float32, [1]), 2)

    let (made, scope) = step.made(by: generator, labels: nil, seed: Self.seed)
    let fooling = step.generatorLoss(
      made: made, in: scope, discriminator: discriminator, labels: nil, seed: Self.seed
    ).loss
    let own = gradients(of: fooling, at: generator.parameters.leaves)
    let others = gradients(of: fooling, at: discriminator.parameters.leaves)
    #expect(try await Self.length(own) > 1e-8)
    #expect(try await Self.length(others) > 1e-8)

    let real = Tensor(HostTensor(repeating: Float(3), shape: [8, 1]))
    let judging = step.discriminatorLoss(
      discriminator, real: real, made: made, labels: nil, seed: Self.seed
    ).loss
    #expect(try await Self.length(gradients(of: judging, at: generator.parameters.leaves)) > 1e-8)
    #expect(
      try await Self.length(gradients(of: judging, at: discriminator.parameters.leaves)) > 1e-8)

    // In the training a side whose steps have length 0 stays, though the other's loss depends on it.
    let data = try Toys.gaussian(64, mean: 3, deviation: 0.5)
    func moved(_ generatorRate: Double, _ discriminatorRate: Double) async throws -> (Bool, Bool) {
      let trained = try await step.gan.fit(
        data, epochs: 1, batchSize: 8,
        generatorOptimizer: SGD(learningRate: .constant(generatorRate)),
        discriminatorOptimizer: SGD(learningRate: .constant(discriminatorRate)), seed: 9)
      let starts = [
        try up.declaration(inputs: [TensorType(.float32, [1])])
          .initialValues(seed: Seed(9).child("generator")),
        try down.declaration(inputs: [TensorType(.float32, [1])])
          .initialValues(seed: Seed(9).child("discriminator")),
      ]
      return (trained.generator.weights != starts[0], trained.discriminator.weights != starts[1])
    }
    #expect(try await moved(0.1, 0) == (true, false))
    #expect(try await moved(0, 0.1) == (false, true))
  }

  @Test func batchStatisticsMoveInTheOwnUpdatesAlone() async throws {
    // Made samples are 7, real ones 3: the discriminator's mean moves by half towards 3, then towards 7,
    // and not once more when the generator learns.
    let up = Dense(1, kernelInitializer: .zeros, biasInitializer: .constant(7))
    let down = Sequential {
      BatchNormalization(momentum: 0.5)
      Dense(1)
    }
    let data = try Dataset(
      source: "toy",
      features: [.init(values: HostTensor(repeating: Float(3), shape: [8, 1]))])
    let still = SGD(learningRate: 0)
    let trained = try await GAN(generator: up, discriminator: down, noise: 1).fit(
      data, epochs: 1, batchSize: 8, generatorOptimizer: still, discriminatorOptimizer: still)
    let mean = try #require(trained.discriminator.weights["batch_normalization/moving_mean"])
    #expect(try mean.array(of: Float.self) == [(0.5 * 3) * 0.5 + 0.5 * 7])
  }

  @Test func theGeneratorsStatisticsMoveOnceAStep() async throws {
    // Two updates of the discriminator look at the generator, and its variance moves for one of them.
    let still = SGD(learningRate: 0)
    let data = try Toys.gaussian(64, mean: 0, deviation: 1)
    func variance(_ momentum: Double) async throws -> Float {
      let up = Sequential {
        BatchNormalization(momentum: momentum)
        Dense(1)
      }
      let trained = try await GAN(
        generator: up, discriminator: Dense(1), noise: 1, discriminatorSteps: 2
      ).fit(
        data, epochs: 1, batchSize: 32, generatorOptimizer: still, discriminatorOptimizer: still)
      return try #require(trained.generator.weights["batch_normalization/moving_variance"])
        .array(of: Float.self)[0]
    }
    let batch = try await variance(0)
    #expect(batch > 0 && batch != 1)
    #expect(abs(try await variance(0.5) - (0.5 + 0.5 * batch)) < 1e-5)
  }

  @Test func thePenaltyAndItsGradientAreThoseOfALinearCritic() async throws {
    // f(x) = w·x has slope |w| everywhere, so the loss is w·(mean made − mean real) + 10 (|w| − 1)².
    let gan = GAN(
      generator: Dense(2), discriminator: Dense(1, useBias: false), noise: 1,
      loss: .wasserstein(penalty: 10))
    let step = GANStep(gan: gan, batch: 2)
    let weights = Weights(
      parameters: ["kernel": Tensor(try HostTensor([Float(3), 4], shape: [2, 1]))])
    let real = Tensor(try HostTensor([Float(1), 0, 3, 2], shape: [2, 2]))
    let made = Tensor(try HostTensor([Float(0), 1, 0, 3], shape: [2, 2]))
    let (loss, _, gradient) = valueAndGradient(at: weights.parameters) { parameters in
      (
        step.discriminatorLoss(
          Weights(parameters: parameters), real: real, made: made, labels: nil, seed: Self.seed
        ).loss, ()
      )
    }
    // Means: real (2, 1), made (0, 2); slope 5.
    let value = try await loss.value(on: .reference).array(of: Float.self)[0]
    #expect(abs(value - (3 * -2 + 4 * 1 + 10 * 16)) < 1e-3)
    let slopes = try await #require(gradient["kernel"]).value(on: .reference)
      .array(of: Float.self)
    #expect(abs(slopes[0] - (-2 + 20 * 4 * 0.6)) < 1e-3)
    #expect(abs(slopes[1] - (1 + 20 * 4 * 0.8)) < 1e-3)
  }

  @Test func slopesOfACurvedCriticAndThePenaltysGradientAreTorchs() async throws {
    let golden = try GoldenFile("generative", "gradient_penalty")
    let critic = Sequential {
      Conv2D(4, kernel: 3, strides: 2, activation: .tanh)
      Flatten()
      Dense(1, useBias: false)
    }
    let paths = ["kernel": "conv2d/kernel", "bias": "conv2d/bias", "dense": "dense/kernel"]
    let kinds: [(any Executor, DType, Double)] = [
      (.reference, .float64, 1e-10), (.cpu, .float32, 1e-5),
    ]
    for (executor, dtype, tolerance) in kinds {
      func tensor(_ name: String) throws -> Tensor {
        Tensor(try golden.tensor(name).converted(to: dtype))
      }
      let (real, made, share) = (try tensor("real"), try tensor("made"), try tensor("share"))
      let parameters = Dictionary(
        uniqueKeysWithValues: try paths.map { ($1, try tensor($0)) })
      let (penalty, slopes, gradient) = valueAndGradient(at: parameters) { parameters in
        let scope = Scope(weights: Weights(parameters: parameters))
        let slopes = GANStep.slope(
          of: { scope.draw(critic, [$0])[0] }, between: real, and: made, share: share)
        return (square(slopes - 1).mean(), slopes)
      }
      var pairs = [("slopes", slopes), ("penalty", penalty.reshaped(to: [1]))]
      for (name, path) in paths { pairs.append(("grad." + name, try #require(gradient[path]))) }
      for (name, found) in pairs {
        let error = try await relativeError(
          found.value(on: executor).converted(to: .float64), golden.tensor(name))
        #expect(error < tolerance, "\(name) of \(dtype)")
      }
    }
  }
}
