/// A threshold chosen on validation samples, and what it promises.
public struct ThresholdChoice: Codable, Sendable, Equatable {
  /// Above which score the answer is yes: half-way between two scores that occur, or beyond all.
  public let threshold: Double
  /// The mean cost of a sample at that threshold, at the field's ratio.
  public let expectedCost: Double
  /// How often each answer is right and wrong there, in shares at the field's ratio.
  public let counts: BinaryCounts
}

extension ThresholdSweep {
  /// The threshold of least expected cost; of equally cheap ones the greatest.
  ///
  /// Choose it on validation samples, never on those the model is judged by. Nothing is asked of the
  /// scores but their order: probabilities need not be corrected for the field's ratio first.
  ///
  /// - Parameters:
  ///   - costs: Of two classes; class 1 is yes.
  ///   - field: The field's ratio; that of these samples if nil.
  /// - Throws: `classCounts` for costs or shares of another number of classes; `oneClassOnly` if the
  ///   field has a class of which there is no sample.
  /// - Complexity: O(n).
  public func threshold(
    minimizing costs: CostMatrix, at field: ClassShares? = nil
  ) throws(MetricsError) -> ThresholdChoice {
    try costs.check(2)
    let (yes, no) = (positives, negatives)
    let shares = if let field { field } else { try ClassShares(positive: yes / (yes + no)) }
    try shares.check(2)
    guard yes > 0 || shares.values[1] == 0, no > 0 || shares.values[0] == 0 else {
      throw .oneClassOnly
    }
    let (yesWeight, noWeight) = (ratio(shares.values[1], yes), ratio(shares.values[0], no))
    let cost = costs.costs
    func expected(_ hits: Double, _ alarms: Double) -> Double {
      yesWeight * (hits * cost[1][1] + (yes - hits) * cost[1][0])
        + noWeight * (alarms * cost[0][1] + (no - alarms) * cost[0][0])
    }
    var best = (place: -1, cost: expected(0, 0))
    for place in thresholds.indices {
      let cost = expected(truePositives[place], falsePositives[place])
      if cost < best.cost { best = (place, cost) }
    }
    let counts = best.place < 0 ? (0, 0) : (truePositives[best.place], falsePositives[best.place])
    return ThresholdChoice(
      threshold: cut(after: best.place), expectedCost: best.cost,
      counts: BinaryCounts(
        truePositives: counts.0 * yesWeight, falsePositives: counts.1 * noWeight,
        trueNegatives: (no - counts.1) * noWeight, falseNegatives: (yes - counts.0) * yesWeight))
  }

  /// A threshold, to be exceeded, that says yes to the scores up to a place and no to those after it.
  private func cut(after place: Int) -> Double {
    if place < 0 { return thresholds[0] }
    guard place + 1 < thresholds.count else { return thresholds[place].nextDown }
    let (above, below) = (thresholds[place], thresholds[place + 1])
    let middle = below + (above - below) / 2
    // Between neighbouring numbers there is no middle; the lower one is not exceeded by itself.
    return middle < above ? middle : below
  }
}
