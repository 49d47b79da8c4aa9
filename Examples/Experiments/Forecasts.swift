import Foundation
import Moru

/// Forecasts of real series: candidates beside baselines.
struct Forecasts: Experiment {
  static let name = "forecasting"
  private let data: URL
  private let pictures: URL

  init(data: URL, pictures: URL) {
    self.data = data.appending(path: "tabular")
    self.pictures = pictures
  }

  /// A series and what is asked of it.
  private struct Task {
    let title: String
    let file: String
    let picture: String
    let wish: ForecastPlan.Wish

    init(
      _ title: String, _ file: String, picture: String, target: String,
      _ change: (inout ForecastPlan.Wish) -> Void
    ) {
      self.title = title
      self.file = file
      self.picture = picture
      var wish = ForecastPlan.Wish(target: target)
      change(&wish)
      self.wish = wish
    }
  }

  private static let tasks = [
    Task(
      "Airline passengers by month, 1949 to 1960", "flights.csv", picture: "forecast-flights",
      target: "passengers"
    ) { $0.period = 12 },
    Task(
      "Sunspots by year, 1700 to 2008", "sunspots.csv", picture: "forecast-sunspots",
      target: "SUNACTIVITY"
    ) {
      $0.time = "YEAR"
      $0.period = 11
    },
    Task(
      "CO₂ at Mauna Loa by week, 1958 to 2001", "co2.csv", picture: "forecast-co2", target: "co2"
    ) {
      $0.time = "date"
      $0.missing = .carry
      $0.horizon = 26
      $0.origins = 200
      $0.stride = 2
      $0.epochs = 60
    },
    Task(
      "IBM's share by trading day, 2000 to 2013", "ibm_stock.csv", picture: "forecast-ibm",
      target: "Adj Close"
    ) {
      $0.horizon = 5
      $0.context = 20
    },
  ]

  func run() async throws -> String {
    var sections: [String] = []
    for task in Self.tasks {
      FileHandle.standardError.write(Data("\(task.title)\n".utf8))
      sections.append(try await section(task))
    }
    return """
      ## Forecasts of real series

      `Benchmarks/experiments --data DIR forecasting`, seed 0. Candidates as `moru forecast` makes them, fitted \
      once to what lies before the first forecast; the 90 % intervals are learned there as well. Best first; \
      skill is by how much the absolute error is less than the seasonal naive forecast's (without a season, \
      than the last value's), with its interval over resampled blocks of neighbouring forecasts.

      \(sections.joined(separator: "\n\n"))
      """
  }

  private func section(_ task: Task) async throws -> String {
    let table = try Table(at: data.appending(path: task.file))
    let plan = try ForecastPlan(task.wish, of: table)
    let comparison = try await plan.compare(ForecastCandidate.allCases)
    try comparison.walkedChart(of: plan)?.svg()
      .write(
        to: pictures.appending(path: "\(task.picture).svg"), atomically: true, encoding: .utf8)
    let verdict = comparison.verdict
    return """
      ### \(task.title)

      \(plan.summary)

      \(Markdown.table(ForecastComparison.heads, comparison.rows))

      \(([verdict.headline] + verdict.remarks).joined(separator: " "))

      ![The series, forecasts that follow one another, and their intervals](images/\(task.picture).svg)
      """
  }
}
