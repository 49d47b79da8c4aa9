public import MoruCPU
public import MoruData
public import MoruGraph
public import MoruModels
import MoruTensors

extension TrainedModel {
  /// The model as one that takes a table: with the encoding inside that made the windows it learned from.
  ///
  /// - Throws: `ForecastingError.notAForecaster` if it takes other windows.
  public func forecasting(_ encoding: SeriesEncoding) throws -> TrainedModel {
    guard let input = signature.inputs.first, signature.inputs.count == 1,
      input.shape.dimensions == [encoding.context, encoding.features.count]
    else { throw ForecastingError.notAForecaster }
    let taking = ModelInput(
      name: input.name, dtype: input.dtype, shape: input.shape,
      content: InputContent(series: encoding))
    return try TrainedModel(
      layer: layer, weights: weights,
      signature: ModelSignature(inputs: [taking], outputs: signature.outputs), training: training)
  }

  /// Forecasts what comes after the last known value of each series of a table.
  ///
  /// - Throws: `ForecastingError.notAForecaster` for a model without an encoding of series; `DataError` for a
  ///   table that is no such series.
  public func forecast(_ table: Table, on executor: any Executor = .cpu) async throws -> [Forecast]
  {
    guard let encoding = signature.inputs.first?.content.series else {
      throw ForecastingError.notAForecaster
    }
    let windows = try encoding.lastWindows(of: encoding.series(in: table), source: table.source)
    let output = try await Predictor(self, on: executor).predict([windows.batch])[0]
    let forecasts = try SeriesForecasts(output, of: self)
    return windows.names.indices.map { series in
      Forecast(
        series: windows.names[series], times: windows.steps[series],
        quantiles: forecasts.quantiles,
        values: (0..<forecasts.horizon).map { forecasts[series, $0] })
    }
  }
}

/// What is forecast of one series.
public struct Forecast: Codable, Sendable, Equatable {
  /// The series: its key, or the table's name.
  public let series: String
  /// When each step is.
  public let times: [String]
  /// Which quantiles are forecast, from the least on; ½ alone without intervals.
  public let quantiles: [Double]
  /// The quantiles of each step.
  public let values: [[Double]]
}
