/// Rows that occur more than once, exactly or nearly, and equal rows with different targets.
struct DuplicateCheck: TableCheck {
  func findings(in inspected: InspectedTable) -> [Finding] {
    let table = inspected.table
    let keys = inspected.inputs.map(\.keys)
    let exact = Duplicates(count: table.rowCount, keys: keys, targets: inspected.target?.keys)
    if let scan = inspected.scan {
      let repeats = scan.repeats.map { "\(scan.source):\($0.first) = \(scan.source):\($0.again)" }
      return repeated(
        scan.duplicates, of: scan.rowCount, isExact: scan.isExact, examples: repeats)
        + conflicting(
          scan.conflicts ?? 0, inspected, isExact: scan.isExact,
          examples: conflicts(exact, inspected))
        + near(inspected, beyond: exact)
    }
    let whole =
      inspected.target == nil || exact.duplicates == 0
      ? exact
      : Duplicates(count: table.rowCount, keys: table.columns.map(\.keys), targets: nil)
    return repeated(
      exact.duplicates, of: table.rowCount, isExact: true, examples: examples(whole.groups, table))
      + conflicting(
        exact.conflicts ?? 0, inspected, isExact: true, examples: conflicts(exact, inspected))
      + near(inspected, beyond: exact)
  }

  private func repeated(
    _ count: Int, of rowCount: Int, isExact: Bool, examples: [String]
  ) -> [Finding] {
    guard count > 0 else { return [] }
    return [
      Finding(
        .duplicates, .warning, count: count,
        "\(isExact ? "" : "About ")\(counted(count, "row")) (\(percent(count, of: rowCount))) "
          + "\(count == 1 ? "repeats" : "repeat") an earlier one in every cell.",
        examples: examples,
        advice: "Keep one of each, or its twin may be judged on after training has seen it. "
          + "`moru data clean` drops them; `moru data split` keeps them on one side.")
    ]
  }

  private func conflicting(
    _ count: Int, _ inspected: InspectedTable, isExact: Bool, examples: [String]
  ) -> [Finding] {
    guard count > 0, let target = inspected.target else { return [] }
    return [
      Finding(
        .labelConflicts, .problem, columns: [target.name], count: count,
        "\(isExact ? "" : "About ")\(counted(count, "combination")) of features "
          + "\(count == 1 ? "occurs" : "occur") with more than one value of '\(target.name)'.",
        examples: examples,
        advice: "Find out which is right, or which column that tells them apart is lacking. "
          + "`moru data clean` drops all of them.")
    ]
  }

  /// Equal rows with different targets.
  private func conflicts(_ exact: Duplicates, _ inspected: InspectedTable) -> [String] {
    guard let target = inspected.target, exact.conflicts ?? 0 > 0 else { return [] }
    return exact.groups.filter { group in Set(group.map { target.text(at: $0) }).count > 1 }
      .prefix(Finding.exampleLimit).map { group in
        group.prefix(4).map { row in
          "\(inspected.table.place(ofRow: row)): '\(target.text(at: row) ?? "")'"
        }.joined(separator: ", ")
      }
  }

  private func near(_ inspected: InspectedTable, beyond exact: Duplicates) -> [Finding] {
    let table = inspected.table
    guard let near = Self.near(inspected.inputs, rowCount: table.rowCount) else { return [] }
    var exactGroup = [Int](0..<table.rowCount)
    for group in exact.groups { for row in group { exactGroup[row] = group[0] } }
    let groups = near.groups.filter { group in
      Set(group.map { exactGroup[$0] }).count > 1
    }
    guard !groups.isEmpty else { return [] }
    let count = groups.reduce(0) { $0 + Set($1.map { exactGroup[$0] }).count - 1 }
    return [
      Finding(
        .nearDuplicates, .warning, count: count,
        "\(counted(count, "row")) (\(percent(count, of: table.rowCount))) "
          + "\(count == 1 ? "is" : "are") nearly equal to an earlier one: equal but for case, spaces, a "
          + "thousandth of each column's spread, and serial numbers.",
        examples: examples(groups, table),
        advice: "Look whether they are the same thing recorded twice. "
          + "`moru data split` keeps them on one side.")
    ]
  }

  private func examples(_ groups: [[Int]], _ table: Table) -> [String] {
    groups.prefix(Finding.exampleLimit).map { group in
      group.prefix(4).map(table.place).joined(separator: " = ")
        + (group.count > 4 ? " = … (\(group.count))" : "")
    }
  }

  /// Groups of rows that are nearly equal in these columns; nil if too few of them tell rows apart.
  static func near(_ columns: [Table.Column], rowCount: Int) -> Duplicates? {
    let telling = columns.filter { !isSerial($0) }
    guard telling.count > 1 || telling.count == columns.count else { return nil }
    return Duplicates(count: rowCount, keys: telling.map(roughKeys), targets: nil)
  }

  /// Whether a column numbers or names the rows: without gaps to speak of, or by a word for each.
  private static func isSerial(_ column: Table.Column) -> Bool {
    let summary = DataReport.Column(column)
    switch column.values {
    case .numbers(let numbers):
      guard column.kind == .whole, summary.distinct == numbers.count, numbers.count > 2,
        let low = summary.minimum, let high = summary.maximum
      else { return false }
      return high - low < 2 * Double(numbers.count)
    case .text(let codes, let categories):
      return categories.count == codes.count && codes.count > 2
        && !categories.contains { $0.contains(where: \.isWhitespace) }
    }
  }

  /// A number for each cell that nearly equal cells share: numbers that are not whole rounded to a
  /// thousandth of the column's spread, texts in canonical form.
  private static func roughKeys(_ column: Table.Column) -> [Int64] {
    switch column.values {
    case .numbers(let numbers):
      guard column.kind == .real, let scale = RobustScale(numbers.filter { !$0.isNaN }),
        scale.scale > 0
      else {
        return column.keys
      }
      return numbers.map { number in
        guard !number.isNaN else { return Int64.min }
        let steps = (scale.score(number) * 1000).rounded()
        return Int64(exactly: steps) ?? Int64(bitPattern: number.bitPattern)
      }
    case .text(let codes, let categories):
      var places: [String: Int64] = [:]
      let keys = categories.enumerated().map { place, text in
        let form = TextForms.canonical(text)
        let key = places[form] ?? Int64(place)
        places[form] = key
        return key
      }
      return codes.map { $0 < 0 ? -1 : keys[Int($0)] }
    }
  }
}
