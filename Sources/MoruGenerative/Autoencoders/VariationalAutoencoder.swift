public import MoruCPU
public import MoruData
public import MoruGraph
public import MoruLayers
public import MoruOptimizers
public import MoruTensors
public import MoruTraining

/// An autoencoder whose codes are drawn from a normal distribution each, near the standard one, so that
/// codes that nobody encoded decode to something as well.
///
/// The layers `mean` and `log_variance` are of the code, `latent` draws it, `decoder` makes probabilities
/// of it. What is made small is the mean over a sample's elements of the cross-entropy, and β times the
/// divergence over the number of elements: with β 1 the negative evidence lower bound by element.
///
/// - Source: Kingma, Welling 2013, arXiv:1312.6114; Higgins et al. 2017 (openreview Sy2fzU9gl) for β.
public struct VariationalAutoencoder: Sendable {
  /// The network, whose input and output are samples in [0, 1].
  public let model: Model

  /// A network of an encoder's body and a decoder.
  ///
  /// - Parameters:
  ///   - inputShape: Of one sample.
  ///   - latent: Numbers in the code.
  ///   - beta: How much the divergence counts, at least 0.
  ///   - encoder: What stands before the layers of mean and variance: `[batch, …] → [batch, features]`.
  ///   - decoder: `[batch, latent] → [batch, …]`, probabilities.
  /// - Throws: `LayerError` if they make no network.
  public init(
    inputShape: Shape, latent: Int, beta: Double = 1, encoder: any Layer, decoder: Sequential
  ) throws {
    let input = Input(inputShape)
    let body = encoder(input)
    let code = GaussianSampling(weight: beta / Double(inputShape.elementCount), name: "latent")([
      Dense(latent, name: "mean")(body), Dense(latent, name: "log_variance")(body),
    ])
    let named = Sequential(decoder.layers, name: "decoder")
    model = try Model(inputs: input, outputs: named(code))
  }

  /// Fully connected layers, the decoder's the encoder's backwards.
  public static func dense(
    inputShape: Shape, hidden: [Int], latent: Int, beta: Double = 1
  ) throws -> VariationalAutoencoder {
    let (encoder, decoder) = Autoencoder.denseLayers(inputShape: inputShape, hidden: hidden)
    return try VariationalAutoencoder(
      inputShape: inputShape, latent: latent, beta: beta, encoder: Sequential(encoder),
      decoder: decoder)
  }

  /// Convolutions that halve height and width each time, and transposed ones that double them, as those
  /// of `Autoencoder.convolutional`.
  public static func convolutional(
    inputShape: Shape, filters: [Int], latent: Int, beta: Double = 1
  ) throws -> VariationalAutoencoder {
    let (encoder, decoder) = try Autoencoder.convolutions(inputShape: inputShape, filters: filters)
    return try VariationalAutoencoder(
      inputShape: inputShape, latent: latent, beta: beta, encoder: Sequential(encoder),
      decoder: decoder)
  }

  /// Trains the network to give samples back.
  ///
  /// - Parameter data: Of one feature, in [0, 1]; `reconstructing(scaledBy:)` makes such.
  /// - Throws: As any `fit`.
  public func fit(
    _ data: Dataset, epochs: Int, batchSize: Int = 128, optimizer: any Optimizer,
    validation: Validation = .none, callbacks: [any Callback] = [], seed: Seed = 0,
    on executor: any Executor = .cpu
  ) async throws -> TrainedVariationalAutoencoder {
    try TrainedVariationalAutoencoder(
      await model.fit(
        data, epochs: epochs, batchSize: batchSize, optimizer: optimizer,
        loss: .binaryCrossentropy, validation: validation, callbacks: callbacks, seed: seed,
        on: executor))
  }
}
