import Foundation
import MoruData
import MoruMetrics
public import MoruReport
import MoruTensors

extension ForecastComparison {
  /// All of the comparison as a page: the verdict, the candidates, what the best one forecast and forecasts,
  /// and its errors by step.
  ///
  /// - Parameters:
  ///   - plan: What was compared.
  ///   - forecasts: What comes, by the best candidate.
  ///   - source: What to call the data.
  public func page(of plan: ForecastPlan, forecasts: [Forecast], source: String) -> HTMLPage {
    let verdict = verdict
    let level: HTMLBlock.Level =
      switch verdict.outcome {
      case .beatsReference: .good
      case .doesNotBeatReference, .doesNotBeatBaselines: .warning
      case .undecided, .onlyBaselines: .neutral
      }
    var lead: [HTMLBlock] = [.note(level, verdict.headline)]
    if !verdict.remarks.isEmpty { lead.append(.list(verdict.remarks)) }
    lead.append(.paragraph(plan.summary))
    var sections = [
      HTMLPage.Section(
        "Candidates",
        [
          .table(HTMLTable(Self.heads, rows: rows.map { $0.map { .text($0) } })),
          .paragraph(
            "Skill is by how much the absolute error is less than that of \(reference.title), with its "
              + "interval over resampled blocks of neighbouring forecasts; p is Diebold and Mariano's. MASE is "
              + "measured by the seasonal naive forecast of the training part, sMAPE is in percent."
          ),
          .chart(errorsByStep),
        ])
    ]
    if let best {
      let pictures = plan.series.enumerated().prefix(Self.mostSeries).flatMap { place, one in
        [
          Self.past(of: best.backtest, series: place, of: plan),
          Self.future(of: forecasts[place], after: one, level: setting.level),
        ]
      }
      sections.append(
        HTMLPage.Section("Forecasts of \(best.backtest.learner)", [.charts(pictures)]))
      sections.append(
        HTMLPage.Section(
          "Errors by step",
          [
            .chart(Self.residuals(of: best.backtest)),
            .table(
              HTMLTable(
                Backtest.stepHeads, rows: best.backtest.stepRows.map { $0.map { .text($0) } })),
          ]))
    }
    return HTMLPage(
      title: "Forecast of \(plan.encoding.target), \(source)", lead: lead, sections: sections)
  }

  /// The judged part of the first series, and forecasts of it by the best candidate that follow one another;
  /// nil without candidates.
  public func walkedChart(of plan: ForecastPlan) -> LineChart? {
    best.map { Self.past(of: $0.backtest, series: 0, of: plan) }
  }

  /// Series that are drawn, of many.
  private static let mostSeries = 12

  /// The mean absolute error of each step ahead.
  private var errorsByStep: LineChart {
    LineChart(
      title: "Mean absolute error by step ahead", xTitle: "Step ahead",
      series: ranked.map { entry in
        LineChart.Series(
          name: entry.backtest.learner,
          values: entry.backtest.figures.steps.map(\.meanAbsoluteError))
      })
  }

  /// The judged part of a series and forecasts of it that follow one another.
  private static func past(
    of backtest: Backtest, series place: Int, of plan: ForecastPlan
  ) -> LineChart {
    let series = plan.series[place]
    let horizon = plan.encoding.horizon
    let tested = plan.walk.testedSteps(horizon: horizon)
    let start = max(0, series.count - tested - plan.encoding.context)
    var forecast = [Double](repeating: .nan, count: series.count - start)
    var (lower, upper) = (forecast, forecast)
    let middle = ForecastFigures.middle(of: backtest.quantiles)
    // From the last one back, so that those that are drawn end with the series.
    var end = series.count
    for origin in (0..<plan.walk.origins).reversed() {
      let first = series.count - horizon - (plan.walk.origins - 1 - origin) * plan.walk.stride
      guard first + horizon <= end else { continue }
      end = first
      let made = backtest.forecasts[origin * plan.series.count + place]
      for (step, quantiles) in made.forecast.enumerated() {
        forecast[first - start + step] = quantiles[middle]
        lower[first - start + step] = quantiles[0]
        upper[first - start + step] = quantiles[quantiles.count - 1]
      }
    }
    return LineChart(
      title: series.name.map { "\($0): what was forecast, and what came" }
        ?? "What was forecast, and what came",
      xTitle: "Time", labels: (start..<series.count).map(series.axis.label),
      series: [
        LineChart.Series(name: backtest.learner, values: forecast),
        LineChart.Series(
          name: plan.encoding.target,
          values: (start..<series.count).map { series.isFilled[$0] ? .nan : series.values[$0] }),
      ],
      bands: backtest.quantiles.count > 1
        ? [LineChart.Band(name: "interval", lower: lower, upper: upper)] : [])
  }

  /// The end of a series, and what comes.
  private static func future(
    of forecast: Forecast, after series: TimeSeries, level: Double
  ) -> LineChart {
    let horizon = forecast.times.count
    let start = max(0, series.count - 3 * horizon)
    let known = (start..<series.count).map { series.isFilled[$0] ? .nan : series.values[$0] }
    let gap = [Double](repeating: .nan, count: known.count)
    let middle = ForecastFigures.middle(of: forecast.quantiles)
    return LineChart(
      title: series.name.map { "\($0): what comes" } ?? "What comes", xTitle: "Time",
      labels: (start..<series.count).map(series.axis.label) + forecast.times,
      series: [
        LineChart.Series(name: "forecast", values: gap + forecast.values.map { $0[middle] }),
        LineChart.Series(name: "known", values: known),
      ],
      bands: forecast.quantiles.count > 1
        ? [
          LineChart.Band(
            name: "\(percent(level)) interval",
            lower: gap + forecast.values.map { $0[0] },
            upper: gap + forecast.values.map { $0[forecast.quantiles.count - 1] })
        ] : [])
  }

  /// Where the residuals of each step lie: their median, and nine tenths of them.
  private static func residuals(of backtest: Backtest) -> LineChart {
    let middle = ForecastFigures.middle(of: backtest.quantiles)
    let steps = backtest.forecasts.first?.forecast.count ?? 0
    let sorted = (0..<steps).map { step in
      backtest.forecasts.compactMap { made in
        made.truth[step].map { $0 - made.forecast[step][middle] }
      }.sorted()
    }
    return LineChart(
      title: "What came less what was forecast, by step ahead", xTitle: "Step ahead",
      series: [LineChart.Series(name: "median", values: sorted.map { $0.quantile(0.5) })],
      bands: [
        LineChart.Band(
          name: "9 of 10 forecasts", lower: sorted.map { $0.quantile(0.05) },
          upper: sorted.map { $0.quantile(0.95) })
      ])
  }
}
