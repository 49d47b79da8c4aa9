import Foundation
internal import MoruArchive
import MoruData
import MoruMetrics

extension ForecastComparison {
  /// The candidates as a table for a terminal, best first, baselines marked.
  package var table: String {
    var table = TextTable(Self.heads)
    for row in rows { table.append(row) }
    return table.text
  }

  /// What the columns of ``rows`` are called.
  public static let heads = [
    "model", "MAE", "RMSE", "MASE", "sMAPE", "pinball", "covered", "width", "skill",
    "95 % interval",
    "p", "time",
  ]

  /// The candidates from the least error on.
  public var ranked: [Entry] {
    entries.sorted {
      $0.backtest.figures.overall.meanAbsoluteError < $1.backtest.figures.overall.meanAbsoluteError
    }
  }

  /// A row of each candidate from the least error on: its name, figures and skill in words.
  public var rows: [[String]] {
    ranked.map { entry in
      let name = entry.backtest.learner + (entry.candidate.isBaseline ? " (baseline)" : "")
      let skill = entry.skill
      let range = skill?.interval.map {
        "\(ForecastVerdict.signed($0.lower)) to \(ForecastVerdict.signed($0.upper))"
      }
      return [name] + entry.backtest.figures.overall.cells + [
        skill.map { ForecastVerdict.signed($0.value) }
          ?? (entry.candidate == reference ? "reference" : "–"),
        range ?? "–", skill?.test.map { String(format: "%.2g", $0.pValue) } ?? "–",
        String(format: "%.1f s", entry.duration / .seconds(1)),
      ]
    }
  }
}

extension Backtest {
  /// The figures of each step ahead as a table for a terminal.
  package var stepTable: String {
    var table = TextTable(Self.stepHeads)
    for row in stepRows { table.append(row) }
    return table.text
  }

  static let stepHeads = ["step", "MAE", "RMSE", "MASE", "sMAPE", "pinball", "covered", "width"]

  /// A row of each step ahead, in the order of `stepHeads`.
  var stepRows: [[String]] {
    figures.steps.enumerated().map { place, step in ["+\(place + 1)"] + step.cells }
  }
}

extension ForecastFigures.Step {
  /// The figures in words; a dash for one that is not defined.
  var cells: [String] {
    func number(_ value: Double?) -> String { value.map { String(format: "%.4g", $0) } ?? "–" }
    return [
      number(meanAbsoluteError), number(rootMeanSquaredError), number(meanAbsoluteScaledError),
      String(format: "%.2f", symmetricPercentageError), number(pinballLoss),
      coverage.map { percent($0) } ?? "–", number(width),
    ]
  }
}

extension ForecastVerdict {
  /// A share in percent with its sign.
  static func signed(_ share: Double) -> String { (share > 0 ? "+" : "") + percent(share) }
}

extension Forecast {
  /// The forecast as a table for a terminal.
  package var table: String {
    var table = TextTable(["time", "forecast"] + intervalHeads)
    let middle = ForecastFigures.middle(of: quantiles)
    for (time, values) in zip(times, values) {
      let ends = quantiles.count > 1 ? [values[0], values[values.count - 1]] : []
      table.append([time] + ([values[middle]] + ends).map { "\(Float($0))" })
    }
    return table.text
  }

  private var intervalHeads: [String] {
    guard quantiles.count > 1, let first = quantiles.first, let last = quantiles.last else {
      return []
    }
    return [first, last].map { percent($0) }
  }
}
