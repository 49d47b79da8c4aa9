import MoruTensors

/// How far forecasts of several steps lie from what came, at each step and over all.
public struct ForecastFigures: Codable, Sendable, Equatable {
  /// The figures of one step ahead, or of all.
  public struct Step: Codable, Sendable, Equatable {
    /// `Σ|e| / n`, in the series' unit.
    public let meanAbsoluteError: Double
    /// `√(Σe² / n)`, in the series' unit.
    public let rootMeanSquaredError: Double
    /// Mean absolute scaled error, `Σ(|e| / scale) / n`: below 1 the forecast is nearer than the seasonal
    /// naive one of a step was on the training part. Nil where that made no error.
    public let meanAbsoluteScaledError: Double?
    /// Symmetric mean absolute percentage error, `200 · Σ(|e| / (|y| + |ŷ|)) / n`, 0 … 200; an error of
    /// 0 counts as 0.
    public let symmetricPercentageError: Double
    /// The pinball loss, the mean over all quantiles that are forecast, in the series' unit; nil without
    /// intervals.
    public let pinballLoss: Double?
    /// The share of the true values within the interval; nil without intervals.
    public let coverage: Double?
    /// The mean width of the interval, in the series' unit; nil without intervals.
    public let width: Double?
  }

  /// The figures of each step ahead, from the first on.
  public let steps: [Step]
  /// The figures of all steps together.
  public let overall: Step
  /// Number of forecasts.
  public let count: Int

  /// Judges forecasts.
  ///
  /// - Parameters:
  ///   - truth: What came, `[forecasts, steps]`.
  ///   - predicted: What was forecast, of each quantile `[forecasts, steps]`, from the least quantile on.
  ///   - quantiles: Which quantiles those are; the one nearest to ½ is the forecast itself. The first and
  ///     the last are an interval's ends if there are several.
  ///   - scales: For each forecast the mean absolute error of the seasonal naive forecast on its series'
  ///     training part, `Σ|y_t − y_{t−m}| / n`; none of scaled errors if nil.
  /// - Throws: `MetricsError` if sizes do not fit, there are no forecasts or a quantile is outside 0…1.
  /// - Source: Hyndman & Koehler 2006, doi:10.1016/j.ijforecast.2006.03.001 (MASE); Makridakis et al. 2020,
  ///   doi:10.1016/j.ijforecast.2019.04.014 (sMAPE as in M4).
  public init(
    truth: NumberTable, predicted: [NumberTable], quantiles: [Double], scales: [Double]? = nil
  ) throws(MetricsError) {
    guard predicted.count == quantiles.count, !quantiles.isEmpty else {
      throw .lengthsDiffer(truth: quantiles.count, predicted: predicted.count)
    }
    for quantile in quantiles where !(0...1).contains(quantile) {
      throw .badSetting(name: "quantile", value: quantile, allowed: "a number between 0 and 1")
    }
    for table in predicted where table.width != truth.width || table.rows != truth.rows {
      throw .lengthsDiffer(truth: truth.values.count, predicted: table.values.count)
    }
    if let scales, scales.count != truth.rows {
      throw .weightCount(found: scales.count, samples: truth.rows)
    }
    count = truth.rows
    let middle = Self.middle(of: quantiles)
    /// The figures of the numbers at some places, each with the forecast it belongs to.
    func step(_ places: [Int]) throws(MetricsError) -> Step {
      func picked(_ table: NumberTable) -> [Double] { places.map { table.values[$0] } }
      let actual = picked(truth)
      let point = try RegressionFigures(truth: actual, predicted: picked(predicted[middle]))
      let errors = zip(actual, point.predicted).map { abs($1 - $0) }
      let owners = places.map { $0 / truth.width }
      var scaled: Double?
      if let scales, owners.allSatisfy({ scales[$0] > 0 }) {
        scaled = zip(errors, owners).map { $0 / scales[$1] }.mean
      }
      let percents = zip(errors, zip(actual, point.predicted)).map { error, pair in
        error == 0 ? 0 : 200 * error / (abs(pair.0) + abs(pair.1))
      }
      var (pinball, coverage, width): (Double?, Double?, Double?) = (nil, nil, nil)
      if quantiles.count > 1 {
        var sum = 0.0
        for (table, quantile) in zip(predicted, quantiles) {
          sum += try RegressionFigures(truth: actual, predicted: picked(table))
            .pinballLoss(alpha: quantile)
        }
        pinball = sum / Double(quantiles.count)
        let (lower, upper) = (picked(predicted[0]), picked(predicted[predicted.count - 1]))
        let inside = actual.indices.count { lower[$0] <= actual[$0] && actual[$0] <= upper[$0] }
        coverage = Double(inside) / Double(actual.count)
        width = zip(upper, lower).map { $0 - $1 }.mean
      }
      return Step(
        meanAbsoluteError: point.meanAbsoluteError,
        rootMeanSquaredError: point.rootMeanSquaredError, meanAbsoluteScaledError: scaled,
        symmetricPercentageError: percents.mean, pinballLoss: pinball, coverage: coverage,
        width: width)
    }
    overall = try step(Array(truth.values.indices))
    steps = try (0..<truth.width).map { column throws(MetricsError) in
      try step(Array(stride(from: column, to: truth.values.count, by: truth.width)))
    }
  }

  /// The place of the quantile nearest to ½, the first of equally near ones.
  package static func middle(of quantiles: [Double]) -> Int {
    quantiles.indices.min { abs(quantiles[$0] - 0.5) < abs(quantiles[$1] - 0.5) } ?? 0
  }
}
