import Foundation
import Moru

/// Variational autoencoders of handwritten digits.
struct DigitsVAE: Experiment {
  static let name = "vae"
  private static let epochs = 20
  private let data: URL
  private let pictures: URL

  init(data: URL, pictures: URL) {
    self.data = data
    self.pictures = pictures
  }

  func run() async throws -> String {
    let digits = try Dataset.mnist(at: data.appending(path: "mnist"))
    let judge = try await PictureJudge(train: digits.train, test: digits.test)
    let (train, test) = (try Self.binary(digits.train), try Self.binary(digits.test))
    let samples = test.features[0].values
    var rows: [[String]] = []
    var kept: TrainedVariationalAutoencoder?
    for (latent, beta) in [(20, 1.0), (20, 0.25), (20, 4), (2, 1)] {
      let start = ContinuousClock.now
      let trained = try await VariationalAutoencoder.dense(
        inputShape: [28, 28, 1], hidden: [512, 256], latent: latent, beta: beta
      ).fit(
        train, epochs: Self.epochs, batchSize: 128,
        optimizer: Adam(learningRate: .cosineDecay()),
        callbacks: [.progress("latent \(latent), β \(beta)")], seed: 0)
      let bound = try await trained.lowerBound(of: samples, draws: 8, seed: 1)
      rows.append([
        "\(latent)", "\(beta)", Markdown.number(bound.value, 2),
        Markdown.number(bound.likelihood, 2), Markdown.number(bound.divergence, 2),
        Markdown.seconds(since: start),
      ])
      if latent == 2 {
        let grid = try await trained.latentGrid(side: 16)
        try PictureGrid(pictures: grid).pngData()
          .write(to: pictures.appending(path: "vae-latent.png"))
      } else if beta == 1 {
        kept = trained
      }
    }
    guard let kept else { return "" }
    return """
      ## Variational autoencoders on MNIST

      `Benchmarks/experiments --data DIR vae`, seed 0: \(Self.epochs) epochs of 60,000 digits, whose \
      pixels are 1 above half brightness and 0 below; layers 512-256-code-256-512, batch 128, Adam with \
      cosine decay from 10⁻³. The evidence lower bound of the 10,000 test digits, in nats, is the mean \
      of 8 draws; β 1 makes just that great.

      \(Markdown.table(
        ["Numbers in the code", "β", "test ELBO", "log-likelihood", "divergence", "time"], rows))

      What codes of two numbers from −2 to 2 decode to:

      ![A grid of digits that change into each other](images/vae-latent.png)

      \(try await midpoints(kept, samples, judge))
      """
  }

  /// Digits of pixels 0 and 1.
  private static func binary(_ digits: Dataset) throws -> Dataset {
    let bytes = try digits.features[0].values.array(of: UInt8.self)
    let values = try HostTensor(
      bytes.map { $0 > 127 ? Float(1) : 0 }, shape: digits.features[0].values.shape)
    return try Dataset(
      source: digits.source, features: [.init(values: values)], targets: .tensor(values))
  }

  private func midpoints(
    _ trained: TrainedVariationalAutoencoder, _ samples: HostTensor, _ judge: PictureJudge
  ) async throws -> String {
    let (first, second) = (try samples.slice(0..<5000), try samples.slice(5000..<10_000))
    let between = try await trained.midpoints(between: first, and: second)
    let shown = 8
    let rows = try [first, between.elements, between.latent, second].map { try $0.slice(0..<shown) }
    // A grid of 32 has six columns; eight columns of four stand one below the other in a strip.
    try PictureGrid(pictures: Self.columns(rows, count: shown), magnification: 2).pngData()
      .write(to: pictures.appending(path: "vae-midpoints.png"))
    let real = try await judge.features(of: samples)
    var lines: [[String]] = []
    for (name, pictures) in [
      ("test digits", first), ("half-way between pixels", between.elements),
      ("half-way between codes, decoded", between.latent),
    ] {
      let certainty =
        try await judge.probabilities(of: pictures)
        .map { Double($0.max() ?? 0) }.reduce(0, +) / Double(pictures.shape[0])
      let distance = try await FrechetDistance(judge.features(of: pictures), real).value
      lines.append([name, Markdown.number(certainty), Markdown.number(distance, 1)])
    }
    return """
      Half-way between two digits lies a digit in the space of codes, and two faint ones in that of \
      pixels. Above and below a digit each, between them first the pixels' mean, then the decoded mean \
      of the codes (20 numbers, β 1):

      ![Digits, the means of their pixels and the decoded means of their codes](images/vae-midpoints.png)

      Of 5,000 pairs, how sure a classifier (test accuracy \(Markdown.number(judge.accuracy))) is of its \
      answer, and the Fréchet distance from the 10,000 test digits in its 64 features; 5,000 of these \
      themselves stand in the first row:

      \(Markdown.table(["Pictures", "mean probability of the answer", "distance"], lines))
      """
  }

  /// Rows of pictures as one picture `[1, height, width, 1]` with a white line between them.
  private static func columns(_ rows: [HostTensor], count: Int) throws -> HostTensor {
    let (height, width) = (rows[0].shape[1], rows[0].shape[2])
    let whole = (width + 1) * count
    var pixels = [Float](repeating: 1, count: (height + 1) * rows.count * whole)
    for (row, pictures) in rows.enumerated() {
      let values = try pictures.array(of: Float.self)
      for (place, value) in values.enumerated() {
        let (picture, y, x) = (
          place / (height * width), place / width % height, place % width
        )
        pixels[(row * (height + 1) + y) * whole + picture * (width + 1) + x] = value
      }
    }
    return try HostTensor(pixels, shape: [1, (height + 1) * rows.count, whole, 1])
  }
}
