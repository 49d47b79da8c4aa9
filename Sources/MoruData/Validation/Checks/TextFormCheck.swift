/// Texts with spaces at their ends, or with characters that look like others.
struct TextFormCheck: TableCheck {
  func findings(in inspected: InspectedTable) -> [Finding] {
    inspected.table.columns.flatMap { column -> [Finding] in
      let spaced = inspected.cells(of: column) { text in
        text.first?.isWhitespace == true || text.last?.isWhitespace == true
      }
      let unusual = inspected.cells(of: column, where: TextForms.hasUnusualCharacters)
      var findings: [Finding] = []
      if spaced.count > 0 {
        findings.append(
          Finding(
            .unusualCharacters, .note, columns: [column.name], count: spaced.count,
            "Column '\(column.name)' has \(counted(spaced.count, "cell")) with spaces at the ends.",
            examples: spaced.examples, advice: "Trim them. `moru data clean` does it."))
      }
      if unusual.count > 0 {
        findings.append(
          Finding(
            .unusualCharacters, .warning, columns: [column.name], count: unusual.count,
            "Column '\(column.name)' has \(counted(unusual.count, "cell")) with characters of full "
              + "width, unusual spaces or characters that cannot be seen.",
            examples: unusual.examples,
            advice: "Write plain letters, digits and spaces: `１２` and `12` are different texts."))
      }
      return findings
    }
  }
}
