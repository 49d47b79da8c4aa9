/// The counts of yes-or-no answers at every threshold that tells samples apart, from one sort: every
/// curve, area and choice of a threshold follows from them.
///
/// A score of at least the threshold means yes. Equal scores are one threshold, so that ties are
/// neither lucky nor unlucky.
public struct ThresholdSweep: Sendable, Equatable {
  /// The scores that occur, greatest first.
  public let thresholds: [Double]
  /// The weight of true yeses at or above each threshold.
  public let truePositives: [Double]
  /// The weight of false yeses at or above each threshold.
  public let falsePositives: [Double]

  /// Sorts scores.
  ///
  /// - Parameter truth: Whether yes is true, for each sample.
  /// - Parameter scores: The greater, the likelier yes; any finite numbers.
  /// - Parameter weights: How much each sample counts, at least 0; all alike if nil.
  /// - Throws: `MetricsError` if there are no samples, lengths or weights do not fit, or a score is not
  ///   finite.
  /// - Complexity: O(n).
  public init(
    truth: [Bool], scores: [Double], weights: [Double]? = nil
  ) throws(MetricsError) {
    try Checks.pairs(truth: truth.count, predicted: scores.count, weights: weights)
    try Checks.finite(scores, side: .predicted)
    if let weights {
      self.init(truth, scores) { WeightedScore(key: $0, weight: weights[$1]) }
    } else {
      self.init(truth, scores) { key, _ in PlainScore(key: key) }
    }
  }

  init(thresholds: [Double], truePositives: [Double], falsePositives: [Double]) {
    self.thresholds = thresholds
    self.truePositives = truePositives
    self.falsePositives = falsePositives
  }

  /// As the public one, for samples that are known to fit.
  private init<Score: RankedScore>(
    _ truth: [Bool], _ scores: [Double], ranked: (UInt64, Int) -> Score
  ) {
    let yesCount = truth.count { $0 }
    var (yes, no): ([Score], [Score]) = ([], [])
    yes.reserveCapacity(yesCount)
    no.reserveCapacity(truth.count - yesCount)
    for place in truth.indices {
      let score = ranked(UInt64(descending: scores[place]), place)
      // A sample without weight makes no threshold.
      guard score.weight > 0 else { continue }
      if truth[place] { yes.append(score) } else { no.append(score) }
    }
    yes.sortByKey()
    no.sortByKey()
    var (thresholds, hits, alarms): ([Double], [Double], [Double]) = ([], [], [])
    thresholds.reserveCapacity(truth.count)
    hits.reserveCapacity(truth.count)
    alarms.reserveCapacity(truth.count)
    var (yesPlace, noPlace) = (0, 0)
    var (hit, alarm) = (0.0, 0.0)
    while yesPlace < yes.count || noPlace < no.count {
      let key = min(
        yesPlace < yes.count ? yes[yesPlace].key : .max,
        noPlace < no.count ? no[noPlace].key : .max)
      while yesPlace < yes.count, yes[yesPlace].key == key {
        hit += yes[yesPlace].weight
        yesPlace += 1
      }
      while noPlace < no.count, no[noPlace].key == key {
        alarm += no[noPlace].weight
        noPlace += 1
      }
      thresholds.append(key.score)
      hits.append(hit)
      alarms.append(alarm)
    }
    self.thresholds = thresholds
    truePositives = hits
    falsePositives = alarms
  }

  /// The weight of samples for which yes is true.
  public var positives: Double { truePositives.last ?? 0 }
  /// The weight of samples for which no is true.
  public var negatives: Double { falsePositives.last ?? 0 }

  /// The counts at the threshold of a place.
  public func counts(at place: Int) -> BinaryCounts {
    BinaryCounts(
      truePositives: truePositives[place], falsePositives: falsePositives[place],
      trueNegatives: negatives - falsePositives[place],
      falseNegatives: positives - truePositives[place])
  }

  /// The area under the receiver operating characteristic, 0…1: how often a yes scores above a no, ties
  /// counting half. Nil if all samples are of one class.
  public var rocAUC: Double? {
    guard positives > 0, negatives > 0 else { return nil }
    var (area, hits, alarms) = (0.0, 0.0, 0.0)
    for (hit, alarm) in zip(truePositives, falsePositives) {
      area += (alarm - alarms) * (hit + hits)
      (hits, alarms) = (hit, alarm)
    }
    return area / (2 * positives * negatives)
  }

  /// The mean precision at the thresholds, each counting as much as recall rises there:
  /// `Σ (Rᵢ − Rᵢ₋₁)·Pᵢ`, 0…1. Nil if yes is never true.
  public var averagePrecision: Double? {
    guard positives > 0 else { return nil }
    var (sum, hits) = (0.0, 0.0)
    for (hit, alarm) in zip(truePositives, falsePositives) where hit > hits {
      sum += (hit - hits) * (hit / (hit + alarm))
      hits = hit
    }
    return sum / positives
  }
}
