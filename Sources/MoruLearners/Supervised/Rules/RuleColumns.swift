import MoruArchive
import MoruData

/// A question of a tree that belongs to a condition.
struct RuleStep {
  /// What an answer leads to.
  enum Way {
    /// The next step of the condition.
    case next
    /// The condition holds.
    case holds
    /// The condition does not hold.
    case fails
  }

  let feature: Int
  let threshold: Float
  /// Where the feature is below the threshold.
  let below: Way
  /// Where the feature is at least the threshold.
  let above: Way
}

/// Where the columns that rules name stand among the features.
struct RuleColumns {
  private enum Kind {
    case number
    case words([String])
    case other
  }

  private var columns: [(name: String, kind: Kind, start: Int)] = []

  /// The columns of a table, or of numbers without names `feature 0`, `feature 1`, ….
  init(_ data: Dataset, width: Int) {
    guard let encoding = data.encoding else {
      columns = data.featureNames(count: width).enumerated().map { ($1, .number, $0) }
      return
    }
    var start = 0
    for column in encoding.columns {
      let kind: Kind =
        switch column.rule {
        case .number: .number
        case .category(let categories, _): .words(categories)
        case .lookup, .text: .other
        }
      columns.append((column.name, kind, start))
      start += column.rule.width
    }
  }

  /// The questions that a condition is made of.
  ///
  /// - Throws: `LearnerError.unknownColumn` or `.rule`.
  func steps(of condition: RuleCondition, in rule: String) throws(LearnerError) -> [RuleStep] {
    guard let column = columns.first(where: { $0.name == condition.column }) else {
      throw .unknownColumn(
        rule: rule, column: condition.column,
        nearest: nearest(condition.column, among: columns.map(\.name)))
    }
    switch column.kind {
    case .number:
      guard let value = Float(condition.value), value.isFinite else {
        throw .rule(
          rule: rule,
          problem: "column '\(column.name)' holds numbers, and '\(condition.value)' is none")
      }
      return Self.steps(column.start, condition.comparison, value)
    case .words(let words):
      let ways: (below: RuleStep.Way, above: RuleStep.Way)
      switch condition.comparison {
      case .equals: ways = (.fails, .holds)
      case .isNot: ways = (.holds, .fails)
      case .above, .below, .atLeast, .atMost:
        throw .rule(
          rule: rule,
          problem: "column '\(column.name)' holds words, which are compared by = and != only")
      }
      let place = words.firstIndex(of: condition.value)
      // What no sample has is never there.
      return [
        RuleStep(
          feature: column.start + (place ?? 0), threshold: 0.5, below: ways.below,
          above: place == nil ? ways.below : ways.above)
      ]
    case .other:
      throw .rule(
        rule: rule,
        problem: "column '\(column.name)' is a text of many words, which rules cannot ask")
    }
  }

  private static func steps(
    _ feature: Int, _ comparison: RuleCondition.Comparison, _ value: Float
  ) -> [RuleStep] {
    func step(_ threshold: Float, below: RuleStep.Way, above: RuleStep.Way) -> RuleStep {
      RuleStep(feature: feature, threshold: threshold, below: below, above: above)
    }
    // What is greater than a number is at least the next one.
    let next = value.nextUp
    return switch comparison {
    case .above: [step(next, below: .fails, above: .holds)]
    case .atLeast: [step(value, below: .fails, above: .holds)]
    case .below: [step(value, below: .holds, above: .fails)]
    case .atMost: [step(next, below: .holds, above: .fails)]
    case .equals:
      [step(value, below: .fails, above: .next), step(next, below: .holds, above: .fails)]
    case .isNot:
      [step(value, below: .holds, above: .next), step(next, below: .fails, above: .holds)]
    }
  }
}
