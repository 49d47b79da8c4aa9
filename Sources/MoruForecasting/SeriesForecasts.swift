public import MoruModels
public import MoruTensors

/// What a model forecasts of some windows: at each step ahead some quantiles.
public struct SeriesForecasts: Sendable, Equatable {
  /// Which quantiles are forecast, from the least on; ½ alone without intervals.
  public let quantiles: [Double]
  /// Steps ahead.
  public let horizon: Int
  /// Number of windows.
  public let count: Int
  /// `[windows, horizon, quantiles]`
  private let values: [Double]

  /// Reads the output of a model.
  ///
  /// - Parameter output: `[windows, horizon]` or `[windows, horizon, quantiles]`.
  /// - Throws: `ForecastingError.notAForecaster` for another shape.
  public init(_ output: HostTensor, of model: TrainedModel) throws {
    quantiles = model.signature.outputs.first?.quantiles ?? [0.5]
    let shape = output.shape.dimensions
    guard shape.count >= 2, shape.dropFirst(2).reduce(1, *) == quantiles.count else {
      throw ForecastingError.notAForecaster
    }
    (count, horizon) = (shape[0], shape[1])
    values = try output.converted(to: .float64).array()
  }

  /// The quantiles of a window's step, from 0.
  public subscript(window: Int, step: Int) -> [Double] {
    let start = (window * horizon + step) * quantiles.count
    return Array(values[start..<start + quantiles.count])
  }
}
