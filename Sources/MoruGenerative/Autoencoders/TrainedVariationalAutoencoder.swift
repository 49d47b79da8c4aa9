import Foundation
public import MoruCPU
public import MoruGraph
import MoruLayers
public import MoruModels
public import MoruTensors

/// A variational autoencoder with its weights.
public struct TrainedVariationalAutoencoder: Sendable {
  /// The whole: what is saved, of samples in [0, 1]. It decodes the mean code.
  public let model: TrainedModel
  /// Samples to `mean` and `log_variance` of their codes.
  public let encoder: TrainedModel
  /// Codes to probabilities.
  public let decoder: TrainedModel

  /// The parts of a model that `VariationalAutoencoder` made.
  ///
  /// - Throws: `LayerError.unknownPath` if the model has no layers of their names.
  public init(_ model: TrainedModel) throws {
    self.model = model
    encoder = try model.subModel(outputs: ["mean", "log_variance"])
    decoder = try model.subModel(
      outputs: model.signature.outputs.map(\.name), inputs: ["latent"])
  }

  /// Numbers in a code.
  public var latent: Int { decoder.signature.inputs[0].shape.elementCount }

  /// The evidence lower bound of samples, in nats, as a mean over them.
  public struct LowerBound: Sendable, Equatable {
    /// `E log p(x|z)`: how likely samples are, given codes that are drawn for them.
    public let likelihood: Double
    /// How far the codes' distributions are from the standard normal one.
    public let divergence: Double
    /// `likelihood − divergence`: the logarithm of the samples' probability is at least that.
    public var value: Double { likelihood - divergence }
  }

  /// The evidence lower bound of samples, elements of which are 1 with the probability that the decoder
  /// gives: with binary samples a bound of their probability, with grey ones of a cross-entropy.
  ///
  /// - Parameters:
  ///   - samples: `[count, …]`, in [0, 1].
  ///   - draws: Codes that are drawn for each sample, at least 1.
  /// - Throws: `GenerativeError.outOfRange`; `ModelError.inputType` for samples of another shape.
  public func lowerBound(
    of samples: HostTensor, draws: Int = 1, seed: Seed, on executor: any Executor = .cpu
  ) async throws -> LowerBound {
    for (name, number) in [("draws", draws), ("samples", samples.shape.first ?? 0)]
    where number < 1 {
      throw GenerativeError.outOfRange(name, found: "\(number)", allowed: "at least 1")
    }
    let codes = try await Predictor(encoder, on: executor).predict([samples])
    let mean = try codes[0].array(of: Float.self)
    let logVariance = try codes[1].array(of: Float.self)
    let targets = try samples.array(of: Float.self)
    let predictor = Predictor(decoder, on: executor)
    var total = 0.0
    for draw in 0..<draws {
      let key = Tensor(HostTensor([Int64(bitPattern: seed.key), Int64(draw)]))
      let noise = try await Tensor.randomNormal(codes[0].shape, seed: key, stream: 0)
        .value(on: executor).array(of: Float.self)
      let drawn = mean.indices.map { mean[$0] + exp(0.5 * logVariance[$0]) * noise[$0] }
      let made = try await predictor.predict([HostTensor(drawn, shape: codes[0].shape)])[0]
      for (target, probability) in zip(targets, try made.array(of: Float.self)) {
        // As the loss does, away from logarithms of 0.
        let p = min(max(Double(probability), 1e-7), 1 - 1e-7)
        total += Double(target) * log(p) + (1 - Double(target)) * log1p(-p)
      }
    }
    let divergence = zip(mean, logVariance).reduce(0.0) { sum, pair in
      let (mean, logVariance) = (Double(pair.0), Double(pair.1))
      return sum + 0.5 * (mean * mean + exp(logVariance) - 1 - logVariance)
    }
    let count = Double(samples.shape[0])
    return LowerBound(likelihood: total / Double(draws) / count, divergence: divergence / count)
  }

  /// The mean code of each sample, `[count, latent]`.
  public func encode(
    _ samples: HostTensor, on executor: any Executor = .cpu
  ) async throws -> HostTensor {
    try await Predictor(encoder, on: executor).predict([samples])[0]
  }

  /// What codes `[count, latent]` decode to.
  public func decode(
    _ codes: HostTensor, on executor: any Executor = .cpu
  ) async throws -> HostTensor {
    try await Predictor(decoder, on: executor).predict([codes])[0]
  }

  /// What codes decode to that are drawn from the standard normal distribution: `[count, …]`.
  ///
  /// - Throws: `GenerativeError.outOfRange` for the count.
  public func generate(
    _ count: Int, seed: Seed, on executor: any Executor = .cpu
  ) async throws -> HostTensor {
    guard count >= 1 else {
      throw GenerativeError.outOfRange("count", found: "\(count)", allowed: "at least 1")
    }
    let key = Tensor(HostTensor([Int64(bitPattern: seed.key), 0]))
    let codes = Tensor.randomNormal([count, latent], seed: key, stream: 0)
    return try await decode(codes.value(on: executor), on: executor)
  }

  /// What a square grid of codes decodes to, row by row: the code's first number grows to the right, its
  /// second one downwards, both from −`extent` to `extent`, and others are 0.
  ///
  /// - Parameter side: Codes along a side, from 2 to 1000.
  /// - Returns: `[side², …]`
  /// - Throws: `GenerativeError.outOfRange` for the side and for codes of one number.
  public func latentGrid(
    side: Int, extent: Double = 2, on executor: any Executor = .cpu
  ) async throws -> HostTensor {
    guard (2...Self.greatestSide).contains(side) else {
      throw GenerativeError.outOfRange(
        "side", found: "\(side)", allowed: "from 2 to \(Self.greatestSide)")
    }
    guard latent >= 2 else {
      throw GenerativeError.outOfRange("latent", found: "\(latent)", allowed: "at least 2")
    }
    func place(_ number: Int) -> Float {
      Float(extent * (2 * Double(number) / Double(side - 1) - 1))
    }
    let codes = (0..<side * side).flatMap { cell in
      [place(cell % side), place(cell / side)] + [Float](repeating: 0, count: latent - 2)
    }
    return try await decode(HostTensor(codes, shape: [side * side, latent]), on: executor)
  }

  /// More pictures than anybody looks at, and few enough to be counted.
  private static let greatestSide = 1000

  /// What lies half-way between pairs of samples: between their codes, decoded, and between their
  /// elements.
  ///
  /// - Parameters:
  ///   - first: `[count, …]`, in [0, 1].
  ///   - second: As many.
  /// - Returns: Both `[count, …]`.
  /// - Throws: `GenerativeError.outOfRange` if there are not as many; `ModelError.inputType`.
  public func midpoints(
    between first: HostTensor, and second: HostTensor, on executor: any Executor = .cpu
  ) async throws -> (latent: HostTensor, elements: HostTensor) {
    guard first.type == second.type else {
      throw GenerativeError.outOfRange(
        "second", found: "\(second.type)", allowed: "as first, \(first.type)")
    }
    func middle(_ one: HostTensor, _ other: HostTensor) throws -> HostTensor {
      let pairs = zip(try one.array(of: Float.self), try other.array(of: Float.self))
      return try HostTensor(pairs.map { ($0 + $1) / 2 }, shape: one.shape)
    }
    let codes = try middle(
      await encode(first, on: executor), await encode(second, on: executor))
    return (try await decode(codes, on: executor), try middle(first, second))
  }
}
