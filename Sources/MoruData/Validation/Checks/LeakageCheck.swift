internal import Foundation

/// Columns that tell the target almost alone.
struct LeakageCheck: TableCheck {
  func findings(in inspected: InspectedTable) -> [Finding] {
    guard let target = inspected.target, let values = inspected.targetValues else { return [] }
    return inspected.inputs.compactMap { column in
      guard let strength = FeatureStrength(column, target: values), strength.isSuspicious
      else { return nil }
      let share = String(format: "%.1f %%", 100 * strength.skill)
      let means: String
      if case .numbers = values {
        means = "it explains \(share) of the target's variance"
      } else {
        means =
          "it takes away \(share) of the errors of guessing"
          + (strength.auc.map { String(format: "; area under the ROC curve %.4f", $0) } ?? "")
      }
      return Finding(
        .targetLeakage, .warning, columns: [column.name, target.name], count: 1,
        "Column '\(column.name)' tells '\(target.name)' almost alone (\(means)).",
        examples: inspected.examples(0..<min(3, inspected.table.rowCount), of: column),
        advice:
          "Ask when it is written: if only after the outcome is known, leave it out; else a rule "
          + "on this column may be all that is needed.")
    }
  }
}
