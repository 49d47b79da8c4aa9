public import MoruData
public import MoruMetrics
public import MoruTensors

/// How a training makes up for classes of which there are few samples.
///
/// Whichever way it is done, probabilities learned so are those of a field with other class shares, and
/// have to be shifted back.
public enum Balance: Sendable {
  /// Not at all: the class ratio of the data is learned from.
  case none
  /// Samples are left out, repeated or made.
  case resampled(any Resampler)
  /// Samples count in inverse proportion to their class's share, so that classes weigh the same.
  case weighted
  /// Samples count in proportion to what it costs on average to take them for another class.
  case costs(CostMatrix)

  /// How the samples that a training is watched on are balanced: weights bring them to the same ratio
  /// without samples that are left out or made up.
  public var watched: Balance {
    if case .resampled = self { .weighted } else { self }
  }

  /// What is learned from instead of samples.
  public struct Balanced: Sendable {
    /// The samples.
    public let data: Dataset
    /// What brings probabilities that were learned from them to the class ratio that they came with;
    /// nil if nothing was balanced.
    public let correction: PriorCorrection?
  }

  /// Balances samples.
  ///
  /// - Throws: `DataError.noClasses`, `.resampling` for samples that cannot be balanced so;
  ///   `MetricsError` for costs of another number of classes.
  public func balanced(_ data: Dataset, seed: Seed) throws -> Balanced {
    let balanced: Dataset
    switch self {
    case .none: return Balanced(data: data, correction: nil)
    case .resampled(let resampler): balanced = try resampler.resampled(data, seed: seed)
    case .weighted:
      guard let weights = data.balancedClassWeights else {
        throw DataError.noClasses(wanted: "Balancing by weights")
      }
      balanced = try data.weighted(byClass: weights)
    case .costs(let costs):
      guard let counts = data.classCounts else {
        throw DataError.noClasses(wanted: "Balancing by costs")
      }
      balanced = try data.weighted(byClass: costs.classWeights(counts: counts))
    }
    return Balanced(
      data: balanced,
      correction: try PriorCorrection(
        trained: ClassShares(balanced.classShares ?? []),
        field: ClassShares(data.classShares ?? [])))
  }
}

extension CostMatrix {
  /// How much samples of each class count if mistakes are to count by their costs: in proportion to the
  /// mean cost of taking one for another class, `Σⱼ (cᵢⱼ − cᵢᵢ) / (k − 1)`, and 1 on average.
  ///
  /// - Throws: `MetricsError.classCounts` for costs of another number of classes; `.badCost` for a class
  ///   that is cheaper when judged wrong.
  /// - Source: Ting 2002, doi:10.1109/TKDE.2002.1000348.
  func classWeights(counts: [Int]) throws -> [Int: Double] {
    guard classCount == counts.count else {
      throw MetricsError.classCounts(
        name: "The cost matrix", found: classCount, classCount: counts.count)
    }
    let stakes = try costs.enumerated().map { row, costs in
      let stake = costs.reduce(0) { $0 + $1 - costs[row] } / Double(max(classCount - 1, 1))
      guard stake > 0 else { throw MetricsError.badCost(row: row, column: row) }
      return stake
    }
    let total = zip(stakes, counts).reduce(0) { $0 + $1.0 * Double($1.1) }
    let mean = total / Double(max(counts.reduce(0, +), 1))
    return Dictionary(uniqueKeysWithValues: stakes.enumerated().map { ($0, $1 / mean) })
  }
}
