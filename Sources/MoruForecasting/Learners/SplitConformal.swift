import Foundation
public import MoruCPU
public import MoruData
public import MoruGraph
import MoruLayers
public import MoruModels
public import MoruTensors

/// A learner whose forecasts get an interval at each step: as wide as its errors were on later windows of the
/// training part, which it had not seen.
///
/// A model of the earlier windows forecasts the later ones; of their errors `|y − ŷ|` at a step the
/// `⌈(n + 1) · level⌉`-th smallest is the margin. Where the learner forecasts quantiles itself, the errors are
/// `max(lower − y, y − upper)`, and the margin, which may be negative, is added to its interval. The model is
/// then fitted to all windows.
///
/// The promised coverage holds where the future errs like those windows did: errors of neighbouring forecasts
/// hang together and series change, so that coverage has to be measured, as ``WalkForward`` does.
///
/// - Source: Lei et al. 2018, doi:10.1080/01621459.2017.1307116; of quantiles Romano, Patterson & Candès
///   2019, arXiv:1905.03222.
public struct SplitConformal: Learner {
  /// What forecasts; if quantiles, the outer ones should be `level` apart.
  public let learner: any Learner
  /// How often the true value shall lie within the interval, above 0 and below 1.
  public let level: Double
  /// Which windows the errors are taken from.
  public let split: TimeSplit
  /// Where models are asked.
  public let executor: any Executor

  public var name: String { learner.name }

  /// Intervals around a learner's forecasts.
  public init(
    _ learner: any Learner, level: Double = 0.9, split: TimeSplit = TimeSplit(share: 0.25),
    on executor: any Executor = .cpu
  ) {
    self.learner = learner
    self.level = level
    self.split = split
    self.executor = executor
  }

  /// - Throws: `ForecastingError.setting` for a level out of range; `.tooFewForIntervals`; what the learner
  ///   throws.
  public func fit(_ data: Dataset, seed: Seed) async throws -> TrainedModel {
    guard level > 0, level < 1 else {
      throw ForecastingError.setting(
        "level", problem: "of intervals is \(level)", advice: "Choose a number between 0 and 1.")
    }
    let (early, late) = try split.parts(of: data)
    let rank = Int((Double(late.count + 1) * level).rounded(.up))
    guard rank <= late.count else {
      throw ForecastingError.tooFewForIntervals(
        found: late.count, needed: Int((level / (1 - level) - 1e-9).rounded(.up)), level: level)
    }
    let model = try await learner.fit(early, seed: seed.child("calibration"))
    let margins = try await margins(of: model, on: late, rank: rank)
    return try await learner.fit(data, seed: seed).widened(by: margins, level: level)
  }

  /// The margin of each step.
  private func margins(of model: TrainedModel, on late: Dataset, rank: Int) async throws -> [Double]
  {
    let forecasts = try SeriesForecasts(
      await Predictor(model, on: executor).predict([late.features[0].values])[0], of: model)
    let truth = try late.targets[0].tensor.converted(to: .float64).array(of: Double.self)
    return (0..<forecasts.horizon).map { step in
      let errors = (0..<late.count).map { window in
        let actual = truth[window * forecasts.horizon + step]
        let quantiles = forecasts[window, step]
        return max(quantiles[0] - actual, actual - quantiles[quantiles.count - 1])
      }
      return errors.sorted()[rank - 1]
    }
  }
}

extension TrainedModel {
  /// The model with a lower and an upper end beside its forecast, so far from it at each step, or its own
  /// interval made wider by as much.
  fileprivate func widened(by margins: [Double], level: Double) throws -> TrainedModel {
    let output = signature.outputs[0]
    let own = output.quantiles
    let quantiles = own ?? [(1 - level) / 2, 0.5, (1 + level) / 2]
    let count = quantiles.count
    let shape: Shape = [margins.count, count]
    let input = ModelInput(
      name: output.name, dtype: output.dtype, shape: output.shape, content: InputContent())
    let interval = EinsumDense(
      own == nil ? "ab,c->abc" : "abc,c->abc", outputShape: [nil, count], biasAxes: "bc",
      name: "interval")
    let bias = margins.flatMap { margin in
      (0..<count).map { $0 == 0 ? -margin : $0 == count - 1 ? margin : 0 }
    }
    let step = try TrainedModel(
      layer: Frozen(interval),
      weights: [
        "kernel": HostTensor([Float](repeating: 1, count: count)),
        "bias": HostTensor(bias.map(Float.init), shape: shape),
      ],
      signature: ModelSignature(
        inputs: [input],
        outputs: [
          ModelOutput(
            name: output.name, dtype: output.dtype, shape: shape,
            meaning: .forecast(quantiles: quantiles))
        ]))
    let whole = try followed(by: step)
    return try TrainedModel(
      layer: whole.layer, weights: whole.weights, signature: whole.signature, training: training)
  }
}
