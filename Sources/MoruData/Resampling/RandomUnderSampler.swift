/// Leaves samples of the more frequent classes out, chosen at random, until all classes have as few.
///
/// The samples come out class by class.
///
/// - Source: imbalanced-learn's class of this name.
public struct RandomUnderSampler: Resampler, Equatable {
  /// How many samples classes shall have.
  public let samplingStrategy: SamplingStrategy
  /// Whether a sample may be taken several times.
  public let replacement: Bool

  /// Leaves samples out.
  public init(samplingStrategy: SamplingStrategy = .auto, replacement: Bool = false) {
    self.samplingStrategy = samplingStrategy
    self.replacement = replacement
  }

  public func plan(
    for data: Dataset, drawing chance: inout some Chance
  ) throws(DataError) -> ResamplingPlan {
    let targets = try SamplingTargets(samplingStrategy, of: data, kind: .under, resampler: name)
    let kept = Dictionary(uniqueKeysWithValues: targets.counts.map { ($0.class, $0.count) })
    var plan = ResamplingPlan(taken: [])
    for (place, members) in targets.members.enumerated() {
      guard let count = kept[place] else {
        plan.taken += members
        continue
      }
      let drawn =
        replacement
        ? chance.places(count, below: members.count)
        : chance.differentPlaces(count, below: members.count)
      plan.taken += drawn.map { members[$0] }
    }
    return plan
  }
}

extension Resampler where Self == RandomUnderSampler {
  /// Leaves samples of the more frequent classes out.
  public static func randomUnderSampler(
    samplingStrategy: SamplingStrategy = .auto, replacement: Bool = false
  ) -> RandomUnderSampler {
    RandomUnderSampler(samplingStrategy: samplingStrategy, replacement: replacement)
  }
}
