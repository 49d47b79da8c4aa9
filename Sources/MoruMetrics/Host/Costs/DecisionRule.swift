/// How scores become answers.
public enum DecisionRule: Codable, Sendable, Equatable {
  /// The class of the greatest score, the first of equal ones.
  case greatest
  /// A class if its score exceeds a threshold, else the greatest of the others; class 1, the second of
  /// two, unless another is named.
  case threshold(Double, of: Int = 1)
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
    case .threshold(let threshold, let place):
      guard (0..<scores.width).contains(place) else {
        throw .classCounts(name: "A row of scores", found: scores.width, classCount: place + 1)
      }
      return (0..<scores.rows).map { row in
        let scores = scores[row]
        guard scores[scores.startIndex + place] <= threshold else { return place }
        return scores.enumerated().filter { $0.offset != place }
          .reduce(nil as (offset: Int, element: Double)?) { best, next in
            best.map { next.element > $0.element ? next : $0 } ?? next
          }?.offset ?? place
      }
    case .cheapest(let costs, let correction):
      let corrected = try correction.corrected(scores)
      return (0..<corrected.rows).map { costs.decision(corrected[$0]) }
    }
  }
}
