/// Looks for rows that are in more than one part of a data set, such as training and test tables.
public enum TablePartsCheck {
  /// What concerns several parts: equal and nearly equal rows, and columns that not all have.
  ///
  /// - Parameter target: The column to be predicted: rows of equal features leak whatever it says.
  public static func findings(between tables: [Table], target: String? = nil) -> [Finding] {
    guard let first = tables.first, tables.count > 1 else { return [] }
    var findings = heads(tables.map { ($0.source, $0.names) })
    let names = first.names.filter { name in tables.allSatisfy { $0.names.contains(name) } }
    let inputs = names.filter { $0 != target }
    guard !inputs.isEmpty else { return findings }
    let columns = inputs.map { Table.Column(joining: $0, of: tables) }
    let rowCount = tables.reduce(0) { $0 + $1.rowCount }
    let exact = Duplicates(count: rowCount, keys: columns.map(\.keys), targets: nil)
    let near = DuplicateCheck.near(columns, rowCount: rowCount)
    let parts = tables.enumerated().flatMap { part, table in
      (0..<table.rowCount).map { (part: part, row: $0) }
    }
    func leaks(_ groups: [[Int]]) -> [[Int]] {
      groups.filter { group in Set(group.map { parts[$0].part }).count > 1 }
    }
    let equal = leaks(exact.groups)
    let alike = leaks(near?.groups ?? exact.groups)
    guard !alike.isEmpty || !equal.isEmpty else { return findings }
    let shown = equal.isEmpty ? alike : equal
    let count = max(alike.count, equal.count)
    findings.append(
      leak(
        count,
        "\(counted(count, "row")) of features (\(equal.count) exactly, the others nearly)",
        examples: shown.prefix(Finding.exampleLimit).map { group in
          var seen: Set<Int> = []
          return group.filter { seen.insert(parts[$0].part).inserted }.map { place in
            tables[parts[place].part].place(ofRow: parts[place].row)
          }.joined(separator: " = ")
        }))
    return findings
  }

  /// The same of tables that were read once: rows of equal features in two parts, if these have the same
  /// columns.
  public static func findings(between scans: [TableScan]) -> [Finding] {
    let heads = heads(scans.map { ($0.source, $0.columns.map(\.name)) })
    guard heads.isEmpty else { return heads }
    return scans.indices.flatMap { place in
      scans[..<place].compactMap { earlier -> Finding? in
        let (first, second) = (earlier, scans[place])
        let common = first.inputs.common(with: second.inputs)
        guard common.count > 0 else { return nil }
        let about = first.inputs.isExact && second.inputs.isExact ? "" : "About "
        return leak(
          common.count, "\(about)\(counted(common.count, "row")) of equal features",
          examples: common.lines.prefix(Finding.exampleLimit).map {
            "\(first.source):\($0.0) = \(second.source):\($0.1)"
          })
      }
    }
  }

  /// Columns that not all parts have.
  private static func heads(_ parts: [(source: String, names: [String])]) -> [Finding] {
    let all = Set(parts.flatMap(\.names))
    let lacking = parts.flatMap { part in
      all.subtracting(part.names).sorted().map { "\(part.source) has no '\($0)'" }
    }
    guard !lacking.isEmpty else { return [] }
    return [
      Finding(
        .missingColumn, .warning, count: lacking.count, "Not every part has every column.",
        examples: Array(lacking.prefix(Finding.exampleLimit)),
        advice: "Compare the heads: parts of one data set have the same columns.")
    ]
  }

  private static func leak(_ count: Int, _ what: String, examples: [String]) -> Finding {
    Finding(
      .leakBetweenParts, .problem, count: count,
      "\(what) \(count == 1 ? "is" : "are") in more than one part.", examples: examples,
      advice: "Take them out of one part, or the verdict is better than the truth. "
        + "`moru data split` makes parts without such pairs.")
  }
}

extension Table.Column {
  /// The columns of one name in several tables, one below the other; text if any of them is.
  init(joining name: String, of tables: [Table]) {
    let columns = tables.compactMap { table in table.columns.first { $0.name == name } }
    let kinds = Set(columns.map(\.kind))
    guard kinds.contains(.text) else {
      self.init(
        name: name, kind: kinds.contains(.real) ? .real : .whole,
        numbers: columns.flatMap { column -> [Double] in
          if case .numbers(let numbers) = column.values { numbers } else { [] }
        })
      return
    }
    var categories: [String] = []
    var places: [String: Int32] = [:]
    var codes: [Int32] = []
    for (table, column) in zip(tables, columns) {
      for row in 0..<table.rowCount {
        guard let text = column.text(at: row) else {
          codes.append(-1)
          continue
        }
        if places[text] == nil {
          places[text] = Int32(categories.count)
          categories.append(text)
        }
        codes.append(places[text] ?? -1)
      }
    }
    self.init(name: name, codes: codes, categories: categories)
  }
}
