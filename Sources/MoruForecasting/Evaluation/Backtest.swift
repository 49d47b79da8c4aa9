internal import MoruData
public import MoruMetrics
public import MoruTensors

/// What a learner's forecasts came to along a walk.
public struct Backtest: Sendable {
  /// One forecast beside what came.
  public struct Made: Sendable, Equatable {
    /// The series' name; nil for an only one.
    public let series: String?
    /// When the first forecast step is.
    public let start: String
    /// When each forecast step is.
    public let times: [String]
    /// What came; nil at steps that nobody knows.
    public let truth: [Double?]
    /// What was forecast: the quantiles of each step.
    public let forecast: [[Double]]
  }

  /// The learner's name.
  public let learner: String
  /// The walk.
  public let walk: WalkForward
  /// Which quantiles were forecast; ½ alone without intervals.
  public let quantiles: [Double]
  /// Every forecast, in the order of time, at each time in the order of the series.
  public let forecasts: [Made]
  /// The figures of the forecasts all of whose steps are known.
  public let figures: ForecastFigures
  /// The mean absolute error of the forecasts made at each time, in order.
  public let errors: [Double]
  /// Forecasts that are left out of the figures, because a step is not known.
  public let leftOut: Int

  /// By how much this errs less than another backtest of the same walk.
  ///
  /// - Throws: `MetricsError.lengthsDiffer` if that judged other times; `.noSamples` for one time.
  /// - Returns: Nil if the other made no error at all.
  public func skill(over reference: Backtest, seed: Seed = 0) throws -> ForecastSkill? {
    guard errors.count > 1 else { return nil }
    let horizon = forecasts.first?.forecast.count ?? 1
    return try ForecastSkill(
      errors: errors, reference: reference.errors, lags: (horizon - 1) / walk.stride, seed: seed)
  }
}

/// Forecasts as they are gathered.
struct BacktestDraft {
  let learner: String
  let series: [TimeSeries]
  private var quantiles: [Double] = [0.5]
  private var made: [Backtest.Made] = []

  init(learner: String, series: [TimeSeries]) {
    self.learner = learner
    self.series = series
  }

  /// Takes forecasts of every series at some times.
  ///
  /// - Parameter ahead: For each time, how many steps of the series come after it.
  mutating func append(_ forecasts: SeriesForecasts, ahead: [Int], horizon: Int) {
    quantiles = forecasts.quantiles
    var window = 0
    for skipped in ahead {
      for one in series {
        let start = one.count - skipped
        let times = (0..<horizon).map { one.axis.label(start + $0) }
        made.append(
          Backtest.Made(
            series: one.name, start: times[0], times: times,
            truth: (0..<horizon).map { one.isFilled[start + $0] ? nil : one.values[start + $0] },
            forecast: (0..<horizon).map { forecasts[window, $0] }))
        window += 1
      }
    }
  }

  /// The backtest, once all times are there.
  ///
  /// - Parameter scales: For each series the error that scaled errors are measured by.
  func backtest(walk: WalkForward, horizon: Int, scales: [Double]) throws -> Backtest {
    let judged = made.indices.filter { !made[$0].truth.contains(nil) }
    guard !judged.isEmpty else {
      throw ForecastingError.tooShort(
        steps: 0, needed: horizon,
        advice: "No forecast has a known value at each of its steps: judge more forecasts.")
    }
    let truth = try NumberTable(rows: judged.map { made[$0].truth.compactMap { $0 } })
    let predicted = try quantiles.indices.map { quantile in
      try NumberTable(rows: judged.map { made[$0].forecast.map { $0[quantile] } })
    }
    let middle = ForecastFigures.middle(of: quantiles)
    // Forecasts of one time hang together, so that a time is one case.
    let errors = Dictionary(grouping: judged) { $0 / series.count }.sorted { $0.key < $1.key }
      .map { _, places in
        places.map { place in
          zip(made[place].truth, made[place].forecast)
            .map { actual, forecast in abs(forecast[middle] - (actual ?? 0)) }.mean
        }.mean
      }
    return Backtest(
      learner: learner, walk: walk, quantiles: quantiles, forecasts: made,
      figures: try ForecastFigures(
        truth: truth, predicted: predicted, quantiles: quantiles,
        scales: judged.map { scales[$0 % series.count] }),
      errors: errors, leftOut: made.count - judged.count)
  }
}
