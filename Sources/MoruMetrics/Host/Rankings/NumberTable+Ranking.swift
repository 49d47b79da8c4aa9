import Foundation

extension NumberTable {
  /// The discounted cumulative gain of ranking by these scores, `Σ relevance / log₂(rank + 1)`, averaged
  /// over rows; equal scores share the mean of their ranks' discounts.
  ///
  /// - Parameters:
  ///   - relevance: How relevant each place of each row truly is.
  ///   - k: How many of the first ranks count; all if nil.
  ///   - weights: How much each row counts, at least 0; all alike if nil.
  /// - Throws: `MetricsError` for tables that do not fit each other, weights that do not fit, and a `k`
  ///   below 1.
  /// - Source: Järvelin & Kekäläinen 2002, doi:10.1145/582415.582418.
  public func discountedCumulativeGain(
    relevance: NumberTable, k: Int? = nil, weights: [Double]? = nil
  ) throws(MetricsError) -> Double {
    try check(relevance, k, weights)
    let discounts = Self.discounts(width, k)
    return mean(weights: weights) { Self.gain(of: relevance[$0], by: self[$0], discounts) }
  }

  /// The discounted cumulative gain divided by that of the best ranking, 0…1, averaged over rows; 0 for a
  /// row where nothing is relevant.
  ///
  /// - Throws: As ``discountedCumulativeGain(relevance:k:weights:)``, and `outsideDomain` for a negative
  ///   relevance.
  public func normalizedDiscountedCumulativeGain(
    relevance: NumberTable, k: Int? = nil, weights: [Double]? = nil
  ) throws(MetricsError) -> Double {
    try check(relevance, k, weights)
    if let place = relevance.values.firstIndex(where: { $0 < 0 }) {
      throw .outsideDomain(
        side: .truth, position: place / width, value: relevance.values[place],
        allowed: "relevances of at least 0")
    }
    let discounts = Self.discounts(width, k)
    return mean(weights: weights) { row in
      ratio(
        Self.gain(of: relevance[row], by: self[row], discounts),
        Self.gain(of: relevance[row], by: relevance[row], discounts))
    }
  }

  /// Of the true labels of a sample, the mean share of true ones among those ranked at least as high,
  /// 0…1, averaged over samples; 1 for a sample whose labels are all true or all false.
  ///
  /// - Parameter truth: 0 and 1, shaped like the scores.
  /// - Throws: `MetricsError` for tables that do not fit, weights that do not fit, and other truths.
  /// - Source: Tsoumakas, Katakis & Vlahavas 2010, doi:10.1007/978-0-387-09823-4_34.
  public func labelRankingAveragePrecision(
    truth: NumberTable, weights: [Double]? = nil
  ) throws(MetricsError) -> Double {
    try labelMean(truth, weights) { isTrue, scores in
      guard Self.isMixed(isTrue) else { return 1 }
      var sum = 0.0
      for place in isTrue.indices where isTrue[place] {
        var (rank, rankAmongTrue) = (0.0, 0.0)
        for other in scores.indices where scores[other] >= scores[place] {
          rank += 1
          if isTrue[other] { rankAmongTrue += 1 }
        }
        sum += rankAmongTrue / rank
      }
      return sum / Double(isTrue.count { $0 })
    }
  }

  /// How far down the ranking all true labels are covered, averaged over samples; 0 for a sample without
  /// true labels.
  ///
  /// - Throws: As ``labelRankingAveragePrecision(truth:weights:)``.
  public func coverageError(
    truth: NumberTable, weights: [Double]? = nil
  ) throws(MetricsError) -> Double {
    try labelMean(truth, weights) { isTrue, scores in
      let least = scores.indices.filter { isTrue[$0] }.map { scores[$0] }.min() ?? .infinity
      return Double(scores.count { $0 >= least })
    }
  }

  /// The share of pairs of a true and a false label that are ranked the wrong way round or alike, 0…1,
  /// averaged over samples; 0 for a sample whose labels are all true or all false.
  ///
  /// - Throws: As ``labelRankingAveragePrecision(truth:weights:)``.
  public func labelRankingLoss(
    truth: NumberTable, weights: [Double]? = nil
  ) throws(MetricsError) -> Double {
    try labelMean(truth, weights) { isTrue, scores in
      guard Self.isMixed(isTrue) else { return 0 }
      var wrong = 0
      for place in isTrue.indices where isTrue[place] {
        for other in scores.indices where !isTrue[other] && scores[other] >= scores[place] {
          wrong += 1
        }
      }
      let trueCount = isTrue.count { $0 }
      return Double(wrong) / Double(trueCount * (isTrue.count - trueCount))
    }
  }

  private static func isMixed(_ isTrue: [Bool]) -> Bool {
    isTrue.contains(true) && isTrue.contains(false)
  }

  private func labelMean(
    _ truth: NumberTable, _ weights: [Double]?, of value: ([Bool], [Double]) -> Double
  ) throws(MetricsError) -> Double {
    try check(truth, nil, weights)
    if let place = truth.values.firstIndex(where: { $0 != 0 && $0 != 1 }) {
      throw .notAnAnswer(
        position: place / width, label: place % width, value: truth.values[place])
    }
    return mean(weights: weights) { value(truth[$0].map { $0 == 1 }, Array(self[$0])) }
  }

  private func check(
    _ truth: NumberTable, _ k: Int?, _ weights: [Double]?
  ) throws(MetricsError) {
    guard truth.width == width else {
      throw .classCounts(name: "A true row", found: truth.width, classCount: width)
    }
    try Checks.pairs(truth: truth.rows, predicted: rows, weights: weights)
    if let k, k < 1 {
      throw .badSetting(name: "k", value: Double(k), allowed: "a whole number of at least 1")
    }
  }

  /// The sums of the discounts of the first ranks: of none, of one, of two…
  private static func discounts(_ count: Int, _ k: Int?) -> [Double] {
    var sums = [0.0]
    for rank in 1...count {
      sums.append((sums.last ?? 0) + (rank <= k ?? count ? 1 / log2(Double(rank) + 1) : 0))
    }
    return sums
  }

  private static func gain(
    of relevance: ArraySlice<Double>, by scores: ArraySlice<Double>, _ discounts: [Double]
  ) -> Double {
    let ranked = zip(scores, relevance).sorted { $0.0 > $1.0 }
    var (gain, start) = (0.0, 0)
    while start < ranked.count {
      var (end, sum) = (start, 0.0)
      while end < ranked.count, ranked[end].0 == ranked[start].0 {
        sum += ranked[end].1
        end += 1
      }
      gain += sum / Double(end - start) * (discounts[end] - discounts[start])
      start = end
    }
    return gain
  }
}
