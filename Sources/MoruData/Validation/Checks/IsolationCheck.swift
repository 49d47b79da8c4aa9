internal import Foundation
internal import MoruTensors

/// Rows whose numbers are together unlike all others, though each may be ordinary by itself.
struct IsolationCheck: TableCheck {
  private static let leastRows = 50
  /// "Very close to 1" in the words of the source; ordinary rows have 0.4 to 0.5.
  private static let score = 0.7

  func findings(in inspected: InspectedTable) -> [Finding] {
    let rowCount = inspected.table.rowCount
    let columns = inspected.inputs.compactMap { column -> (name: String, numbers: [Double])? in
      guard case .numbers(let numbers) = column.values,
        let middle = RobustScale(numbers.filter { !$0.isNaN })?.median
      else { return nil }
      return (column.name, numbers.map { $0.isNaN ? middle : $0 })
    }
    guard rowCount >= Self.leastRows, columns.count > 1 else { return [] }
    let numbers = columns.map(\.numbers)
    let scores = IsolationForest(columns: numbers, seed: Seed(0)).scores(columns: numbers)
    let rows = scores.indices.filter { scores[$0] >= Self.score }
      .sorted { (scores[$1], $0) < (scores[$0], $1) }
    guard !rows.isEmpty else { return [] }
    let examples = rows.prefix(Finding.exampleLimit).map { row in
      let text =
        "\(inspected.table.place(ofRow: row)): score \(String(format: "%.2f", scores[row]))"
      return text + (farthest(columns, row).map { ", mostly by '\($0)'" } ?? "")
    }
    return [
      Finding(
        .isolatedRows, .note, count: rows.count,
        "\(counted(rows.count, "row")) (\(percent(rows.count, of: rowCount))) "
          + "\(rows.count == 1 ? "is" : "are") unlike all others in the number columns together "
          + "(isolation forest, score from \(Self.score)).",
        examples: examples,
        advice: "Look at them: they may be errors, or the rare thing you look for.")
    ]
  }

  /// The column in which the row lies farthest from the middle.
  private func farthest(_ columns: [(name: String, numbers: [Double])], _ row: Int) -> String? {
    columns.compactMap { column in
      RobustScale(column.numbers).map { (column.name, abs($0.score(column.numbers[row]))) }
    }.max { $0.1 < $1.1 }?.0
  }
}
