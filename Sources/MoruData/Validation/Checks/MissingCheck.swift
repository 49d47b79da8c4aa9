/// Missing values, and words that stand for them.
struct MissingCheck: TableCheck {
  /// From this share on a column is mostly missing.
  private static let highShare = 0.5

  func findings(in inspected: InspectedTable) -> [Finding] {
    let rowCount = inspected.rowCount
    return inspected.inputs.flatMap { column -> [Finding] in
      var findings: [Finding] = []
      let missing = inspected.summary(column).missing
      if missing > 0, missing < rowCount {
        let isHigh = Double(missing) >= Self.highShare * Double(rowCount)
        findings.append(
          Finding(
            .missingValues, isHigh ? .warning : .note, columns: [column.name], count: missing,
            "Column '\(column.name)' has no value in \(counted(missing, "row")) "
              + "(\(percent(missing, of: rowCount))).",
            examples: inspected.examples(
              (0..<inspected.table.rowCount).lazy.filter { column.text(at: $0) == nil }),
            advice: isHigh
              ? "Ask whether being missing means something; else leave the column out."
              : "Choose an imputation; it is fitted to training rows alone."))
      }
      let words = inspected.cells(of: column, where: TextForms.meansMissing)
      if words.count > 0 {
        findings.append(
          Finding(
            .missingWords, .warning, columns: [column.name], count: words.count,
            "Column '\(column.name)' writes missing values as "
              + words.categories.prefix(4).map { "'\($0)'" }.joined(separator: ", ") + ".",
            examples: words.examples,
            advice: "Leave such cells empty, or they count as a value of their own. "
              + "`moru data clean --with missing-words` does it."))
      }
      return findings
    }
  }
}
