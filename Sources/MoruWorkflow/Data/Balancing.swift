internal import MoruArchive
public import MoruData
public import MoruMetrics
internal import MoruModels
internal import MoruTensors

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

/// What is learned from and watched on, balanced alike, and the class ratios before and after.
public struct Balancing: Sendable {
  /// What was done; never `automatic`.
  public let method: BalanceMethod
  /// Why that, for people.
  public let reason: String
  /// What is learned from.
  public let train: Dataset
  /// What trainings are watched on and chosen by; by weights where what is learned from was resampled.
  public let validation: Dataset?
  /// What brings probabilities from the ratio that is learned from to the field's; nil where there are
  /// no classes.
  public let correction: PriorCorrection?

  /// Whether samples count differently.
  public var weighs: Bool { train.sampleWeights != nil }

  /// Above how many samples of the most frequent class to one of the rarest classes are unbalanced:
  /// where of two classes one has less than 40 %.
  public static let unbalancedRatio = 1.5

  /// Balances the training and the validation part, each by itself.
  ///
  /// - Parameters:
  ///   - field: The field's class shares; those of the training part if nil.
  ///   - costs: What mistakes cost, for `cost`.
  ///   - hasClassWeight: Whether the configuration says itself how much classes count.
  /// - Throws: `PlacedError` for a way that does not go with the data or other settings; `DataError`.
  init(
    _ data: PreparedData, by wanted: BalanceMethod, field: ClassShares?, costs: CostMatrix?,
    hasClassWeight: Bool, seed: Seed
  ) throws {
    (method, reason) = try Self.choose(
      wanted, counts: data.train.classCounts, labels: data.train.labels ?? [],
      hasClassWeight: hasClassWeight)
    let balance = try Self.balance(method, for: data.train, costs: costs)
    train = try balance.balanced(data.train, seed: seed).data
    // Weights bring what is watched to the same ratio without samples that are left out or made up.
    let watched: Balance = if case .resampled = balance { .weighted } else { balance }
    validation = try data.validation.map { try watched.balanced($0, seed: seed).data }
    if let trained = train.classShares, let known = data.train.classShares {
      correction = try PriorCorrection(
        trained: ClassShares(trained), field: try field ?? ClassShares(known))
    } else {
      correction = nil
    }
  }

  private static func choose(
    _ wanted: BalanceMethod, counts: [Int]?, labels: [String], hasClassWeight: Bool
  ) throws -> (BalanceMethod, String) {
    guard wanted == .automatic else {
      guard wanted == .none || counts != nil else {
        throw refusal("left out for targets that are not classes")
      }
      guard wanted == .none || !hasClassWeight else {
        throw refusal("left out beside \"classWeight\": name one or the other")
      }
      return (wanted, "as asked for")
    }
    guard let counts else { return (.none, "the targets are not classes") }
    if hasClassWeight { return (.none, "classWeight says how much each class counts") }
    let present = counts.indices.filter { counts[$0] > 0 }
    guard let rarest = present.min(by: { counts[$0] < counts[$1] }),
      let most = present.max(by: { counts[$0] < counts[$1] })
    else { return (.none, "there are no samples") }
    let facts =
      "'\(labels[most])' has \(counts[most]) samples and '\(labels[rarest])' \(counts[rarest])"
    return Double(counts[most]) > unbalancedRatio * Double(counts[rarest])
      ? (.weights, facts) : (.none, "the classes are balanced: " + facts)
  }

  private static func balance(
    _ method: BalanceMethod, for data: Dataset, costs: CostMatrix?
  ) throws -> Balance {
    switch method {
    case .automatic, .none: return .none
    case .under: return .resampled(.randomUnderSampler())
    case .over: return .resampled(.randomOverSampler())
    case .smote:
      return .resampled(data.encoding?.hasCategories == true ? SMOTENC() : SMOTE())
    case .weights: return .weighted
    case .cost:
      guard let costs else { throw refusal("given with \"costs\" beside it for cost") }
      return .costs(costs)
    }
  }

  private static func refusal(_ allowed: String) -> PlacedError {
    PlacedError(
      ConfigurationError.outOfRange("balance", in: "training", allowed: allowed),
      at: ["training", "balance"].map(AnyKey.init(stringValue:)))
  }
}
