import MoruArchive
public import MoruData
public import MoruModels
public import MoruTensors

/// Rules that a person has written, as a model: what learning has to beat.
///
/// Nothing is learned from the samples but which columns and classes there are. A condition on a
/// missing value does not hold, nor does one on a word that no sample has.
public struct RuleClassifier: ClassicalLearner {
  public let name = "rules"
  /// The rules.
  public let rules: RuleList

  /// A model of rules.
  public init(_ rules: RuleList) { self.rules = rules }

  /// - Throws: `LearnerError.unknownColumn` or `.rule` for a rule that such samples cannot follow.
  public func learn(_ data: Dataset, seed: Seed) throws -> TrainedModel {
    let samples = try Samples(data, for: name, allowsMissing: true)
    let labels = try data.classAnswers(for: samples).labels ?? []
    let columns = RuleColumns(data, width: samples.width)
    let compiled = try rules.rules.enumerated().map { place, rule in
      let title = "rule \(place + 1)"
      return (
        conditions: try rule.conditions.map { try columns.steps(of: $0, in: title) },
        label: try Self.place(of: rule.label, among: labels, in: title)
      )
    }
    let standard = try Self.place(of: rules.standard, among: labels, in: "default")
    let table = Self.table(compiled, standard: standard, labels: labels.count)
    return try TrainedModel(
      table.layers(), by: name, from: data, seed: seed, output: .probabilities(labels: labels))
  }

  private static func place(
    of label: String, among labels: [String], in rule: String
  ) throws(LearnerError) -> Int {
    if let place = labels.firstIndex(of: label) { return place }
    let advice =
      nearest(label, among: labels).map { "did you mean '\($0)'" }
      ?? "name one of \(labels.joined(separator: ", "))"
    throw .rule(rule: rule, problem: "no sample is of class '\(label)'; \(advice)")
  }

  /// One tree: each rule's steps and its answer, then the next rule's, at last the default.
  private static func table(
    _ rules: [(conditions: [[RuleStep]], label: Int)], standard: Int, labels: Int
  ) -> TreeTable {
    var table = TreeTable(width: labels)
    func answer(_ place: Int) -> [Double] { (0..<labels).map { $0 == place ? 1 : 0 } }
    table.beginTree()
    for rule in rules {
      var next = table.count
      let steps = rule.conditions.flatMap { $0 }.count
      let end = next + steps + 1
      for _ in 0...steps { table.leaf(answer(rule.label)) }
      for condition in rule.conditions {
        let (start, holds) = (next, next + condition.count)
        for (place, step) in condition.enumerated() {
          func target(_ way: RuleStep.Way) -> Int {
            switch way {
            case .next: start + place + 1
            case .holds: holds
            case .fails: end
            }
          }
          table.split(
            start + place, feature: step.feature, threshold: step.threshold,
            below: target(step.below), above: target(step.above), missing: end)
        }
        next = holds
      }
    }
    table.leaf(answer(standard))
    return table
  }
}
