import Foundation
import Moru

/// A DCGAN learns to draw clothes.
struct FashionDCGAN: Experiment {
  static let name = "dcgan"
  private static let epochs = 6
  private static let labels = [
    "T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "boot",
  ]
  private let data: URL
  private let pictures: URL

  init(data: URL, pictures: URL) {
    self.data = data
    self.pictures = pictures
  }

  private static func gan() -> GAN {
    let initializer: any Initializer = .randomNormal(standardDeviation: 0.02)
    let generator = Sequential {
      Dense(7 * 7 * 128, useBias: false, kernelInitializer: initializer)
      BatchNormalization(momentum: 0.9)
      ReLU()
      Reshape([7, 7, 128])
      Conv2DTranspose(
        64, kernel: 5, strides: 2, padding: .same, useBias: false, kernelInitializer: initializer)
      BatchNormalization(momentum: 0.9)
      ReLU()
      Conv2DTranspose(
        1, kernel: 5, strides: 2, padding: .same, activation: .tanh,
        kernelInitializer: initializer)
    }
    let discriminator = Sequential {
      Conv2D(64, kernel: 5, strides: 2, padding: .same, kernelInitializer: initializer)
      LeakyReLU(0.2)
      Conv2D(
        64, kernel: 5, strides: 2, padding: .same, useBias: false, kernelInitializer: initializer)
      BatchNormalization(momentum: 0.9)
      LeakyReLU(0.2)
      Flatten()
      Dense(1, kernelInitializer: initializer)
    }
    return GAN(
      generator: generator, discriminator: discriminator, noise: 100,
      preprocessing: Rescaling(1 / 127.5, offset: -1))
  }

  func run() async throws -> String {
    let (train, test) = try Dataset.mnist(
      at: data.appending(path: "fashion_mnist"), labels: Self.labels)
    let judge = try await PictureJudge(train: train, test: test)
    let start = ContinuousClock.now
    let adam = Adam(learningRate: 2e-4, beta1: 0.5)
    let trained = try await Self.gan().fit(
      train, epochs: Self.epochs, batchSize: 64, generatorOptimizer: adam,
      discriminatorOptimizer: adam, callbacks: [.progress("dcgan")], seed: 0)
    let time = Markdown.seconds(since: start)

    let made = try await Self.unit(trained.generate(10_000, seed: 1))
    let grid = try PictureGrid(pictures: made.slice(0..<64), magnification: 2)
    try grid.pngData().write(to: pictures.appending(path: "dcgan.png"))
    try Data(trained.curves(title: "Losses of the DCGAN").utf8)
      .write(to: pictures.appending(path: "dcgan-losses.svg"))
    return try await section(trained, made, judge, train: train, test: test, time: time)
  }

  /// Numbers of −1…1 in 0…1.
  private static func unit(_ pictures: HostTensor) throws -> HostTensor {
    try HostTensor(
      pictures.array(of: Float.self).map { ($0 + 1) / 2 }, shape: pictures.shape)
  }

  private func section(
    _ trained: TrainedGAN, _ made: HostTensor, _ judge: PictureJudge, train: Dataset,
    test: Dataset, time: String
  ) async throws -> String {
    let real = try await judge.features(
      of: test.reconstructing(scaledBy: 1 / 255).features[0].values)
    func distance(_ pictures: HostTensor) async throws -> String {
      try await Markdown.number(
        FrechetDistance(judge.features(of: pictures), real).value, 2)
    }
    let others = try train.subset(Array(0..<10_000)).reconstructing(scaledBy: 1 / 255)
      .features[0].values
    let noise = try HostTensor(
      Seed(3).uniform(count: made.shape.elementCount).map { Float($0) }, shape: made.shape)
    let probabilities = try await judge.probabilities(of: made)
    var counts = [Int](repeating: 0, count: 10)
    for row in probabilities { counts[row.indices.max { row[$0] < row[$1] } ?? 0] += 1 }
    let history = trained.history
    let names = [
      "discriminator_loss", "generator_loss", "real_accuracy", "fake_accuracy", "diversity",
    ]
    return """
      ## DCGAN on Fashion-MNIST

      `Benchmarks/experiments --data DIR dcgan`, seed 0: \(Self.epochs) epochs of 60,000 pictures in \
      \(time), batch 64, Adam(2·10⁻⁴, β₁ 0.5) for both sides. The discriminator learns from nothing but \
      real or made.

      ![64 generated pictures of clothes](images/dcgan.png)

      \(Markdown.table(
        ["Epoch", "discriminator's loss", "generator's loss", "real ones told", "made ones told", "diversity"],
        history.map { report in
          ["\(report.epoch)"] + names.map { Markdown.number(report.figures[$0] ?? .nan) }
        }))

      ![Losses of both sides by epoch](images/dcgan-losses.svg)

      Verdict of the losses: \(trained.verdict). Warnings: \
      \(trained.warnings.isEmpty ? "none" : trained.warnings.joined(separator: "; ")).

      Fréchet distance from the 10,000 test pictures, in the 64 features of a classifier trained by the \
      same program (test accuracy \(Markdown.number(judge.accuracy))); it compares with no other \
      network's:

      \(Markdown.table(
        ["10,000 pictures", "distance"],
        [
          ["of the training set", try await distance(others)],
          ["generated", try await distance(made)],
          ["of uniform noise", try await distance(noise)],
        ]))

      The classifier takes the generated ones for \
      \(zip(Self.labels, counts).map { "\($0) \($1)" }.joined(separator: ", ")).
      """
  }
}
