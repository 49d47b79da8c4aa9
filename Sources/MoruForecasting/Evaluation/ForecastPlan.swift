public import MoruCPU
public import MoruData
public import MoruGraph
import MoruMetrics
public import MoruModels
public import MoruTensors

/// What is forecast, how far, and how it is judged: what a person says of a table, completed by what the
/// table's own times and length suggest.
public struct ForecastPlan: Sendable {
  /// What a person may say; what is nil is worked out.
  public struct Wish: Sendable {
    /// The column that is forecast.
    public var target: String
    /// The column of times; rows are steps if nil.
    public var time: String?
    /// The column that tells several series apart.
    public var key: String?
    /// Columns beside the target that are known up to the present.
    public var past: [String] = []
    /// Columns that are known ahead.
    public var known: [String] = []
    /// What the calendar says of the steps ahead.
    public var calendar: [CalendarFeature] = []
    /// What becomes of steps without a value.
    public var missing = SeriesEncoding.MissingPolicy.error
    /// Steps in a season.
    public var period: Int?
    /// Steps that are forecast.
    public var horizon: Int?
    /// Steps in a window.
    public var context: Int?
    /// How many forecasts are judged.
    public var origins: Int?
    /// Steps from one of them to the next.
    public var stride = 1
    /// Forecasts that a fitted model makes before a new one is fitted; all if nil.
    public var refitEvery: Int?
    /// The latest steps that a model learns from; all if nil.
    public var latest: Int?
    /// How often the true value shall lie within the interval.
    public var level = 0.9
    /// Most epochs of a network's training.
    public var epochs = 300

    /// A wish to forecast a column.
    public init(target: String) { self.target = target }
  }

  /// How windows are made.
  public let encoding: SeriesEncoding
  /// The table's series.
  public let series: [TimeSeries]
  /// When forecasts are made that are judged.
  public let walk: WalkForward
  /// Steps in a season.
  public let period: Int
  /// How often the true value shall lie within the interval.
  public let level: Double
  /// Most epochs of a network's training.
  public let epochs: Int

  /// Completes a wish: a season is what such times usually have, a horizon is a season, a window two of them,
  /// and the last three tenths of the series are judged, or a little more of a short one.
  ///
  /// - Throws: `DataError` for a table that is no such series; `ForecastingError.setting` for numbers out of range
  ///   and a season that no window holds; `.tooShort`.
  public init(_ wish: Wish, of table: Table) throws {
    try ForecastingError.check([
      ("period", wish.period), ("horizon", wish.horizon), ("context", wish.context),
      ("origins", wish.origins), ("stride", wish.stride), ("refit", wish.refitEvery),
      ("latest", wish.latest), ("epochs", wish.epochs),
    ])
    guard wish.level > 0, wish.level < 1 else {
      throw ForecastingError.setting(
        "level", problem: "of intervals is \(wish.level)",
        advice: "Choose a number between 0 and 1.")
    }
    let step = try SeriesEncoding.step(of: table, time: wish.time, key: wish.key)
    let period = wish.period ?? step.usualPeriod ?? 1
    let horizon = wish.horizon ?? (period > 1 ? period : Self.plainHorizon)
    let context = wish.context ?? max(2 * period, horizon, Self.leastContext)
    encoding = try SeriesEncoding(
      fitting: table, target: wish.target, time: wish.time, key: wish.key, past: wish.past,
      known: wish.known, calendar: wish.calendar, context: context, horizon: horizon,
      missing: wish.missing)
    series = try encoding.series(in: table)
    let length = series.map(\.count).min() ?? 0
    guard period < length else {
      throw ForecastingError.setting(
        "period", problem: "of \(period) steps is longer than the series of \(length)",
        advice: "Choose a shorter period, or pass a longer series.")
    }
    guard period <= context else {
      throw ForecastingError.setting(
        "context", problem: "of \(context) steps does not hold a season of \(period)",
        advice: "Choose a context of at least \(period), or a shorter period.")
    }
    // As many forecasts as an interval of the skill takes, unless that leaves too little to learn from.
    let wanted = ForecastSkill.leastBlocks * horizon + horizon - 1
    let tested = max(Int(0.3 * Double(length)), min(wanted, Int(0.4 * Double(length))))
    walk = WalkForward(
      origins: wish.origins
        ?? max(1, min(Self.mostOrigins, (tested - horizon) / wish.stride + 1)),
      stride: wish.stride, refitEvery: wish.refitEvery, latest: wish.latest)
    try walk.check(series, encoding, period)
    self.period = period
    level = wish.level
    epochs = wish.epochs
  }

  private static let plainHorizon = 8
  private static let leastContext = 8
  private static let mostOrigins = 500

  /// What is forecast how far, and how it is judged, in two sentences.
  public var summary: String {
    let counts = series.map(\.count)
    let length =
      series.count == 1
      ? "\(counts[0]) steps (\(encoding.step.title)), \(series[0].axis.label(0)) to "
        + series[0].axis.label(counts[0] - 1)
      : "\(series.count) series of \(counts.min() ?? 0) to \(counts.max() ?? 0) steps "
        + "(\(encoding.step.title))"
    let refit = walk.refitEvery.map { ", models fitted anew after every \($0)" } ?? ""
    return
      "\(encoding.target): \(length). From \(encoding.context) steps \(encoding.horizon) ahead, "
      + "season \(period); judged on \(walk.origins) forecasts over the last "
      + "\(walk.testedSteps(horizon: encoding.horizon)) steps\(refit)."
  }

  /// How candidates are made.
  public func setting(on executor: any Executor = .cpu) -> ForecastCandidate.Setting {
    ForecastCandidate.Setting(
      period: period, level: level, seriesCount: series.count, epochs: epochs, executor: executor)
  }

  /// Walks along the series with candidates.
  ///
  /// - Throws: As ``ForecastComparison``.
  public func compare(
    _ candidates: [ForecastCandidate], seed: Seed = 0, on executor: any Executor = .cpu,
    began: (ForecastCandidate) -> Void = { _ in }
  ) async throws -> ForecastComparison {
    try await ForecastComparison(
      of: candidates, on: series, encoding: encoding, setting: setting(on: executor), walk: walk,
      seed: seed, began: began)
  }

  /// Fits a candidate to all that is known, as a model that forecasts tables.
  ///
  /// - Throws: What the learner throws.
  public func fit(
    _ candidate: ForecastCandidate, seed: Seed = 0, on executor: any Executor = .cpu
  ) async throws -> TrainedModel {
    let data = try encoding.windows(of: series, latest: walk.latest)
    return try await candidate.learner(setting(on: executor)).fit(data, seed: seed)
      .forecasting(encoding)
  }
}
