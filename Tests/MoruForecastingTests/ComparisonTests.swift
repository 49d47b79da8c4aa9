import Foundation
import MoruData
import MoruForecasting
import MoruMetrics
import MoruModels
import MoruReport
import MoruTensors
import Testing

@Suite("Comparisons of forecasts") struct ComparisonTests {
  private func plan(_ table: Table, _ change: (inout ForecastPlan.Wish) -> Void = { _ in }) throws
    -> ForecastPlan
  {
    var wish = ForecastPlan.Wish(target: "승객")
    wish.time = "월"
    wish.horizon = 3
    wish.epochs = 3
    change(&wish)
    return try ForecastPlan(wish, of: table)
  }

  @Test("complete what is not said by the table's times and length")
  func completion() throws {
    let plan = try plan(seasonal(count: 100)) { $0.horizon = nil }
    #expect(plan.period == 12)
    #expect(plan.encoding.horizon == 12)
    #expect(plan.encoding.context == 24)
    #expect(
      plan.summary
        == "승객: 100 steps (1 month), 2010-01 to 2018-04. From 24 steps 12 ahead, season 12; judged on 29 "
        + "forecasts over the last 40 steps.")
  }

  @Test("say that a model beats the seasonal naive forecast where it does, the same each time")
  func better() async throws {
    let table = try seasonal(count: 120)
    let plan = try plan(table)
    let comparison = try await plan.compare([.seasonalNaive, .drift, .linear, .nbeats], seed: 1)
    #expect(comparison.entries.map(\.candidate) == [.seasonalNaive, .drift, .linear, .nbeats])
    #expect(comparison.reference == .seasonalNaive)
    #expect(comparison.best?.candidate == .linear)
    let verdict = comparison.verdict
    #expect(verdict.outcome == .beatsReference)
    #expect(verdict.headline.hasPrefix("ridge regression errs "))
    #expect(
      verdict.headline.contains(" less than the seasonal naive forecast (skill, 95 % interval "))
    #expect(
      verdict.remarks[0].hasPrefix("The best of 2 learned models was chosen on these forecasts"))
    #expect(
      verdict.remarks.last?.hasPrefix("The 90 % intervals of ridge regression covered") == true)
    let again = try await plan.compare([.seasonalNaive, .drift, .linear, .nbeats], seed: 1)
    for (one, other) in zip(comparison.entries, again.entries) {
      #expect(one.backtest.forecasts == other.backtest.forecasts)
    }

    let model = try await plan.fit(.linear)
    let page = comparison.page(
      of: plan, forecasts: try await model.forecast(table), source: "승객.csv"
    ).html()
    for text in [
      "Forecast of 승객, 승객.csv", "ridge regression", "Mean absolute error by step ahead",
      "What was forecast, and what came", "What comes", "2020-01", "9 of 10 forecasts",
    ] { #expect(page.contains(text), "\(text)") }
  }

  @Test("say that a model does not beat the reference where nothing can")
  func noBetter() async throws {
    var value = 100.0
    let rows = Seed(11).uniform(count: 160).map { draw in
      value += draw - 0.5
      return "\(value)"
    }
    var wish = ForecastPlan.Wish(target: "값")
    wish.horizon = 2
    let plan = try ForecastPlan(wish, of: table("값\n" + rows.joined(separator: "\n")))
    #expect(plan.period == 1)
    let comparison = try await plan.compare([.seasonalNaive, .linear])
    // The season of one step is the last value itself.
    #expect(comparison.entries.map(\.candidate) == [.naive, .linear])
    #expect(comparison.verdict.outcome == .doesNotBeatReference)
    #expect(
      comparison.verdict.headline.hasPrefix(
        "ridge regression, the best learned model, does not beat the last value: it errs "))
  }

  @Test("say that no model beats the baselines where another of them is the better one")
  func otherBaseline() async throws {
    var value = 500.0
    let rows = Seed(4).uniform(count: 200).map { draw in
      value += 4 * (draw - 0.5)
      return "\(value)"
    }
    var wish = ForecastPlan.Wish(target: "값")
    (wish.horizon, wish.period, wish.context) = (2, 12, 24)
    let plan = try ForecastPlan(wish, of: table("값\n" + rows.joined(separator: "\n")))
    let verdict = try await plan.compare([.naive, .seasonalNaive, .linear]).verdict
    #expect(verdict.outcome == .doesNotBeatBaselines)
    #expect(
      verdict.headline.hasPrefix("No learned model beats the baselines: ridge regression errs "))
    #expect(verdict.headline.hasSuffix("but the last value errs less still."))
  }

  @Test("cannot tell from few forecasts, and say where there is no scaled error")
  func undecided() async throws {
    let few = try await plan(seasonal(count: 100)) { $0.origins = 4 }.compare([.linear])
    #expect(few.verdict.outcome == .undecided)
    #expect(
      few.verdict.headline.hasPrefix("Too few forecasts to tell whether ridge regression beats"))
    let constant = try table(
      "월,승객\n" + (0..<80).map { "\(1900 + $0),5" }.joined(separator: "\n"))
    let comparison = try await plan(constant).compare([.drift, .linear])
    #expect(
      comparison.entries.allSatisfy { $0.backtest.figures.overall.meanAbsoluteScaledError == nil })
    #expect(comparison.verdict.remarks.contains { $0.hasPrefix("There is no scaled error (MASE)") })
    let bare = try await plan(constant).compare([.drift])
    #expect(bare.verdict.headline == "Only baselines were compared.")
  }

  @Test("take several series at once, each cut as far from its end")
  func several() async throws {
    let rows = (0..<70).flatMap { step -> [String] in
      let wave = sin(Double(step) / 3)
      return ["작은,\(step),\(wave)"] + (step < 60 ? ["큰,\(step),\(1000 + 300 * wave)"] : [])
    }
    let table = try table("이름,t,값\n" + rows.joined(separator: "\n"), asText: ["이름"])
    var wish = ForecastPlan.Wish(target: "값")
    (wish.time, wish.key, wish.horizon) = ("t", "이름", 2)
    let plan = try ForecastPlan(wish, of: table)
    let comparison = try await plan.compare([.linear])
    let made = try #require(comparison.best).backtest.forecasts
    #expect(made.suffix(2).map(\.series) == ["작은", "큰"])
    #expect(made.suffix(2).map(\.times) == [["68", "69"], ["58", "59"]])
    #expect(comparison.best?.candidate == .linear)
    // Intervals are as wide as each series moves.
    let widths = made.suffix(2).map { $0.forecast[0][2] - $0.forecast[0][0] }
    #expect(widths[1] > 20 * widths[0])
    let forecasts = try await plan.fit(.linear).forecast(table)
    #expect(forecasts.map(\.times) == [["70", "71"], ["60", "61"]])
    #expect(plan.summary.hasPrefix("값: 2 series of 60 to 70 steps (1). "))
  }

  @Test("refuse numbers that make no sense, with a next step")
  func refusals() async throws {
    let table = try seasonal(count: 100)
    func says(_ change: (inout ForecastPlan.Wish) -> Void) async -> String {
      await message { _ = try plan(table, change) }
    }
    #expect(
      await says { $0.horizon = 0 } == "horizon is 0. Choose a whole number from 1 to 1000000000.")
    for far in [Int.max, Int.max / 2] {
      #expect(await says { $0.period = far }.hasPrefix("period is \(far). Choose"))
      #expect(await says { $0.origins = far }.hasPrefix("origins is \(far). Choose"))
      #expect(await says { $0.stride = far }.hasPrefix("stride is \(far). Choose"))
    }
    #expect(
      await says { $0.level = 1.5 }
        == "level of intervals is 1.5. Choose a number between 0 and 1.")
    #expect(
      await says { $0.period = 200 }
        == "period of 200 steps is longer than the series of 100. Choose a shorter period, or pass a longer "
        + "series.")
    #expect(
      await says { ($0.period, $0.context) = (12, 6) }
        == "context of 6 steps does not hold a season of 12. Choose a context of at least 12, or a shorter "
        + "period.")
  }

  @Test("say how long a series has to be")
  func tooShort() async throws {
    let table = try seasonal(count: 30)
    #expect(
      await message { _ = try await plan(table) { $0.origins = 10 }.compare([.naive]) }
        == "The series has 30 steps, and this takes at least 39. Judge fewer forecasts, or use a shorter "
        + "context or horizon.")
  }
}
