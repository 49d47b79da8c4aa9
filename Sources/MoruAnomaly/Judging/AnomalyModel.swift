public import MoruCPU
public import MoruData
public import MoruGraph
public import MoruInsight
public import MoruLayers
public import MoruMetrics
public import MoruModels
public import MoruTensors

/// A model that tells anomalies, made by ``AnomalyDetection`` or loaded: what it knows besides its answers.
public struct AnomalyModel: Sendable {
  /// The model.
  public let model: TrainedModel
  /// Its last layer: the threshold, and where that comes from.
  public let threshold: AnomalyThreshold
  /// Whether it tells where in a picture something is unlike good ones.
  public let makesMaps: Bool

  /// Looks into a model.
  ///
  /// - Throws: `AnomalyError.notADetector` for a model that does not end with a threshold.
  public init(_ model: TrainedModel) throws(AnomalyError) {
    guard let network = model.layer as? Model, network.lastLayers.count == 1,
      let threshold = network.lastLayers[0]?.layer as? AnomalyThreshold
    else { throw .notADetector }
    self.model = model
    self.threshold = threshold
    makesMaps =
      threshold.mapThreshold != nil
      && model.declaration.calls.contains { $0.path == AnomalyScorer.mapName }
  }

  /// What the answers are called: good, then anomaly.
  public var labels: [String] { model.signature.outputs[0].classLabels ?? ["good", "anomaly"] }

  /// The share of further good samples that is expected to be taken for anomalies.
  public var expectedFalseAlarms: Estimate {
    FalseAlarmThreshold.expected(
      samples: threshold.samples, rate: threshold.falseAlarmRate)
  }

  /// How unlike the good samples each sample is; above the threshold it counts as an anomaly.
  ///
  /// - Throws: `ModelError` for samples that the model does not take.
  public func scores(of data: Dataset, on executor: any Executor = .cpu) async throws -> [Double] {
    let answers = try await Predictor(model, on: executor).predict(data.features.map(\.values))
    return try Self.scores(answers[0])
  }

  /// Those of the answers `[samples, 2]`.
  private static func scores(_ answers: HostTensor) throws -> [Double] {
    let numbers = try answers.numbers
    return stride(from: 1, to: numbers.count, by: 2).map { numbers[$0] }
  }

  /// Scores and maps at once, as ``scores(of:on:)`` and ``maps(of:on:)`` give them.
  func scoresAndMaps(
    of data: Dataset, on executor: any Executor
  ) async throws -> (scores: [Double], maps: HostTensor) {
    guard makesMaps else { throw AnomalyError.noMap }
    let both = try model.subModel(
      outputs: [model.signature.outputs[0].name, AnomalyScorer.mapName])
    let found = try await Predictor(both, on: executor).predict(data.features.map(\.values))
    return (try Self.scores(found[0]), try Self.pictures(found[1]))
  }

  /// How unlike those of good pictures each place is: `[samples, height, width]`.
  ///
  /// - Throws: `AnomalyError.noMap` if the detector makes none; `ModelError` for samples that the model
  ///   does not take.
  public func maps(of data: Dataset, on executor: any Executor = .cpu) async throws -> HostTensor {
    guard makesMaps else { throw AnomalyError.noMap }
    let part = try model.subModel(outputs: [AnomalyScorer.mapName])
    return try Self.pictures(
      await Predictor(part, on: executor).predict(data.features.map(\.values))[0])
  }

  /// Maps without their axis of one channel.
  private static func pictures(_ maps: HostTensor) throws -> HostTensor {
    try maps.reshaped(to: Shape(Array(maps.shape.dropLast())))
  }

  /// A map in colours: half of the scale is the value that good pictures exceed as rarely as the threshold,
  /// and all of it twice as much, so that colours of all pictures mean the same.
  ///
  /// - Parameter map: `[height, width]`, one of ``maps(of:on:)``.
  /// - Throws: `AnomalyError.noMap` if the detector makes none.
  public func heatMap(_ map: HostTensor) throws -> HeatMap {
    guard let limit = threshold.mapThreshold else { throw AnomalyError.noMap }
    return try HeatMap(
      map, height: map.shape[0], width: map.shape[1], full: Float(2 * limit))
  }
}
