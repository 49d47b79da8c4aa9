/// Rows without a target, and classes in very unequal numbers.
struct TargetCheck: TableCheck {
  /// The report of classes notes a rarest class below this share of the most frequent one.
  static let unevenRatio = 0.25
  static let rareRatio = 0.1
  static let fewSamples = 10

  func findings(in inspected: InspectedTable) -> [Finding] {
    guard let target = inspected.target else { return [] }
    var findings: [Finding] = []
    let missing = inspected.summary(target).missing
    if missing > 0 {
      findings.append(
        Finding(
          .missingTarget, .problem, columns: [target.name], count: missing,
          "The target '\(target.name)' has no value in \(counted(missing, "row")).",
          examples: inspected.examples(
            (0..<inspected.table.rowCount).lazy.filter { target.text(at: $0) == nil }),
          advice: "Fill it in, or take these rows out: nothing can be learned from them."))
    }
    if let counts = inspected.classCounts {
      findings += Self.imbalance(counts, column: target.name)
    }
    return findings
  }

  /// What there is to say of the sizes of classes.
  static func imbalance(_ classes: [(label: String, count: Int)], column: String?) -> [Finding] {
    let total = classes.reduce(0) { $0 + $1.count }
    guard let rarest = classes.min(by: { $0.count < $1.count }),
      let largest = classes.max(by: { $0.count < $1.count })
    else { return [] }
    let columns = column.map { [$0] } ?? []
    guard classes.count > 1 else {
      return [
        Finding(
          .classImbalance, .problem, columns: columns, count: total,
          "All samples are of class '\(rarest.label)'.",
          advice: "Add samples of another class: there is nothing to tell apart.")
      ]
    }
    let ratio = Double(rarest.count) / Double(largest.count)
    guard ratio < unevenRatio || rarest.count < fewSamples else { return [] }
    return [
      Finding(
        .classImbalance, ratio < rareRatio || rarest.count < fewSamples ? .warning : .note,
        columns: columns, count: rarest.count,
        "Class '\(rarest.label)' has \(counted(rarest.count, "sample")) "
          + "(\(percent(rarest.count, of: total))), '\(largest.label)' "
          + "\(largest.count) (\(percent(largest.count, of: total))).",
        advice: rarest.count < fewSamples
          ? "Collect more of the rare class: so few can neither be learned from nor judged on."
          : "Judge by recall and precision of each class, not by accuracy; balance the training part."
      )
    ]
  }
}
