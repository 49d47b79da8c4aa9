import MoruData
import MoruGenerative
import MoruLayers
import MoruModels
import MoruOptimizers
import MoruTensors
import MoruTraining
import Testing

/// What is said of a training while it goes on and after it.
@Suite struct GANWatchTests {
  private static func report(_ epoch: Int, _ figures: [String: Double]) -> EpochReport {
    EpochReport(epoch: epoch, figures: figures, seconds: 1)
  }

  private static func history(_ losses: [Double], diversity: Double = 1) -> [EpochReport] {
    losses.enumerated().map {
      report(
        $0 + 1, ["discriminator_loss": $1, "generator_loss": 1, "diversity": diversity])
    }
  }

  @Test(arguments: [
    ([1.38, 1.39, 1.38, 1.39], 1.0, "equilibrium: the discriminator's loss is 1.390"),
    ([0.7, 0.71, 0.7, 0.71], 1, "plateau: the discriminator's loss has settled at 0.710"),
    (
      [0.9, 0.8, 0.6, 0.3], 1, "moving: the discriminator's loss is 0.300 and changed by -50.000 %"
    ),
    ([0.3], 1, "moving: the discriminator's loss is 0.300"),
    ([1.38, 1.39, 1.38, 1.39], 0.03, "collapsed: made samples vary 0.030 times"),
    ([1.38, .nan, 1.38, 1.39], 1, "diverged: a loss is not finite in epoch 2"),
  ])
  func aTrainingIsJudgedByItsLosses(losses: [Double], diversity: Double, said: String) {
    let verdict = GANVerdict(
      Self.history(losses, diversity: diversity), loss: .nonSaturating)
    #expect("\(verdict)".hasPrefix(said))
  }

  @Test func aCriticIsJudgedByItsDistance() {
    let reports = (1...4).map {
      Self.report(
        $0, ["discriminator_loss": 3, "generator_loss": 1, "wasserstein": 0.02])
    }
    #expect(
      GANVerdict(reports, loss: .wasserstein()) == .equilibrium(loss: -0.02, optimum: 0))
  }

  @Test func collapseIsNamedWhileItHappens() async throws {
    // A generator that does not move and makes one sample.
    let gan = GAN(
      generator: Dense(1, kernelInitializer: .zeros), discriminator: Toys.discriminator(), noise: 1)
    let trained = try await gan.fit(
      Toys.gaussian(256, mean: 0.1, deviation: 1), epochs: 3, batchSize: 32,
      generatorOptimizer: SGD(learningRate: 0), discriminatorOptimizer: Adam(),
      watch: GANWatch(interval: 4))
    #expect(
      trained.warnings == [
        "collapse (epoch 1, step 4): made samples vary 0.000 times as much as real ones (below "
          + "0.100). Lower the generator's learning rate, or use the wasserstein loss."
      ])
    #expect(trained.verdict == .collapsed(diversity: 0))
  }

  @Test func aCriticsCollapseIsNamedWithAdviceForIt() async throws {
    let gan = GAN(
      generator: Dense(1, kernelInitializer: .zeros), discriminator: Toys.discriminator(),
      noise: 1, loss: .wasserstein(), discriminatorSteps: 1)
    let trained = try await gan.fit(
      Toys.gaussian(64, mean: 0.1, deviation: 1), epochs: 1, batchSize: 32,
      generatorOptimizer: SGD(learningRate: 0), discriminatorOptimizer: Adam())
    let warnings = trained.warnings.filter { $0.hasPrefix("collapse (epoch 1)") }
    #expect(warnings.count == 1)
    #expect(warnings.first?.hasSuffix(", or raise discriminatorSteps, if it lasts.") == true)
  }

  @Test func aDiscriminatorThatIsTooStrongIsNamed() async throws {
    let gan = GAN(
      generator: Dense(1, biasInitializer: .constant(50)), discriminator: Dense(1), noise: 1)
    let trained = try await gan.fit(
      Toys.gaussian(256, mean: -5, deviation: 1), epochs: 4, batchSize: 32,
      generatorOptimizer: SGD(learningRate: 0), discriminatorOptimizer: Adam(learningRate: 0.1),
      watch: GANWatch(interval: 8))
    #expect(trained.warnings.contains { $0.hasPrefix("divergence (epoch ") })
    #expect(
      trained.warnings.contains {
        $0.contains(
          "the discriminator tells 1.000 of both sides right, and the generator's loss is")
      })
  }

  @Test func aTrainingEndsWhenALossIsNotFinite() async throws {
    let gan = GAN(generator: Toys.generator(), discriminator: Dense(1), noise: 1)
    let trained = try await gan.fit(
      Toys.gaussian(256, mean: 3, deviation: 0.5), epochs: 50, batchSize: 32,
      generatorOptimizer: SGD(learningRate: 1e30), discriminatorOptimizer: SGD(learningRate: 1e30))
    #expect(trained.history.count < 50)
    let warning = try #require(trained.warnings.last)
    #expect(warning.hasPrefix("divergence: the discriminator's loss is "))
    #expect(warning.hasSuffix("; the training ends. Lower the learning rates."))
    guard case .diverged = trained.verdict else {
      Issue.record("\(trained.verdict)")
      return
    }
  }
}
