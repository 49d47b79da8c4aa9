/// Looks at a table for things of one sort.
protocol TableCheck: Sendable {
  func findings(in inspected: InspectedTable) -> [Finding]
}

/// All checks of tables, in the order in which findings of one weight are reported.
enum TableChecks {
  static let all: [any TableCheck] = [
    DamagedRowsCheck(), TargetCheck(), LeakageCheck(), DuplicateCheck(), ConstantColumnCheck(),
    MissingCheck(),
    MixedTypeCheck(), CategoryCheck(), TextFormCheck(), OutlierCheck(), IsolationCheck(),
  ]
}

/// A table with what several checks need to know of it.
struct InspectedTable {
  /// The rows; of a table that is not kept in memory, those that were drawn.
  let table: Table
  /// What one reading of all rows told; nil where they are all in the table.
  let scan: TableScan?
  /// What each column holds, by all rows.
  private let summaries: [String: DataReport.Column]
  let target: Table.Column?
  let targetValues: TargetValues?
  /// The columns but the target.
  let inputs: [Table.Column]

  /// A table that is in memory.
  init(_ table: Table, target: String?) throws(DataError) {
    try self.init(table, nil, table.columns.map(DataReport.Column.init), target: target)
  }

  /// A table that was read once.
  init(_ scan: TableScan, target: String?) throws(DataError) {
    try self.init(scan.drawn, scan, scan.columns, target: target)
  }

  private init(
    _ table: Table, _ scan: TableScan?, _ summaries: [DataReport.Column], target: String?
  ) throws(DataError) {
    self.table = table
    self.scan = scan
    self.summaries = Dictionary(
      summaries.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
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

  /// Number of all rows.
  var rowCount: Int { scan?.rowCount ?? table.rowCount }

  /// What was read.
  var reading: ReadingReport? { scan?.reading ?? table.reading }

  /// What a column holds, by all rows.
  func summary(_ column: Table.Column) -> DataReport.Column {
    summaries[column.name] ?? DataReport.Column(column)
  }

  /// Samples of each class, by all rows; nil where the target is not classes.
  var classCounts: [(label: String, count: Int)]? {
    if let scan { return scan.classes.isEmpty ? nil : scan.classes.map { ($0.label, $0.count) } }
    guard case .classes(let classes, let labels) = targetValues else { return nil }
    var counts = [Int](repeating: 0, count: labels.count)
    for place in classes where place >= 0 { counts[place] += 1 }
    return zip(labels, counts).map { ($0, $1) }
  }

  /// A finding with what it was counted in, if that is not all rows.
  func placed(_ finding: Finding) -> Finding {
    guard let scan, scan.drawn.rowCount < scan.rowCount, !finding.kind.countsAllRows else {
      return finding
    }
    return Finding(
      finding.kind, finding.severity, columns: finding.columns, count: finding.count,
      finding.message + " (Of \(scan.drawn.rowCount) rows drawn from \(scan.rowCount).)",
      examples: finding.examples, advice: finding.advice)
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
