public import MoruData
public import MoruModels
public import MoruTensors

/// The forecast of a time series that repeats its last season: the value `period` steps before, from
/// the last `period` values of the window over and over.
///
/// With a period of 1 it says that everything stays as it is: `SeasonalNaive.lastValue`.
///
/// - Source: Hyndman, Athanasopoulos 2021, "Forecasting: Principles and Practice", 5.2,
///   https://otexts.com/fpp3/simple-methods.html.
public struct SeasonalNaive: ClassicalLearner {
  /// Steps in a season, at least 1.
  public let period: Int
  /// Which feature of each time step is the series itself, for windows `[time, features]`.
  public let feature: Int

  /// A forecast by the value `period` steps before.
  public init(period: Int, feature: Int = 0) {
    self.period = period
    self.feature = feature
  }

  /// A forecast by the last value that is known.
  public static let lastValue = SeasonalNaive(period: 1)

  public var name: String { period == 1 ? "last value" : "value \(period) steps before" }

  public func learn(_ data: Dataset, seed: Seed) throws -> TrainedModel {
    try check("period", period, atLeast: 1)
    let windows = try WindowForecast(data, feature: feature, for: self)
    guard period <= windows.steps else {
      throw refusal("period", "is longer than the windows of \(windows.steps) steps")
    }
    return try windows.model(by: name, from: data, seed: seed) { ahead in
      [(windows.steps - period + ahead % period, 1)]
    }
  }
}
