import Foundation
import Moru

/// A critic and a generator learn what tomatoes look like from a hundred photos of them.
struct TomatoGAN: Experiment {
  static let name = "tomatoes"
  private static let side = 64
  /// How many ways each photo is cut out, turned and mirrored.
  private static let views = 16
  private static let epochs = 26
  private static let batchSize = 16
  private let data: URL
  private let pictures: URL

  init(data: URL, pictures: URL) {
    self.data = data
    self.pictures = pictures
  }

  private static func gan() -> GAN {
    let generator = Sequential {
      Dense(4 * 4 * 256, useBias: false)
      BatchNormalization(momentum: 0.9)
      ReLU()
      Reshape([4, 4, 256])
      for filters in [128, 64, 32] {
        Conv2DTranspose(filters, kernel: 4, strides: 2, padding: .same, useBias: false)
        BatchNormalization(momentum: 0.9)
        ReLU()
      }
      Conv2DTranspose(3, kernel: 4, strides: 2, padding: .same, activation: .tanh)
    }
    let critic = Sequential {
      for filters in [32, 64, 128, 128] {
        Conv2D(filters, kernel: 4, strides: 2, padding: .same)
        LeakyReLU(0.2)
      }
      Flatten()
      Dense(1)
    }
    return GAN(
      generator: generator, discriminator: critic, noise: 64, loss: .wasserstein(),
      discriminatorSteps: 1, preprocessing: Rescaling(1 / 127.5, offset: -1))
  }

  func run() async throws -> String {
    let photos = try photos("train")
    let train = try await Self.views(of: photos, count: Self.views, seed: 1)
    let test = try await Self.views(of: self.photos("test"), count: 1, seed: 2)
    let start = ContinuousClock.now
    // The critic's rate is the greater one, instead of several updates of it.
    let trained = try await Self.gan().fit(
      train, epochs: Self.epochs, batchSize: Self.batchSize,
      generatorOptimizer: Adam(learningRate: 3e-4, beta1: 0, beta2: 0.9),
      discriminatorOptimizer: Adam(learningRate: 6e-4, beta1: 0, beta2: 0.9),
      callbacks: [.progress("tomatoes")], seed: 0)
    let time = Markdown.seconds(since: start)
    let made = try await Self.unit(trained.generate(1000, seed: 1), lowest: -1, highest: 1)
    try PictureGrid(pictures: made.slice(0..<36)).pngData()
      .write(to: pictures.appending(path: "tomatoes.png"))
    return try await section(
      trained, made, train: Self.unit(train.features[0].values, lowest: 0, highest: 255),
      test: Self.unit(test.features[0].values, lowest: 0, highest: 255), photos: photos.count,
      time: time)
  }

  private func photos(_ part: String) throws -> Dataset {
    try Dataset.images(at: data.appending(path: "tomato/\(part)"), size: (128, 128), channels: 3)
  }

  /// Parts of photos, mirrored at random.
  private static func views(of photos: Dataset, count: Int, seed: Seed) async throws -> Dataset {
    let changes: [any Augmentation] = [
      RandomResizedCrop(
        height: side, width: side, scale: .init(0.4, 1), ratio: .init(0.9, 1.1)),
      HorizontalFlip(), VerticalFlip(),
    ]
    let stream = photos.samples.augmented(by: changes, seed: seed)
    var samples: [Sample] = []
    for pass in 0..<count {
      for try await sample in stream.pass(pass) { samples.append(sample) }
    }
    let all = try Dataset(samples, source: photos.source)
    return try Dataset(source: photos.source, features: all.features)
  }

  /// Pictures of numbers between these in 0…1.
  private static func unit(
    _ pictures: HostTensor, lowest: Float, highest: Float
  ) throws -> HostTensor {
    let numbers = try pictures.converted(to: .float32).array(of: Float.self)
    return try HostTensor(
      numbers.map { ($0 - lowest) / (highest - lowest) }, shape: pictures.shape)
  }

