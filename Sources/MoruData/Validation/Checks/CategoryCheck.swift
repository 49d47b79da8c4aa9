/// Categories that are one and the same but for case, spaces or the width of letters.
struct CategoryCheck: TableCheck {
  func findings(in inspected: InspectedTable) -> [Finding] {
    inspected.table.columns.compactMap { column in
      let variants = Self.variants(of: column)
      guard !variants.isEmpty, case .text(let codes, let categories) = column.values
      else { return nil }
      let rare = Set(variants.flatMap { $0.dropFirst() })
      let rows = codes.indices.lazy.filter { codes[$0] >= 0 && rare.contains(Int(codes[$0])) }
      let shown = variants.prefix(3).map { group in
        group.map { "'\(categories[$0])'" }.joined(separator: " = ")
      }
      return Finding(
        .categoryVariants, .warning, columns: [column.name], count: variants.count,
        "Column '\(column.name)' writes \(counted(variants.count, "category", "categories")) in "
          + "several ways: \(shown.joined(separator: ", "))"
          + (variants.count > 3 ? ", …." : "."),
        examples: inspected.examples(rows, of: column),
        advice: "Write each category in one way. `moru data clean` takes the most frequent one.")
    }
  }

  /// Groups of codes that are variants of one category, the most frequent of each group first.
  static func variants(of column: Table.Column) -> [[Int]] {
    guard case .text(let codes, let categories) = column.values else { return [] }
    let groups = Dictionary(grouping: categories.indices) { TextForms.canonical(categories[$0]) }
      .filter { $0.value.count > 1 && !$0.key.isEmpty }
    guard !groups.isEmpty else { return [] }
    var counts = [Int](repeating: 0, count: categories.count)
    for code in codes where code >= 0 { counts[Int(code)] += 1 }
    return groups.values.map { group in
      group.sorted { (counts[$1], $0) < (counts[$0], $1) }
    }.sorted { $0[0] < $1[0] }
  }
}
