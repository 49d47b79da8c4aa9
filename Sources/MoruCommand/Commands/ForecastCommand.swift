internal import ArgumentParser
internal import Foundation
internal import MoruArchive
internal import MoruData
internal import MoruForecasting
internal import MoruMetrics
internal import MoruModels
internal import MoruReport
internal import MoruTensors

/// `moru forecast`
struct ForecastCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "forecast",
    abstract: "Forecast a time series, and say honestly how good that is.",
    discussion: """
      DATA is a table whose rows are steps in order of time. Models and baselines forecast the last part of it from \
      what was known before, time after time; the best one is then fitted to all and forecasts what comes. Columns \
      that are known ahead stand in further rows whose target is empty.

      Example: moru forecast flights.csv --target passengers --period 12 --report flights.html -o flights.moru
      Example: moru forecast 매출.csv --target 매출 --time 날짜 --calendar weekday --missing carry
      """)

  @Argument(help: ArgumentHelp("A CSV or .jsonl file.", valueName: "data"))
  var data: String
  @OptionGroup var columns: SeriesOptions
  @Option(help: ArgumentHelp("Steps to forecast (default: a season).", valueName: "n"))
  var horizon: Int?
  @Option(
    help: ArgumentHelp("Steps that a forecast is made from (default: two seasons).", valueName: "n")
  )
  var context: Int?
  @Option(
    help: ArgumentHelp(
      "What to compare beside the baselines (default: all); may be repeated.", valueName: "model"))
  var model: [ForecastCandidate] = []
  @OptionGroup var walk: WalkOptions
  @Option(help: ArgumentHelp("How often intervals shall hold the true value.", valueName: "share"))
  var level = 0.9
  @Option(help: ArgumentHelp("Most epochs of a network's training.", valueName: "n"))
  var epochs = 300
  @Option(help: ArgumentHelp("Decides every random choice.", valueName: "n"))
  var seed: UInt64 = 0
  @Option(name: .shortAndLong, help: ArgumentHelp("Save the best model.", valueName: "file.moru"))
  var output: String?
  @Option(help: ArgumentHelp("Write all of it as an HTML page.", valueName: "file.html"))
  var report: String?
  @OptionGroup var processor: ExecutorOption
  @Flag(help: "Print one JSON object; texts go to standard error.")
  var json = false

  func run() async throws {
    let table = try Table(
      at: URL(filePath: data), asText: Set([columns.steps.series].compactMap { $0 }))
    let plan = try ForecastPlan(wish, of: table)
    let printed = Output(isJSON: json)
    printed.text(plan.summary + "\n")
    let candidates = model.isEmpty ? ForecastCandidate.allCases : Self.withBaselines(model)
    let comparison = try await plan.compare(
      candidates, seed: Seed(seed), on: processor.executor
    ) { candidate in
      FileHandle.standardError.write(Data("judging \(candidate.rawValue)\n".utf8))
    }
    printed.text(comparison.table + "\n")
    let verdict = comparison.verdict
    printed.text(([verdict.headline] + verdict.remarks).joined(separator: "\n"))
    guard let best = comparison.best else { return }
    printed.section("\(best.backtest.learner) by step ahead", best.backtest.stepTable)
    let fitted = try await plan.fit(best.candidate, seed: Seed(seed), on: processor.executor)
    let forecasts = try await fitted.forecast(table, on: processor.executor)
    for forecast in forecasts {
      let title = forecasts.count > 1 ? "\(forecast.series), by " : "What comes, by "
      printed.section(title + best.backtest.learner, forecast.table)
    }
    if let output {
      try fitted.save(output)
      printed.text("\nmodel written to \(output)")
    }
    if let report {
      try comparison.page(of: plan, forecasts: forecasts, source: table.source)
        .write(to: URL(filePath: report))
      printed.text("report written to \(report)")
    }
    try printed.json(
      ForecastJSON(plan, comparison, forecasts: forecasts, source: table.source))
  }

  private var wish: ForecastPlan.Wish {
    var wish = ForecastPlan.Wish(target: columns.target)
    wish.time = columns.steps.time
    wish.key = columns.steps.series
    wish.past = columns.past
    wish.known = columns.known
    wish.calendar = columns.calendar
    wish.missing = columns.missing
    wish.period = columns.steps.period
    wish.horizon = horizon
    wish.context = context
    wish.origins = walk.origins
    wish.stride = walk.stride
    wish.refitEvery = walk.refit
    wish.latest = walk.latest
    wish.level = level
    wish.epochs = epochs
    return wish
  }

  /// The baselines always stand beside.
  private static func withBaselines(_ models: [ForecastCandidate]) -> [ForecastCandidate] {
    ForecastCandidate.allCases.filter { $0.isBaseline || $0 == .linear || models.contains($0) }
  }
}

/// Which columns are what.
struct SeriesOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The column to forecast.", valueName: "column"))
  var target: String
  @OptionGroup var steps: StepOptions
  @Option(help: ArgumentHelp("A column that is known up to the present.", valueName: "column"))
  var past: [String] = []
  @Option(help: ArgumentHelp("A column that is known ahead.", valueName: "column"))
  var known: [String] = []
  @Option(
    help: ArgumentHelp(
      "What of the date is known ahead; may be repeated.", valueName: "part"))
  var calendar: [CalendarFeature] = []
  @Option(
    help: ArgumentHelp(
      "What becomes of steps without a value; carry goes on with the last.", valueName: "policy"
    ))
  var missing = SeriesEncoding.MissingPolicy.error
}

/// Which forecasts are judged, and how often models are fitted for them.
struct WalkOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Forecasts to judge (default: those of the last three tenths).", valueName: "n"))
  var origins: Int?
  @Option(help: ArgumentHelp("Steps from one of them to the next.", valueName: "n"))
  var stride = 1
  @Option(
    help: ArgumentHelp("Fit models anew after so many forecasts (default: once).", valueName: "n"))
  var refit: Int?
  @Option(help: ArgumentHelp("Learn from so many latest steps (default: all).", valueName: "n"))
  var latest: Int?
}

/// What `moru forecast` came to, as JSON.
private struct ForecastJSON: Encodable {
  struct Model: Encodable {
    let model: ForecastCandidate
    let baseline: Bool
    let figures: ForecastFigures
    let skill: ForecastSkill?
    let seconds: Double
  }

  let source: String
  let step: String
  let period: Int
  let horizon: Int
  let context: Int
  let origins: Int
  let level: Double
  let reference: ForecastCandidate
  let models: [Model]
  let verdict: ForecastVerdict
  let best: ForecastCandidate?
  let forecasts: [Forecast]

  init(
    _ plan: ForecastPlan, _ comparison: ForecastComparison, forecasts: [Forecast], source: String
  ) {
    self.source = source
    step = plan.encoding.step.title
    period = plan.period
    horizon = plan.encoding.horizon
    context = plan.encoding.context
    origins = plan.walk.origins
    level = plan.level
    reference = comparison.reference
    models = comparison.ranked.map {
      Model(
        model: $0.candidate, baseline: $0.candidate.isBaseline, figures: $0.backtest.figures,
        skill: $0.skill, seconds: $0.duration / .seconds(1))
    }
    verdict = comparison.verdict
    best = comparison.best?.candidate
    self.forecasts = forecasts
  }
}
