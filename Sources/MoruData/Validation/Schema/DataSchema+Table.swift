internal import Foundation
internal import MoruArchive
internal import MoruTensors

extension DataSchema {
  /// What in a table breaks the rules (problems), and what has moved (warnings); the weightiest first.
  public func findings(in table: Table) -> [Finding] {
    var findings: [Finding] = []
    for rule in columns {
      guard let column = table.columns.first(where: { $0.name == rule.name }) else {
        if rule.required { findings.append(missing(rule, in: table)) }
        continue
      }
      findings += ColumnValidation(rule: rule, column: column, table: table).findings
    }
    let known = Set(columns.map(\.name))
    for name in table.names where !known.contains(name) {
      findings.append(
        Finding(
          .unknownColumn, .warning, columns: [name], count: 1,
          "Column '\(name)' is not in the schema.",
          advice: "Leave it out, or add it to the schema if it is to stay."))
    }
    return findings.byWeight
  }

  private func missing(_ rule: ColumnSchema, in table: Table) -> Finding {
    let near = nearest(rule.name, among: table.names)
    return Finding(
      .missingColumn, .problem, columns: [rule.name], count: 1,
      "Column '\(rule.name)' is missing.",
      advice: near.map { "Is it '\($0)'? Then rename it; else find out why it is lacking." }
        ?? "Find out why it is lacking, or write `required: false` into the schema.")
  }
}

/// One column against its rules.
private struct ColumnValidation {
  let rule: ColumnSchema
  let column: Table.Column
  let table: Table

  private var name: String { rule.name }

  var findings: [Finding] {
    let missing = missingFindings
    switch rule.type {
    case .whole, .real:
      guard case .numbers(let numbers) = column.values else { return missing + [notNumbers] }
      return missing + numberFindings(numbers) + repeatFindings
    case .category, .text:
      // Numbers are texts as well: categories may be `0` and `1`.
      return missing + categoryFindings + repeatFindings
    }
  }

  private func examples(_ rows: some Sequence<Int>) -> [String] {
    rows.prefix(Finding.exampleLimit).map { row in
      "\(table.place(ofRow: row))" + (column.text(at: row).map { ": '\($0)'" } ?? "")
    }
  }

  private func problem(
    _ kind: Finding.Kind, _ rows: [Int], _ message: String, advice: String
  ) -> Finding {
    Finding(
      kind, .problem, columns: [name], count: rows.count, message, examples: examples(rows),
      advice: advice)
  }

  private var missingFindings: [Finding] {
    let count = column.missingCount
    guard Double(count) > rule.maximumMissing * Double(table.rowCount) else { return [] }
    let rows = (0..<table.rowCount).filter { column.text(at: $0) == nil }
    return [
      problem(
        .missingRate, rows,
        "Column '\(name)' has no value in \(percent(count, of: table.rowCount)) of the rows; at most "
          + "\(percent(rule.maximumMissing)) may lack it.",
        advice: "Find out why it was not recorded; raise maximumMissing if that is as it should be."
      )
    ]
  }

  private var notNumbers: Finding {
    let rows = (0..<table.rowCount).filter { row in
      column.text(at: row).map { TextForms.plainNumber($0) == nil } ?? false
    }
    return problem(
      .wrongType, rows,
      "Column '\(name)' holds text in \(counted(rows.count, "cell")) where numbers are expected.",
      advice: "Correct these cells, or leave them empty if the value is not known.")
  }

  private func numberFindings(_ numbers: [Double]) -> [Finding] {
    var findings: [Finding] = []
    if rule.type == .whole {
      let rows = numbers.indices.filter {
        !numbers[$0].isNaN && numbers[$0].rounded() != numbers[$0]
      }
      if !rows.isEmpty {
        findings.append(
          problem(
            .wrongType, rows,
            "Column '\(name)' holds \(counted(rows.count, "number")) that "
              + "\(rows.count == 1 ? "is" : "are") not whole.",
            advice: "Correct them, or write `type: real` into the schema."))
      }
    }
    let outside = numbers.indices.filter { row in
      numbers[row] < rule.minimum ?? -.infinity || numbers[row] > rule.maximum ?? .infinity
    }
    if !outside.isEmpty {
      let range = [
        rule.minimum.map { "from \(Table.Column.text(of: $0))" },
        rule.maximum.map { "to \(Table.Column.text(of: $0))" },
      ].compactMap { $0 }.joined(separator: " ")
      findings.append(
        problem(
          .outOfRange, outside,
          "Column '\(name)' holds \(counted(outside.count, "number")) outside the range \(range).",
          advice: "Look for errors of writing or of units; widen the range if they are true."))
    }
    return findings + numberDrift(numbers.filter { !$0.isNaN })
  }

