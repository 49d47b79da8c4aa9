/// Columns that tell nothing: without a value, with one value only, with another one in each row, or
/// equal to an earlier column.
struct ConstantColumnCheck: TableCheck {
  /// In fewer rows different values are no surprise.
  private static let leastUniqueRows = 20

  func findings(in inspected: InspectedTable) -> [Finding] {
    let rowCount = inspected.rowCount
    var findings: [Finding] = []
    for column in inspected.inputs {
      let summary = inspected.summary(column)
      let present = rowCount - summary.missing
      if present == 0 {
        findings.append(
          Finding(
            .emptyColumn, .warning, columns: [column.name], count: 1,
            "Column '\(column.name)' has no value at all.",
            advice: "Leave it out, or find out why it was not recorded."))
      } else if summary.isConstant, rowCount > 1 {
        findings.append(
          Finding(
            .constantColumn, .warning, columns: [column.name], count: 1,
            "Column '\(column.name)' has the same value in every row"
              + (summary.missing > 0 ? " that has one." : "."),
            examples: inspected.examples(
              (0..<inspected.table.rowCount).lazy.filter { column.text(at: $0) != nil }.prefix(1),
              of: column),
            advice: "Leave it out: it tells nothing. `moru data clean` drops it."))
      } else if summary.distinct == present, present >= Self.leastUniqueRows,
        column.kind != .real
      {
        findings.append(
          Finding(
            .uniqueColumn, .note, columns: [column.name], count: 1,
            "Column '\(column.name)' has another value in every row, like a serial number.",
            examples: inspected.examples(0..<min(2, inspected.table.rowCount), of: column),
            advice:
              "Leave it out of the features, unless it is a text to be read or a true measure."))
      }
    }
    return findings + equalColumns(inspected)
  }

  private func equalColumns(_ inspected: InspectedTable) -> [Finding] {
    var firsts: [(name: String, texts: Table.Column.Values)] = []
    var findings: [Finding] = []
    for column in inspected.table.columns {
      if let first = firsts.first(where: { areEqual($0.texts, column.values) }) {
        findings.append(
          Finding(
            .equalColumns, .warning, columns: [first.name, column.name], count: 1,
            "Columns '\(first.name)' and '\(column.name)' are equal in every row.",
            examples: inspected.examples(0..<min(2, inspected.table.rowCount), of: column),
            advice: "Keep one of them."
              + ([first.name, column.name].contains(inspected.target?.name ?? "")
                ? " One is the target: whatever learns from the other learns the answer." : "")))
      } else if column.missingCount < inspected.table.rowCount,
        inspected.summary(column).distinct != 1
      {
        firsts.append((column.name, column.values))
      }
    }
    return findings
  }

  private func areEqual(_ one: Table.Column.Values, _ other: Table.Column.Values) -> Bool {
    switch (one, other) {
    case (.numbers(let one), .numbers(let other)):
      zip(one, other).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) }
    // Codes are in order of first appearance, so equal texts have equal codes.
    case (.text(let one, let words), .text(let other, let others)):
      words == others && one == other
    case (.numbers, .text), (.text, .numbers): false
    }
  }
}
