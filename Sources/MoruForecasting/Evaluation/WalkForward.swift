public import MoruCPU
public import MoruData
public import MoruGraph
import MoruMetrics
public import MoruModels
public import MoruTensors

/// How forecasts are judged: made at one time after another, each from what was known then, and compared with
/// what came.
///
/// The last forecast ends with the series; those before begin `stride` steps earlier each. A model is fitted
/// before the first, and again after every `refitEvery`, always to what lies before the forecasts it makes.
public struct WalkForward: Sendable, Equatable {
  /// How many forecasts of each series, at least 1.
  public let origins: Int
  /// Steps from one forecast to the next, at least 1.
  public let stride: Int
  /// Forecasts that a fitted model makes before a new one is fitted, at least 1; all of them if nil.
  public let refitEvery: Int?
  /// The latest steps that a model learns from; all that came before (an expanding window) if nil.
  public let latest: Int?

  /// A walk of forecasts.
  public init(origins: Int, stride: Int = 1, refitEvery: Int? = nil, latest: Int? = nil) {
    self.origins = origins
    self.stride = stride
    self.refitEvery = refitEvery
    self.latest = latest
  }

  /// Steps at the end of a series that are forecast.
  public func testedSteps(horizon: Int) -> Int { horizon + (origins - 1) * stride }

  /// Walks along series with a learner.
  ///
  /// - Parameters:
  ///   - learner: What is fitted to windows.
  ///   - series: Of a table of the encoding; all are cut at the same distance from their ends.
  ///   - encoding: How windows are made.
  ///   - period: Steps in a season, at least 1, of the naive forecast that errors are scaled by.
  ///   - seed: Decides every random choice of the fits.
  ///   - executor: Where models are asked.
  /// - Throws: `ForecastingError.setting` for settings below 1; `.tooShort`; what the learner throws.
  public func judge(
    _ learner: any Learner, on series: [TimeSeries], encoding: SeriesEncoding, period: Int = 1,
    seed: Seed = 0, executor: any Executor = .cpu
  ) async throws -> Backtest {
    try check(series, encoding, period)
    let horizon = encoding.horizon
    var draft = BacktestDraft(learner: learner.name, series: series)
    let group = refitEvery ?? origins
    for first in Swift.stride(from: 0, to: origins, by: group) {
      let walked = first..<min(first + group, origins)
      // Steps of each series that come after an origin's present.
      let ahead = walked.map { horizon + (origins - 1 - $0) * stride }
      let data = try encoding.windows(of: series, skippingLast: ahead[0], latest: latest)
      let model = try await learner.fit(data, seed: seed.child(first))
      let windows = try ahead.flatMap { skipped in
        try series.map { try encoding.window(of: $0, before: $0.count - skipped) }
      }
      let output = try await Predictor(model, on: executor)
        .predict([HostTensor.concatenated(windows)])[0]
      draft.append(try SeriesForecasts(output, of: model), ahead: ahead, horizon: horizon)
    }
    let tested = testedSteps(horizon: horizon)
    return try draft.backtest(
      walk: self, horizon: horizon,
      scales: series.map { $0.naiveError(period: period, before: $0.count - tested) })
  }

  /// - Throws: As the walk itself would.
  func check(_ series: [TimeSeries], _ encoding: SeriesEncoding, _ period: Int) throws {
    try ForecastingError.check([
      ("origins", origins), ("stride", stride), ("refit", refitEvery), ("period", period),
      ("latest", latest),
    ])
    let tested = testedSteps(horizon: encoding.horizon)
    let needed = tested + encoding.context + encoding.horizon
    guard let shortest = series.map(\.count).min(), shortest >= needed else {
      throw ForecastingError.tooShort(
        steps: series.map(\.count).min() ?? 0, needed: needed,
        advice: "Judge fewer forecasts, or use a shorter context or horizon.")
    }
  }
}

extension TimeSeries {
  /// `Σ|y_t − y_{t−m}| / n` over the known steps before a place; 0 where there are none.
  func naiveError(period: Int, before end: Int) -> Double {
    let errors = (0..<max(0, end)).dropFirst(period).compactMap { place -> Double? in
      isFilled[place] || isFilled[place - period]
        ? nil : abs(values[place] - values[place - period])
    }
    return errors.isEmpty ? 0 : errors.mean
  }
}
