public import MoruLayers
import MoruGraph
import MoruTensors

/// A generator and the discriminator that it learns from (generative adversarial networks).
///
/// ```swift
/// let gan = GAN(generator: generator, discriminator: discriminator, noise: 64)
/// let trained = try await gan.fit(
///   pictures, epochs: 10, batchSize: 64,
///   generatorOptimizer: Adam(learningRate: 2e-4, beta1: 0.5),
///   discriminatorOptimizer: Adam(learningRate: 2e-4, beta1: 0.5))
/// let made = try await trained.generate(16, seed: 7)
/// ```
///
/// The discriminator learns from nothing but whether a sample is real: what is in a picture is not its
/// question, unless the GAN is conditional.
///
/// - Shapes: The generator makes samples `[batch, …]` of noise `[batch, noise]`; the discriminator makes
///   a logit, or a critic's score, `[batch, 1]` of samples. If the GAN is conditional both take the
///   class beside, one-hot, Float32 `[batch, classes]`.
/// - Source: Goodfellow et al. 2014, arXiv:1406.2661; Mirza, Osindero 2014, arXiv:1411.1784, for
///   conditional ones.
public struct GAN: Sendable {
  /// What makes samples of noise.
  public let generator: any Layer
  /// What tells real samples from made ones.
  public let discriminator: any Layer
  /// Numbers in a sample of noise, each of the standard normal distribution.
  public let noise: Int
  /// What the two make small.
  public let loss: GANLoss
  /// Updates of the discriminator to one of the generator.
  public let discriminatorSteps: Int
  /// Whether both networks are told the class.
  public let isConditional: Bool
  /// What brings real samples into the range of made ones, such as `Rescaling`; nothing if nil.
  public let preprocessing: (any Layer)?

  /// A generator and its discriminator.
  ///
  /// - Parameters:
  ///   - noise: Numbers in a sample of noise, at least 1.
  ///   - discriminatorSteps: Updates of the discriminator to one of the generator, at least 1; nil for
  ///     the papers': 1, or 5 with `wasserstein`.
  ///   - preprocessing: What brings real samples into the range of made ones; a layer without weights.
  public init(
    generator: any Layer, discriminator: any Layer, noise: Int, loss: GANLoss = .nonSaturating,
    discriminatorSteps: Int? = nil, isConditional: Bool = false,
    preprocessing: (any Layer)? = nil
  ) {
    self.generator = generator
    self.discriminator = discriminator
    self.noise = noise
    self.loss = loss
    self.discriminatorSteps = discriminatorSteps ?? (loss == .nonSaturating ? 1 : 5)
    self.isConditional = isConditional
    self.preprocessing = preprocessing
  }

  /// Real samples as the discriminator sees them.
  func prepared(_ samples: Tensor) -> Tensor {
    let numbers = samples.dtype.isFloating ? samples : samples.converted(to: .float32)
    guard let preprocessing else { return numbers }
    return Scope(weights: Weights()).draw(preprocessing, [numbers])[0]
  }
}
