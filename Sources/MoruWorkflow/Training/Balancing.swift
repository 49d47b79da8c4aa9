internal import MoruArchive
public import MoruData
public import MoruMetrics
internal import MoruModels
internal import MoruTensors

/// What is learned from and watched on, balanced alike, and the class ratios before and after.
public struct Balancing: Sendable {
  /// What was done; never `automatic`.
  public let method: BalanceMethod
  /// Why that, for people.
  public let reason: String
  /// What is learned from.
  public let train: SampleSet
  /// What trainings are watched on and chosen by; by weights where what is learned from was resampled.
  public let validation: SampleSet?
  /// Each class's share of the training part as it was found; empty where there are no classes.
  public let sharesBefore: [ClassShare]
  /// Each class's share of what is learned from, as samples count.
  public let sharesAfter: [ClassShare]
  /// What brings probabilities from the ratio that is learned from to the field's; nil where there are
  /// no classes.
  public let correction: PriorCorrection?

  /// How much of some samples a class makes up.
  public struct ClassShare: Codable, Sendable, Equatable {
    /// The class.
    public let label: String
    /// Its share, 0…1.
    public let share: Double

    /// A class's share.
    public init(label: String, share: Double) {
      self.label = label
      self.share = share
    }
  }

  /// Whether samples count differently.
  public var weighs: Bool { train.known.sampleWeights != nil }

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
    guard let balance = method.balance(of: data.train.known, costs: costs) else {
      throw Self.refusal("given with \"costs\" beside it for cost")
    }
    // Samples between others are made of what these show, so that all must be in memory; whatever else
    // balances looks at targets alone.
    let given = method == .smote ? SampleSet(try data.train.loaded()) : data.train
    train = try given.changed { try balance.balanced($0, seed: seed).data }
    validation = try data.validation.map { samples in
      try samples.changed { try balance.watched.balanced($0, seed: seed).data }
    }
    (sharesBefore, sharesAfter) = (Self.shares(of: data.train), Self.shares(of: train))
    if let trained = train.known.classShares, let known = data.train.known.classShares {
      correction = try PriorCorrection(
        trained: ClassShares(trained), field: try field ?? ClassShares(known))
    } else {
      correction = nil
    }
  }

  private static func shares(of samples: SampleSet) -> [ClassShare] {
    zip(samples.labels ?? [], samples.known.classShares ?? []).map(ClassShare.init)
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
    return BalanceMethod.chosen(counts: counts, labels: labels)
  }

  private static func refusal(_ allowed: String) -> PlacedError {
    PlacedError(
      ConfigurationError.outOfRange("balance", in: "training", allowed: allowed),
      at: ["training", "balance"].map(AnyKey.init(stringValue:)))
  }
}
