/// Repeats samples of the rarer classes, chosen at random, until all classes have as many.
///
/// - Source: imbalanced-learn's class of this name, without shrinkage.
public struct RandomOverSampler: Resampler, Equatable {
  /// How many samples classes shall have.
  public let samplingStrategy: SamplingStrategy

  /// Repeats samples.
  public init(samplingStrategy: SamplingStrategy = .auto) {
    self.samplingStrategy = samplingStrategy
  }

  public func plan(
    for data: Dataset, drawing chance: inout some Chance
  ) throws(DataError) -> ResamplingPlan {
    let targets = try SamplingTargets(samplingStrategy, of: data, kind: .over, resampler: name)
    var plan = ResamplingPlan(taken: Array(0..<data.count))
    for (place, count) in targets.counts {
      let members = targets.members[place]
      plan.taken += chance.places(count, below: members.count).map { members[$0] }
    }
    return plan
  }
}

extension Resampler where Self == RandomOverSampler {
  /// Repeats samples of the rarer classes.
  public static func randomOverSampler(
    samplingStrategy: SamplingStrategy = .auto
  ) -> RandomOverSampler {
    RandomOverSampler(samplingStrategy: samplingStrategy)
  }
}
