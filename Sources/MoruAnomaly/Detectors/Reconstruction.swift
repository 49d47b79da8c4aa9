public import MoruData
import MoruGenerative
public import MoruGraph
public import MoruLayers
import MoruModels
public import MoruOptimizers
public import MoruTensors
import MoruTraining

/// What a network that has learned to give good samples back through a few numbers gives back badly: a
/// picture's map is the squared error of each place, the score its mean.
///
/// - Source: Japkowicz, Myers, Gluck 1995, "A novelty detection approach to classification"; Bergmann et al.
///   2018, arXiv:1807.02011, for maps of convolutional autoencoders.
public struct Reconstruction: AnomalyDetector {
  public let name = "reconstruction"
  /// From samples in [0, 1] to samples of the same shape, such as one of ``MoruGenerative/Autoencoder``.
  public var network: any Layer
  /// What brings numbers to [0, 1] if they are not bytes, which are divided by 255.
  public var scale: Double
  /// How often each good sample is seen, at least 1.
  public var epochs: Int
  /// Samples in a step.
  public var batchSize = 32
  /// How the network learns.
  public var optimizer: any Optimizer = .adam(learningRate: .cosineDecay(initial: 1e-3))

  /// A detector by a network that gives its input back.
  public init(network: any Layer, scale: Double = 1, epochs: Int = 50) {
    self.network = network
    self.scale = scale
    self.epochs = epochs
  }

  public func scorer(
    of good: Dataset, seed: Seed, on executor: any Executor
  ) async throws -> AnomalyScorer {
    guard epochs >= 1 else {
      throw AnomalyError.outOfRange("epochs", found: "\(epochs)", allowed: "at least 1")
    }
    guard scale > 0, scale.isFinite else {
      throw AnomalyError.outOfRange("scale", found: "\(scale)", allowed: "above 0")
    }
    let given = good.signature
    let factor = given.first?.dtype == .uint8 ? 1.0 / 255 : scale
    let pairs = try good.reconstructing(scaledBy: factor)
    let trained = try await network.fresh().fit(
      pairs, epochs: epochs, batchSize: batchSize, optimizer: optimizer, loss: .meanSquaredError,
      seed: seed, on: executor)
    let input = ModelInput(given[0], of: good)
    let start = Input(input.shape, dtype: input.dtype)
    let scaled = Rescaling(factor, name: "scaling")(start)
    let again = Sequential([trained.layer], name: "autoencoder")(scaled)
    let isPicture = input.shape.rank == 3
    let error = ReconstructionError(name: isPicture ? AnomalyScorer.mapName : "error")(
      [scaled, again])
    let score: Symbol =
      switch input.shape.rank {
      case 1: error
      case 2: GlobalAveragePooling1D(name: "score")(error)
      case 3: GlobalAveragePooling2D(name: "score")(error)
      default:
        throw AnomalyError.samples(
          detector: name, found: "samples of shape \(input.shape)",
          needed: "rows, sequences or pictures")
      }
    return AnomalyScorer(
      input: input, start: start, score: score, map: isPicture ? error : nil,
      weights: trained.orderedWeights)
  }
}