  private func section(
    _ trained: TrainedGAN, _ made: HostTensor, train: HostTensor, test: HostTensor, photos: Int,
    time: String
  ) async throws -> String {
    let noise = try HostTensor(
      Seed(3).uniform(count: made.shape.elementCount).map { Float($0) }, shape: made.shape)
    let known = try await Self.colours(of: train)
    var rows: [[String]] = []
    for (name, pictures) in [
      ("of other photos (\(test.shape[0]))", test), ("generated (1,000)", made),
      ("of uniform noise (1,000)", noise),
    ] {
      let distance = try await FrechetDistance(Self.colours(of: pictures), known).value
      let nearest = try await Self.distances(from: pictures, toNearestOf: train)
      rows.append([
        name, Markdown.number(distance, 2),
        Markdown.number(nearest.reduce(0, +) / Double(nearest.count)),
        Markdown.number(nearest.min() ?? .nan),
      ])
    }
    let columns = ["wasserstein", "gradient_norm", "generator_loss", "diversity"]
    let history = trained.history.filter {
      $0.epoch == 1 || $0.epoch.isMultiple(of: 5) || $0.epoch == Self.epochs
    }
    return """
      ## Tomatoes from \(photos) photos

      `Benchmarks/experiments --data DIR tomatoes`, seed 0: a WGAN-GP of pictures of \(Self.side) × \
      \(Self.side), \(Self.epochs) epochs of \(photos) photos, \(Self.views) parts of each (40 to 100 % \
      of the photo, mirrored at random), in \(time): \(Self.epochs * train.shape[0] / Self.batchSize) \
      steps, batch \(Self.batchSize), one update of the critic a step at Adam(6·10⁻⁴, β₁ 0, β₂ 0.9), the \
      generator's 3·10⁻⁴ (two time scales, Heusel et al. 2017, arXiv:1706.08500).

      ![36 generated pictures of tomatoes](images/tomatoes.png)

      They have the reds and oranges, the highlights, the dark gaps between fruit and the pale labels of \
      a shop's heaps; no tomato among them has an outline of its own. So few photos and steps give no more.

      \(Markdown.table(
        ["Epoch", "critic's distance", "its slope", "generator's loss", "diversity"],
        history.map { report in
          ["\(report.epoch)"] + columns.map { Markdown.number(report.figures[$0] ?? .nan) }
        }))

      Verdict of the losses: \(trained.verdict). Warnings: \
      \(trained.warnings.isEmpty ? "none." : trained.warnings.joined(separator: " "))

      Against the parts of photos that were learned from: the Fréchet distance in the mean colours of \
      4 × 4 fields, which compares among these rows only, and how far pictures are from the nearest \
      part, as the root of the mean squared difference of colours from 0 to 1. A generator that gave \
      photos back would come near 0.

      \(Markdown.table(["Pictures", "distance", "nearest, mean", "nearest of all"], rows))
      """
  }

  /// The mean colours of 4 × 4 fields of pictures: `[count, 48]`.
  private static func colours(of pictures: HostTensor) async throws -> HostTensor {
    let (count, field) = (pictures.shape[0], side / 4)
    return try await Tensor(pictures).reshaped(to: [count, 4, field, 4, field, 3])
      .mean(axes: [2, 4]).reshaped(to: [count, 48]).value(on: .cpu)
  }

  /// How far each picture is from the nearest of others, by the root of the mean squared difference.
  private static func distances(
    from pictures: HostTensor, toNearestOf others: HostTensor
  ) async throws -> [Double] {
    let size = side * side * 3
    let a = Tensor(pictures).reshaped(to: [pictures.shape[0], size])
    let b = Tensor(others).reshaped(to: [others.shape[0], size])
    let lengths = square(a).sum(axes: [1], keepingAxes: true) + square(b).sum(axes: [1])
    let squares = lengths - 2 * matmul(a, b.transposed([1, 0]))
    return try await squares.min(axes: [1]).value(on: .cpu).array(of: Float.self)
      .map { (max(Double($0), 0) / Double(size)).squareRoot() }
  }
}
