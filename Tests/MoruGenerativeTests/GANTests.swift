import Foundation
import MoruArchive
import MoruCPU
import MoruData
import MoruGenerative
import MoruGraph
import MoruLayers
import MoruModels
import MoruOptimizers
import MoruTensors
import MoruTraining
import Testing

/// Training a generator and its discriminator.
@Suite struct GANTests {
  @Test func aToyReachesTheTheoreticalLossAndTheDataDistribution() async throws {
    let data = try Toys.gaussian(8192, mean: 3, deviation: 0.5)
    let gan = GAN(generator: Toys.generator(), discriminator: Toys.discriminator(), noise: 1)
    let trained = try await gan.fit(
      data, epochs: 60, batchSize: 256,
      generatorOptimizer: Adam(learningRate: 2e-3, beta1: 0.5),
      discriminatorOptimizer: Adam(learningRate: 4e-3, beta1: 0.5), seed: 3)
    let losses = trained.history.suffix(10).compactMap { $0.figures["discriminator_loss"] }
    #expect(losses.count == 10)
    #expect(losses.allSatisfy { abs($0 - 2 * log(2)) < 0.01 })
    let generatorLoss = try #require(trained.history.last?.figures["generator_loss"])
    #expect(abs(generatorLoss - log(2)) < 0.01)
    guard case .equilibrium = trained.verdict else {
      Issue.record("\(trained.verdict)")
      return
    }
    #expect(
      "\(trained.verdict)".hasSuffix(
        "and 1.386 where it cannot tell real from made"))
    // A discriminator that is blind has this loss too: what is made must be what the data are.
    let (mean, deviation) = try Toys.moments(await trained.generate(4096, seed: 5))
    #expect(abs(mean - 3) < 0.06)
    #expect(abs(deviation - 0.5) < 0.06)
    #expect(trained.curves(title: "Toy").contains("2 ln 2"))
  }

  @Test func aToyCriticBringsTheGeneratorToTheData() async throws {
    let data = try Toys.gaussian(8192, mean: 3, deviation: 0.5, width: 2)
    let gan = GAN(
      generator: Dense(2), discriminator: Toys.discriminator(), noise: 2, loss: .wasserstein())
    let trained = try await gan.fit(
      data, epochs: 60, batchSize: 64,
      generatorOptimizer: Adam(learningRate: 2.5e-3, beta1: 0, beta2: 0.9),
      discriminatorOptimizer: Adam(learningRate: 5e-3, beta1: 0, beta2: 0.9), seed: 3)
    let last = try #require(trained.history.last)
    #expect(
      Set(last.figures.keys) == [
        "discriminator_loss", "generator_loss", "wasserstein", "gradient_norm", "diversity",
      ])
    #expect(abs(try #require(last.figures["wasserstein"])) < 0.15)
    #expect(abs(try #require(last.figures["gradient_norm"]) - 1) < 0.1)
    let (mean, deviation) = try Toys.moments(await trained.generate(4096, seed: 5))
    #expect(abs(mean - 3) < 0.15)
    #expect(abs(deviation - 0.5) < 0.15)
  }

  @Test func aConditionalGeneratorMakesTheClassThatIsAskedFor() async throws {
    let (low, high) = (
      try Toys.gaussian(2048, mean: -2, deviation: 0.3, seed: 1),
      try Toys.gaussian(2048, mean: 2, deviation: 0.3, seed: 2)
    )
    let data = try Dataset(
      source: "toy",
      features: [
        .init(
          values: HostTensor.concatenated([low.features[0].values, high.features[0].values]))
      ],
      targets: .classes(
        [Int32](repeating: 0, count: 2048) + [Int32](repeating: 1, count: 2048),
        labels: ["low", "high"]))
    let noise = Input([1])
    let kind = Input([2])
    let made = Dense(1)(Dense(16, activation: .tanh)(Concatenate()([noise, kind])))
    let sample = Input([1])
    let claimed = Input([2])
    let hidden = Dense(32, activation: .tanh)(
      Dense(32, activation: .tanh)(Concatenate()([sample, claimed])))
    let gan = GAN(
      generator: try Model(inputs: [noise, kind], outputs: [made]),
      discriminator: try Model(inputs: [sample, claimed], outputs: [Dense(1)(hidden)]),
      noise: 1, isConditional: true)
    let trained = try await gan.fit(
      data, epochs: 80, batchSize: 128,
      generatorOptimizer: Adam(learningRate: 2e-3, beta1: 0.5),
      discriminatorOptimizer: Adam(learningRate: 4e-3, beta1: 0.5), seed: 1)
    for (kind, mean) in [(0, -2.0), (1, 2.0)] {
      let samples = try await trained.generate(
        512, classes: [Int](repeating: kind, count: 512), seed: 4)
      let found = try Toys.moments(samples)
      #expect(abs(found.mean - mean) < 0.15)
      #expect(abs(found.deviation - 0.3) < 0.15)
    }
    await #expect(
      throws: GenerativeError.outOfRange(
        "classes", found: "2", allowed: "a class from 0 to 1 for each of the 3 samples")
    ) { try await trained.generate(3, classes: [0, 1, 2], seed: 0) }
    #expect(trained.generator.signature.inputs.map(\.name) == ["noise", "class"])
  }

  @Test func theSameSeedGivesTheSameBits() async throws {
    func weights(_ seed: Seed) async throws -> [String: HostTensor] {
      let gan = GAN(generator: Toys.generator(), discriminator: Toys.discriminator(), noise: 1)
      return try await gan.fit(
        Toys.gaussian(256, mean: 3, deviation: 0.5), epochs: 2, batchSize: 32,
        generatorOptimizer: Adam(), discriminatorOptimizer: Adam(), seed: seed
      ).generator.weights
    }
    let first = try await weights(1)
    #expect(try await weights(1) == first)
    #expect(try await weights(2) != first)
  }

  @Test func callbacksSeeTheGeneratorAndTheFiguresOfBothSides() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "gan-\(UUID())")
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let log = folder.appending(path: "log.csv").path
    let kept = folder.appending(path: "generator.moru").path
    let gan = GAN(generator: Toys.generator(), discriminator: Toys.discriminator(), noise: 1)
    let trained = try await gan.fit(
      Toys.gaussian(256, mean: 3, deviation: 0.5), epochs: 3, batchSize: 32,
      generatorOptimizer: Adam().averaging(momentum: 0.5), discriminatorOptimizer: Adam(),
      callbacks: [
        .csvLogger(log), .modelCheckpoint(kept),
        .lambda { report, training in
          try await training.setLearningRate(0.1 / Double(report.epoch))
          #expect(abs(try await training.learningRate() - 0.1 / Double(report.epoch)) < 1e-6)
          #expect(training.keepsMeans)
          if report.epoch == 2 { training.stop() }
        },
      ])
    #expect(trained.history.map(\.epoch) == [1, 2])
    let lines = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n")
    #expect(
      lines.first?.split(separator: ",").sorted() == [
        "discriminator_loss", "diversity", "epoch", "fake_accuracy", "generator_loss",
        "real_accuracy", "seconds",
      ])
    #expect(lines.count == 3)
    let loaded = try TrainedModel.load(kept)
    #expect(loaded.signature == trained.generator.signature)
    // What is kept at the end are the running means.
    #expect(loaded.weights != trained.generator.weights)
  }

  @Test func whatTwoOptimizersKeepIsNotHandedOver() async throws {
    let gan = GAN(generator: Toys.generator(), discriminator: Toys.discriminator(), noise: 1)
    let (handover, data) = (OptimizerHandover(), try Toys.gaussian(64, mean: 0, deviation: 1))
    let error = TrainingError.callback(
      "OptimizerHandover", reason: "this training has several optimizers",
      remedy: "Train without it.")
    await #expect(throws: error) {
      try await gan.fit(
        data, epochs: 1, batchSize: 32, generatorOptimizer: Adam(),
        discriminatorOptimizer: Adam(), callbacks: [handover])
    }
    #expect(handover.progress == nil)
  }

  @Test func whatDoesNotFitTogetherIsRefusedWithTheNextStep() async throws {
    let data = try Toys.gaussian(64, mean: 0, deviation: 1)
    func refusal(_ gan: GAN, batchSize: Int = 32, epochs: Int = 1) async -> String {
      do {
        _ = try await gan.fit(
          data, epochs: epochs, batchSize: batchSize, generatorOptimizer: Adam(),
          discriminatorOptimizer: Adam())
        return "nothing"
      } catch { return "\(error)" }
    }
    let (up, down) = (Toys.generator(), Toys.discriminator())
    let plain = GAN(generator: up, discriminator: down, noise: 1)
    #expect(await refusal(plain, epochs: 0) == "epochs must be 1 to 2147483648, not 0. Change it.")
    #expect(
      await refusal(plain, batchSize: 65)
        == "There are 64 samples, and a step takes 65. Choose a smaller batch.")
    #expect(
      await refusal(GAN(generator: up, discriminator: down, noise: 0))
        == "noise must be at least 1, not 0. Change it.")
    #expect(
      await refusal(GAN(generator: Dense(2), discriminator: down, noise: 1))
        == "The generator makes [2] of a sample, not [1]. Change its last layer.")
    #expect(
      await refusal(GAN(generator: up, discriminator: Dense(3), noise: 1))
        == "The discriminator makes [3] of a sample, not [1]. Change its last layer.")
    #expect(
      await refusal(GAN(generator: up, discriminator: down, noise: 1, isConditional: true))
        .hasPrefix("The network is conditional, and the samples have no classes."))
    let normalized = Sequential {
      BatchNormalization()
      Dense(1)
    }
    #expect(
      await refusal(
        GAN(
          generator: up, discriminator: normalized, noise: 1, loss: .wasserstein(),
          discriminatorSteps: 1))
        == "batch_normalization normalizes over the batch, and the gradient penalty is of each "
        + "sample by itself. Use LayerNormalization in the discriminator.")
    await #expect(throws: GenerativeError.notBackedUp) {
      try await plain.fit(
        data, epochs: 1, batchSize: 32, generatorOptimizer: Adam(),
        discriminatorOptimizer: Adam(), callbacks: [.backupAndRestore("/tmp/none.backup")])
    }
  }
}