  private func numberDrift(_ numbers: [Double]) -> [Finding] {
    guard rule.quantiles.count > 1, !numbers.isEmpty,
      let test = KolmogorovSmirnov(
        rule.quantiles, numbers, counts: (max(rule.samples, 1), numbers.count))
    else { return [] }
    let edges = Quantiles.edges(of: rule.quantiles, bins: 10)
    func counts(_ values: [Double]) -> [Double] {
      var counts = [Double](repeating: 0, count: edges.count + 1)
      for value in values { counts[Quantiles.bin(of: value, in: edges)] += 1 }
      return counts
    }
    let index = StabilityIndex.value(counts(rule.quantiles), counts(numbers))
    let middles = (
      rule.quantiles.quantile(0.5), numbers.isEmpty ? 0 : numbers.sorted().quantile(0.5)
    )
    return drift(
      index, pValue: test.pValue,
      String(
        format: "its median was %.4g and is %.4g; Kolmogorov–Smirnov D %.3f", middles.0, middles.1,
        test.statistic))
  }

  private var categoryFindings: [Finding] {
    guard rule.type == .category else { return [] }
    var places: [String: Int] = [:]
    for (place, category) in rule.categories.enumerated() { places[category] = place }
    var counts = [Double](repeating: 0, count: rule.categories.count + 1)
    var unseen: [Int] = []
    var firsts: [String: Int] = [:]
    for row in 0..<table.rowCount {
      guard let text = column.text(at: row) else { continue }
      if let place = places[text] {
        counts[place] += 1
      } else {
        counts[rule.categories.count] += 1
        unseen.append(row)
        if firsts[text] == nil { firsts[text] = row }
      }
    }
    var findings: [Finding] = []
    if !unseen.isEmpty {
      let variant = firsts.keys.sorted().first { text in
        rule.categories.contains { TextForms.canonical($0) == TextForms.canonical(text) }
      }
      findings.append(
        Finding(
          .unseenCategories, .problem, columns: [name], count: unseen.count,
          "Column '\(name)' holds \(counted(firsts.count, "category", "categories")) that the schema "
            + "does not have, in \(counted(unseen.count, "cell")).",
          examples: examples(firsts.values.sorted()),
          advice: variant.map {
            "'\($0)' is a known one written otherwise: `moru data clean` helps."
          }
            ?? "Correct them, or add them to the schema and train again with them."))
    }
    if !rule.counts.isEmpty {
      let before = rule.counts.map { Double($0) } + [0]
      if let test = ChiSquare([before, counts]) {
        findings += drift(
          StabilityIndex.value(before, counts), pValue: test.pValue,
          String(format: "chi-square %.1f", test.statistic))
      }
    }
    return findings
  }

  /// A change that is large and not by chance.
  private func drift(_ index: Double, pValue: Double, _ detail: String) -> [Finding] {
    guard pValue < DataSchema.chance, index >= min(DataSchema.smallDrift, rule.maximumDrift) else {
      return []
    }
    let isLarge = index >= rule.maximumDrift
    return [
      Finding(
        .drift, isLarge ? .problem : .warning, columns: [name], count: 1,
        "Column '\(name)' is spread otherwise than in the schema (stability index "
          + String(format: "%.2f", index) + ", p \(DataSchema.text(pValue: pValue)); \(detail)).",
        advice: "Find out what has changed: the process, the sensor or the way of recording. "
          + "A model trained on the old data may no longer hold.")
    ]
  }

  private var repeatFindings: [Finding] {
    guard rule.unique else { return [] }
    var seen: Set<String> = []
    let rows = (0..<table.rowCount).filter { row in
      column.text(at: row).map { !seen.insert($0).inserted } ?? false
    }
    guard !rows.isEmpty else { return [] }
    return [
      problem(
        .repeatedValues, rows,
        "Column '\(name)' repeats \(counted(rows.count, "value")) where each is to occur once.",
        advice: "Look for rows recorded twice, or write `unique: false` into the schema.")
    ]
  }
}

extension DataSchema {
  /// Changes that chance makes more often are not reported.
  static let chance = 0.001
  /// Smaller stability indices are not reported.
  static let smallDrift = 0.1

  static func text(pValue: Double) -> String {
    pValue < 1e-6 ? "below 0.000001" : String(format: "%.6f", pValue)
  }
}
