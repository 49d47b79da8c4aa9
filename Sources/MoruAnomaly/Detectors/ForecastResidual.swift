public import MoruData
public import MoruGraph
import MoruLayers
public import MoruModels
public import MoruTensors

/// Windows of a series whose last step a forecaster, which has learned from good ones, does not foresee: the
/// score is the squared error of its forecast from the steps before, in the series' own unit: several series
/// share a detector if they are of one size.
///
/// Any learner of numbers forecasts: `SeasonalNaive(period: 24)`, a network with an LSTM, a linear model.
///
/// - Source: Malhotra, Vig, Shroff, Agarwal 2015, "Long Short Term Memory Networks for Anomaly Detection in
///   Time Series", ESANN 2015, ES2015-56, of networks with LSTM.
public struct ForecastResidual: AnomalyDetector {
  /// What foresees the next step.
  public var forecaster: any Learner

  public var holdsOutLatest: Bool { true }
  public var name: String { "residual of \(forecaster.name)" }

  /// A detector by a forecaster of one step.
  public init(forecaster: any Learner) { self.forecaster = forecaster }

  /// - Parameter good: Windows `[samples, time, features]` of at least two steps, in the order of time.
  public func scorer(
    of good: Dataset, seed: Seed, on executor: any Executor
  ) async throws -> AnomalyScorer {
    guard good.features.count == 1, good.count > 0, good.signature[0].shape.rank == 2,
      good.signature[0].shape[0] >= 2
    else {
      throw AnomalyError.samples(
        detector: name,
        found: "features of shape \(good.signature.map { "\($0.shape)" }.joined(separator: ", "))",
        needed: "windows [time, features] of at least two steps")
    }
    let values = good.features[0].values
    let (steps, features) = (values.shape[1] - 1, values.shape[2])
    let last = try values.slice(steps..<steps + 1, axis: 1)
      .reshaped(to: [good.count, features]).converted(to: .float32)
    let pairs = try Dataset(
      source: good.source,
      features: [.init(name: good.features[0].name, values: values.slice(0..<steps, axis: 1))],
      targets: .tensor(last))
    let learned = try await forecaster.fit(pairs, seed: seed)
    let input = ModelInput(good.signature[0], of: good)
    let start = Input(input.shape, dtype: input.dtype)
    let before = Cropping1D(Padding1D(0, 1), name: "before")(start)
    let now = Reshape([features], name: "now")(Cropping1D(Padding1D(steps, 0), name: "last")(start))
    let found = try learned.layer.declaration(inputs: learned.signature.inputs.map(\.type))
    guard found.outputs.count == 1,
      found.outputs[0].shape.dropFirst().reduce(1, *) == features
    else {
      throw AnomalyError.samples(
        detector: name, found: "forecasts \(found.outputs.map { "\($0.shape)" })",
        needed: "one forecast of \(features) numbers for each window")
    }
    let foreseen = Reshape([features], name: "foreseen")(
      Sequential([learned.layer], name: "forecaster")(before))
    return AnomalyScorer(
      input: input, start: start, score: ReconstructionError(name: "score")([now, foreseen]),
      weights: learned.orderedWeights)
  }
}
