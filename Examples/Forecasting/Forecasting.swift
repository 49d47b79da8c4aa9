import Foundation
import Moru

// What docs/forecasting.md shows, in its order. Run it at the repository's root.

let table = try Table(at: URL(filePath: "Examples/data/sunspots.csv"))
var wish = ForecastPlan.Wish(target: "SUNACTIVITY")
wish.time = "YEAR"
wish.period = 11
let plan = try ForecastPlan(wish, of: table)
let comparison = try await plan.compare([.drift, .linear, .gru])
print(comparison.verdict.headline)

let model = try await plan.fit(.linear)
try model.save("runs/sunspots.moru")
let forecasts = try await model.forecast(table)
for forecast in forecasts {
  for (time, values) in zip(forecast.times, forecast.values) { print(time, values) }
}
try comparison.page(of: plan, forecasts: forecasts, source: table.source)
  .write(to: URL(filePath: "runs/sunspots.html"))

let encoding = try SeriesEncoding(
  fitting: table, target: "SUNACTIVITY", time: "YEAR", context: 22, horizon: 5)
let series = try encoding.series(in: table)
let learner = SplitConformal(
  NormalizedWindows(
    ForecastNetwork(.tcn(filters: 16), quantiles: [0.1, 0.5, 0.9], epochs: 50)),
  level: 0.8)
let walk = WalkForward(origins: 60, stride: 1, refitEvery: 20)
let backtest = try await walk.judge(learner, on: series, encoding: encoding, period: 11)
for (step, figures) in backtest.figures.steps.enumerated() {
  print("+\(step + 1)", figures.meanAbsoluteError, figures.coverage ?? .nan)
}

let naive = try await walk.judge(
  SeasonalNaive(period: 11), on: series, encoding: encoding, period: 11)
if let skill = try backtest.skill(over: naive) {
  print(skill.value, skill.interval?.description ?? "too few", skill.test?.pValue ?? .nan)
}
