/// Text columns that are meant to be numbers or days.
struct MixedTypeCheck: TableCheck {
  /// From this share of cells on the rest looks like a mistake.
  private static let usualShare = 0.9

  func findings(in inspected: InspectedTable) -> [Finding] {
    inspected.table.columns.flatMap { column -> [Finding] in
      guard case .text(let codes, let categories) = column.values else { return wholeDates(column) }
      let present = codes.count { $0 >= 0 }
      guard present > 0 else { return [] }
      let plain = categories.map { TextForms.plainNumber($0) != nil }
      let spelt = categories.map { TextForms.number($0) != nil }
      let numeric = codes.count { $0 >= 0 && plain[Int($0)] }
      let readable = codes.count { $0 >= 0 && (spelt[Int($0)] || plain[Int($0)]) }
      let mark = Self.usualShare * Double(present)
      if Double(readable) >= mark, readable > numeric {
        let cells = inspected.cells(of: column) {
          TextForms.plainNumber($0) == nil && TextForms.number($0) != nil
        }
        return [
          Finding(
            .numbersAsText, .warning, columns: [column.name], count: cells.count,
            "Column '\(column.name)' writes numbers in a form that is read as text.",
            examples: cells.examples,
            advice: "Write digits only, with a point before decimals and the unit in the head. "
              + "`moru data clean` does it.")
        ] + (readable < present ? [mixed(inspected, column, readable, present)] : [])
      }
      if Double(numeric) >= mark { return [mixed(inspected, column, numeric, present)] }
      let dates = categories.map(TextForms.isDate)
      let dateCount = codes.count { $0 >= 0 && dates[Int($0)] }
      guard Double(dateCount) >= mark else { return [] }
      let others = inspected.cells(of: column) { !TextForms.isDate($0) }
      return [
        Finding(
          .datesAsText, .note, columns: [column.name], count: dateCount,
          "Column '\(column.name)' holds days, which are read as text.",
          examples: others.count > 0 ? others.examples : inspected.examples(0..<2, of: column),
          advice: (others.count > 0
            ? "\(counted(others.count, "cell")) cannot be read as a day: correct them. " : "")
            + "Make numbers of them (year, month, day of the week), and split by time.")
      ]
    }
  }

  /// Whether nearly all cells can be read as numbers, some only in a form for people.
  static func isMeantAsNumbers(_ codes: [Int32], _ categories: [String]) -> Bool {
    let readable = categories.map { TextForms.number($0) != nil }
    let present = codes.count { $0 >= 0 }
    let count = codes.count { $0 >= 0 && readable[Int($0)] }
    return present > 0 && Double(count) >= usualShare * Double(present)
  }

  private func mixed(
    _ inspected: InspectedTable, _ column: Table.Column, _ numeric: Int, _ present: Int
  ) -> Finding {
    let texts = inspected.cells(of: column) {
      TextForms.plainNumber($0) == nil && TextForms.number($0) == nil
    }
    return Finding(
      .mixedTypes, .warning, columns: [column.name], count: texts.count,
      "Column '\(column.name)' holds numbers in \(numeric) of \(present) cells, and text in the "
        + "others, so all of it is read as text.",
      examples: texts.examples,
      advice: "Correct these cells, or leave them empty if the value is not known.")
  }

  private func wholeDates(_ column: Table.Column) -> [Finding] {
    guard column.kind == .whole, case .numbers(let numbers) = column.values else { return [] }
    let present = numbers.filter { !$0.isNaN }
    guard present.count > 1, present.allSatisfy({ (18_000_101...22_001_231).contains($0) }),
      present.allSatisfy({ TextForms.isDate(Table.Column.text(of: $0)) })
    else { return [] }
    return [
      Finding(
        .datesAsText, .note, columns: [column.name], count: present.count,
        "Column '\(column.name)' holds days written as one number, such as "
          + "\(Table.Column.text(of: present[0])).",
        advice: "Make year, month and day of the week of it: as a number it jumps at each month.")
    ]
  }
}
