public import MoruData
public import MoruGraph
public import MoruLayers
public import MoruModels
public import MoruTensors

/// A way to tell what is unlike good samples, learned from good samples alone.
public protocol AnomalyDetector: Sendable {
  /// What tables and messages call it, such as `PaDiM`.
  var name: String { get }

  /// Whether samples are in the order of time, so that the latest are held out for the threshold and not
  /// random ones: neighbouring windows of a series share most of their steps. No, unless a detector says so.
  var holdsOutLatest: Bool { get }

  /// Learns what good samples are like.
  ///
  /// - Parameters:
  ///   - good: Good samples; their targets are not looked at.
  ///   - seed: Decides every random choice.
  ///   - executor: Where it is computed.
  /// - Throws: If the samples are not what the detector takes.
  func scorer(
    of good: Dataset, seed: Seed, on executor: any Executor
  ) async throws -> AnomalyScorer
}

extension AnomalyDetector {
  public var holdsOutLatest: Bool { false }
}

/// Layers from samples to scores that a detector has learned: the higher a score, the less a sample is like
/// the good ones.
public struct AnomalyScorer: Sendable {
  /// What is judged.
  public let input: ModelInput
  /// Where samples come in.
  public let start: Symbol
  /// One number for each sample, at least 0: `[1]`.
  public let score: Symbol
  /// For each place of a picture a number, the higher, the less it is like those of good pictures:
  /// `[height, width, 1]`, made by a layer of the name ``mapName``; nil if there is none.
  public let map: Symbol?
  /// The values of all weights in the order in which the layers ask for them.
  public let weights: [HostTensor]

  /// What the layer that makes the map is called.
  public static let mapName = "map"

  /// Layers between `start` and `score`, and their weights.
  public init(
    input: ModelInput, start: Symbol, score: Symbol, map: Symbol? = nil, weights: [HostTensor]
  ) {
    self.input = input
    self.start = start
    self.score = score
    self.map = map
    self.weights = weights
  }

  /// The same layers for windows that are made of tables.
  ///
  /// - Throws: `AnomalyError.samples` if it takes other windows.
  func taking(_ encoding: SeriesEncoding) throws(AnomalyError) -> AnomalyScorer {
    let needed = [encoding.context, encoding.features.count]
    guard input.shape.dimensions == needed else {
      throw .samples(
        detector: "AnomalyDetection", found: "windows \(input.shape)",
        needed: "the windows \(needed) of its series")
    }
    return AnomalyScorer(
      input: ModelInput(
        name: input.name, dtype: input.dtype, shape: input.shape,
        content: InputContent(series: encoding)),
      start: start, score: score, map: map, weights: weights)
  }

  /// A model of the scorer, up to the score, to the map or to what stands behind them.
  ///
  /// - Throws: `GraphError` if the layers are not defined for the input; `LayerError` if weights do not
  ///   fit.
  package func model(
    to end: Symbol? = nil, named name: String = "score", meaning: OutputMeaning = .numbers,
    training: TrainingRecord? = nil
  ) throws -> TrainedModel {
    let layer = try Model(inputs: start, outputs: end ?? score)
    let declaration = try layer.declaration(inputs: [input.type])
    guard declaration.weights.count == weights.count else {
      throw AnomalyError.weights(found: weights.count, needed: declaration.weights.count)
    }
    let output = declaration.outputs[0]
    return try TrainedModel(
      layer: layer,
      weights: Dictionary(
        uniqueKeysWithValues: zip(declaration.weights.map(\.path), weights)),
      signature: ModelSignature(
        inputs: [input],
        outputs: [
          ModelOutput(
            name: name, dtype: output.dtype, shape: Shape(Array(output.shape.dropFirst())),
            meaning: meaning)
        ]),
      training: training)
  }
}
