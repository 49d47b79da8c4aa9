/// How scores become answers.
public enum DecisionRule: Codable, Sendable, Equatable {
  /// The class of the greatest score, the first of equal ones.
  case greatest
  /// Of two classes, class 1 if its score exceeds a threshold.
  case threshold(Double)
  /// The class of least expected cost, from probabilities brought to the field's ratio.
  case cheapest(CostMatrix, PriorCorrection)

  /// The rule of least expected cost in the field, chosen on validation samples.
  ///
  /// Of two classes it is a threshold, which asks nothing of the scores but their order; of more, the
  /// scores must be probabilities, learned at the validation samples' ratio.
  ///
  /// - Parameters:
  ///   - truth: The class of each validation sample.
  ///   - scores: The model's answers to them.
  ///   - costs: What answers cost.
  ///   - field: The field's ratio; the validation samples' own if nil.
  /// - Throws: `MetricsError` for what does not fit, or a class of the field without samples.
  public init(
    truth: [Int], scores: NumberTable, costs: CostMatrix, field: ClassShares? = nil
  ) throws(MetricsError) {
    try scores.check(truth: truth, weights: nil)
    try costs.check(scores.width)
    if scores.width == 2 {
      let sweep = try ThresholdSweep(truth: truth.map { $0 == 1 }, scores: scores.column(1))
      self = .threshold(try sweep.threshold(minimizing: costs, at: field).threshold)
    } else {
      let own = try ClassShares(of: truth, classCount: scores.width)
      self = .cheapest(costs, try PriorCorrection(trained: own, field: field ?? own))
    }
  }

  /// The answers to samples.
  ///
  /// - Throws: `MetricsError` for scores of another number of classes, or that are no probabilities
  ///   where those are needed.
  public func answers(to scores: NumberTable) throws(MetricsError) -> [Int] {
    switch self {
    case .greatest: return scores.best
    case .threshold(let threshold):
      guard scores.width == 2 else {
        throw .classCounts(name: "A row of scores", found: scores.width, classCount: 2)
      }
      return scores.column(1).map { $0 > threshold ? 1 : 0 }
    case .cheapest(let costs, let correction):
      let corrected = try correction.corrected(scores)
      return (0..<corrected.rows).map { costs.decision(corrected[$0]) }
    }
  }
}
