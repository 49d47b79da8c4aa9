internal import Foundation

/// Numbers far from the middle of their column.
struct OutlierCheck: TableCheck {
  /// Columns of fewer kinds of numbers are codes or counts, not measures.
  private static let leastKinds = 10

  func findings(in inspected: InspectedTable) -> [Finding] {
    inspected.table.columns.compactMap { column in
      guard let (scale, rows) = Self.outliers(in: column), !rows.isEmpty,
        case .numbers(let numbers) = column.values
      else { return nil }
      let farthest = rows.sorted {
        (abs(scale.score(numbers[$1])), $0) < (abs(scale.score(numbers[$0])), $1)
      }
      let greatest = abs(scale.score(numbers[farthest[0]]))
      return Finding(
        .outliers, greatest > 10 ? .warning : .note, columns: [column.name], count: rows.count,
        "Column '\(column.name)' has \(counted(rows.count, "number")) "
          + "(\(percent(rows.count, of: inspected.table.rowCount))) far from its middle "
          + "(robust z above 3.5; the farthest \(String(format: "%.1f", greatest))).",
        examples: inspected.examples(farthest, of: column),
        advice:
          "Look whether they are true: correct errors of writing or of units; for a long tail "
          + "take the logarithm.")
    }
  }

  /// The rows of a column's outliers, ascending; nil for columns that are no measures.
  static func outliers(in column: Table.Column) -> (scale: RobustScale, rows: [Int])? {
    guard case .numbers(let numbers) = column.values else { return nil }
    let present = numbers.filter { !$0.isNaN }
    guard Set(present).count >= leastKinds, let scale = RobustScale(present) else { return nil }
    let rows = numbers.indices.filter {
      !numbers[$0].isNaN && abs(scale.score(numbers[$0])) > RobustScale.outlierScore
    }
    return (scale, rows)
  }
}
