public import MoruData
public import MoruModels
public import MoruTensors

/// The forecast of a time series that goes on from its last value as it went over the window on the whole:
/// `y_T + h · (y_T − y_1) / (T − 1)` for `h` steps ahead.
///
/// - Source: Hyndman, Athanasopoulos 2021, "Forecasting: Principles and Practice", 5.2,
///   https://otexts.com/fpp3/simple-methods.html; there `y_1` is the first value of all that is known, here
///   of the window.
public struct Drift: ClassicalLearner {
  public let name = "drift"
  /// Which feature of each time step is the series itself, for windows `[time, features]`.
  public let feature: Int

  /// A forecast along the line from the window's first value to its last.
  public init(feature: Int = 0) { self.feature = feature }

  public func learn(_ data: Dataset, seed: Seed) throws -> TrainedModel {
    let windows = try WindowForecast(data, feature: feature, for: self)
    let last = windows.steps - 1
    guard last > 0 else { throw refusal("window", "must have at least two steps for a slope") }
    return try windows.model(by: name, from: data, seed: seed) { ahead in
      let slope = Double(ahead + 1) / Double(last)
      return [(last, 1 + slope), (0, -slope)]
    }
  }
}
