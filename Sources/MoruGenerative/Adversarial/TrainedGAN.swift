public import MoruCPU
public import MoruGraph
public import MoruModels
import MoruReport
public import MoruTensors
public import MoruTraining

/// What the training of a GAN came to.
public struct TrainedGAN: Sendable {
  /// Makes samples of noise: what is kept, saved and served.
  public let generator: TrainedModel
  /// Tells real samples from made ones.
  public let discriminator: TrainedModel
  /// What was made small.
  public let loss: GANLoss
  /// The figures of each epoch: `discriminator_loss`, `generator_loss`, `diversity` (the variance of made
  /// samples over that of real ones, summed over their elements), and the shares of real and of made
  /// samples that the discriminator tells (`real_accuracy`, `fake_accuracy`) or a critic's distance and
  /// mean slope (`wasserstein`, `gradient_norm`).
  public let history: [EpochReport]
  /// What was warned of while it trained, in order.
  public let warnings: [String]
  /// What its losses say of it.
  public let verdict: GANVerdict

  /// Samples that the generator makes of noise.
  ///
  /// - Parameters:
  ///   - count: How many, at least 1.
  ///   - classes: The class of each, for a conditional GAN.
  ///   - seed: Decides the noise.
  /// - Returns: `[count, …]`
  /// - Throws: `GenerativeError.outOfRange` for the count, or for classes that are not as many.
  public func generate(
    _ count: Int, classes: [Int]? = nil, seed: Seed, on executor: any Executor = .cpu
  ) async throws -> HostTensor {
    try await generator.generate(count, classes: classes, seed: seed, on: executor)
  }

  /// The losses of both sides by epoch, with the loss at which no discriminator does better, as SVG.
  public func curves(title: String) -> String {
    func values(_ name: String) -> [Double] { history.map { $0.figures[name] ?? .nan } }
    return LineChart(
      title: title,
      series: [
        .init(name: "discriminator", values: values("discriminator_loss")),
        .init(name: "generator", values: values("generator_loss")),
        .init(
          name: loss == .nonSaturating ? "2 ln 2" : "0", values: history.map { _ in loss.optimum }),
      ]
    ).svg()
  }
}

extension TrainedModel {
  /// Samples that a GAN's generator makes of noise, as `TrainedGAN.generate`.
  ///
  /// - Throws: `GenerativeError.outOfRange` for the count, or for classes that are not as many or that
  ///   the generator does not know.
  public func generate(
    _ count: Int, classes: [Int]? = nil, seed: Seed, on executor: any Executor = .cpu
  ) async throws -> HostTensor {
    guard count >= 1 else {
      throw GenerativeError.outOfRange("count", found: "\(count)", allowed: "at least 1")
    }
    let noise = signature.inputs[0].shape.elementCount
    let key = Tensor(HostTensor([Int64(bitPattern: seed.key), 0]))
    var inputs = [
      try await Tensor.randomNormal([count, noise], seed: key, stream: 0).value(on: executor)
    ]
    if signature.inputs.count > 1 {
      let known = signature.inputs[1].shape.elementCount
      func refused(_ found: String) -> GenerativeError {
        .outOfRange(
          "classes", found: found,
          allowed: "a class from 0 to \(known - 1) for each of the \(count) samples")
      }
      guard let classes, classes.count == count else {
        throw refused("\(classes?.count ?? 0) classes")
      }
      if let other = classes.first(where: { !(0..<known).contains($0) }) {
        throw refused("\(other)")
      }
      inputs.append(
        try await Tensor(HostTensor(classes.map(Int32.init))).oneHot(depth: known)
          .value(on: executor))
    }
    return try await Predictor(self, on: executor).predict(inputs)[0]
  }
}
