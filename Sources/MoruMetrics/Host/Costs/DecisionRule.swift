/// How the scores of classes become one answer. It travels with a model, so that whoever asks it
/// decides alike.
public enum DecisionRule: Codable, Sendable, Equatable {
  /// The class of the greatest score, the first of equal ones.
  case greatest
  /// A class if its score exceeds a threshold, else the greatest of the others; class 1, the second of
  /// two, unless another is named.
  case threshold(Double, of: Int = 1)
  /// The class of least expected cost, from probabilities; nil for those that are at the field's ratio
  /// already.
  case cheapest(CostMatrix, correction: PriorCorrection? = nil)

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
      self = .cheapest(costs, correction: try PriorCorrection(trained: own, field: field ?? own))
    }
  }

  /// The answers to samples.
  ///
  /// - Throws: `MetricsError` for a rule of other classes, or scores that are no probabilities where
  ///   those are needed.
  public func answers(to scores: NumberTable) throws(MetricsError) -> [Int] {
    try check(classCount: scores.width)
    switch self {
    case .greatest: return scores.best
    case .threshold(let threshold, let place):
      let others = (0..<scores.width).filter { $0 != place }
      return (0..<scores.rows).map { row in
        let scores = Array(scores[row])
        guard scores[place] <= threshold, let first = others.first else { return place }
        return others.reduce(first) { scores[$1] > scores[$0] ? $1 : $0 }
      }
    case .cheapest(let costs, let correction):
      var probabilities = scores
      if let correction { probabilities = try correction.corrected(scores) }
      try probabilities.checkProbabilities()
      return (0..<scores.rows).map { costs.decision(probabilities[$0]) }
    }
  }

  /// - Throws: `MetricsError` unless the rule can be followed between so many classes.
  package func check(classCount: Int) throws(MetricsError) {
    switch self {
    case .greatest: break
    case .threshold(let threshold, let place):
      guard threshold.isFinite else {
        throw .badSetting(name: "The threshold", value: threshold, allowed: "a finite number")
      }
      guard (0..<classCount).contains(place) else {
        throw .badSetting(
          name: "The threshold's class", value: Double(place),
          allowed: "a place among the \(classCount) classes, from 0")
      }
    case .cheapest(let costs, let correction):
      try costs.check(classCount)
      try correction?.check(classCount)
    }
  }
}
