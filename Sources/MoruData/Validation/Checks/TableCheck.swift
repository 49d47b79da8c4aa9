/// Looks at a table for things of one sort.
protocol TableCheck: Sendable {
  func findings(in inspected: InspectedTable) -> [Finding]
}

/// All checks of tables, in the order in which findings of one weight are reported.
enum TableChecks {
  static let all: [any TableCheck] = [
    TargetCheck(), LeakageCheck(), DuplicateCheck(), ConstantColumnCheck(), MissingCheck(),
    MixedTypeCheck(), CategoryCheck(), TextFormCheck(), OutlierCheck(), IsolationCheck(),
  ]
}

/// A table with what several checks need to know of it.
struct InspectedTable {
  let table: Table
  let target: Table.Column?
  let targetValues: TargetValues?
  /// The columns but the target.
  let inputs: [Table.Column]

  init(_ table: Table, target: String?) throws(DataError) {
    self.table = table
    if let target {
      let column = try table.column(target)
      self.target = column
      targetValues = TargetValues(column)
    } else {
      self.target = nil
      targetValues = nil
    }
    inputs = table.columns.filter { $0.name != target }
  }

  /// Where the first few rows stand, with what a column holds there.
  func examples(_ rows: some Sequence<Int>, of column: Table.Column? = nil) -> [String] {
    rows.prefix(Finding.exampleLimit).map { row in
      let place = table.place(ofRow: row)
      guard let column else { return place }
      return "\(place): \(column.text(at: row).map { "'\($0)'" } ?? "no value")"
    }
  }

  /// The first row of each of the first few categories that fulfil a condition, and how many cells
  /// hold such.
  func cells(
    of column: Table.Column, where condition: (String) -> Bool
  ) -> (count: Int, categories: [String], examples: [String]) {
    guard case .text(let codes, let categories) = column.values else { return (0, [], []) }
    let isWanted = categories.map(condition)
    guard isWanted.contains(true) else { return (0, [], []) }
    var firstRows: [Int32: Int] = [:]
    var count = 0
    for (row, code) in codes.enumerated() where code >= 0 && isWanted[Int(code)] {
      count += 1
      if firstRows[code] == nil { firstRows[code] = row }
    }
    return (
      count, zip(categories, isWanted).filter(\.1).map(\.0),
      examples(firstRows.values.sorted(), of: column)
    )
  }
}

/// "12.5 %", "0.04 %": a share of a total.
func percent(_ part: Int, of total: Int) -> String {
  let share = 100 * Double(part) / Double(max(total, 1))
  let digits = share >= 10 || share == 0 ? 10.0 : share >= 0.1 ? 100 : 10_000
  let rounded = (share * digits).rounded() / digits
  return (rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)") + " %"
}
