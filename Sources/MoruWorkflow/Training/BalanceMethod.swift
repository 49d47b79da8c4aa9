public import MoruData
public import MoruMetrics
public import MoruModels

/// How a training makes up for unbalanced classes, as a configuration says it.
public enum BalanceMethod: String, Codable, Sendable, CaseIterable {
  /// `weights` if the classes are unbalanced, else `none`.
  case automatic
  /// The class ratio of the data is learned from.
  case none
  /// Samples of frequent classes are left out.
  case under
  /// Samples of rare classes are repeated.
  case over
  /// Samples of rare classes are made between neighbours.
  case smote
  /// Samples of rare classes count more.
  case weights
  /// Samples count by what it costs to judge them wrong.
  case cost
}

extension BalanceMethod {
  /// Above how many samples of the most frequent class to one of the rarest classes are unbalanced:
  /// where of two classes one has less than 40 %.
  public static let unbalancedRatio = 1.5

  /// What `automatic` comes to for classes of so many samples, and why, for people.
  public static func chosen(counts: [Int], labels: [String]) -> (BalanceMethod, String) {
    let present = counts.indices.filter { counts[$0] > 0 }
    guard let rarest = present.min(by: { counts[$0] < counts[$1] }),
      let most = present.max(by: { counts[$0] < counts[$1] })
    else { return (.none, "there are no samples") }
    let facts =
      "'\(labels[most])' has \(counts[most]) samples and '\(labels[rarest])' \(counts[rarest])"
    return Double(counts[most]) > unbalancedRatio * Double(counts[rarest])
      ? (.weights, facts) : (.none, "the classes are balanced: " + facts)
  }

  /// What is done to samples; nil for `cost` without costs.
  public func balance(of data: Dataset, costs: CostMatrix?) -> Balance? {
    switch self {
    case .automatic:
      Self.chosen(counts: data.classCounts ?? [], labels: data.labels ?? []).0
        .balance(of: data, costs: costs)
    case .none: Balance.none
    case .under: .resampled(.randomUnderSampler())
    case .over: .resampled(.randomOverSampler())
    case .smote:
      .resampled(data.encoding?.hasCategories == true ? SMOTENC() : SMOTE())
    case .weights: .weighted
    case .cost: costs.map { .costs($0) }
    }
  }
}
