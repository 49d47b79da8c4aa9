/// Makes samples of the rarer classes on the lines between a sample and one of its nearest neighbours of
/// the same class; `Rule` says where they start.
public struct NeighborOverSampler<Rule: NeighborRule>: Resampler, Equatable {
  public var name: String { Rule.name }
  /// How many samples classes shall have.
  public let samplingStrategy: SamplingStrategy
  /// How many nearest neighbours, at least 1, are looked at.
  public let neighbors: Int

  /// Makes samples.
  ///
  /// - Parameter neighbors: At least 1, and below the samples of every class that is added to.
  public init(samplingStrategy: SamplingStrategy = .auto, neighbors: Int = 5) {
    self.samplingStrategy = samplingStrategy
    self.neighbors = neighbors
  }

  public func plan(
    for data: Dataset, drawing chance: inout some Chance
  ) throws(DataError) -> ResamplingPlan {
    let targets = try SamplingTargets(samplingStrategy, of: data, kind: .over, resampler: name)
    let rule = try Rule(data, neighbors: neighbors)
    var plan = ResamplingPlan(taken: Array(0..<data.count))
    for (place, count) in targets.counts where count > 0 {
      let members = try targets.members(of: place, neighbors: neighbors)
      let rarer = RarerClass(
        label: targets.labels[place], place: place, members: members, missing: count)
      let starts = try rule.starts(in: rarer, drawing: &chance)
      let nearest = NearestNeighbors(try data.points(members, for: name)).ofEach(neighbors)
      let steps = chance.fractions(starts.count)
      for (start, step) in zip(starts, steps) {
        plan.made.append(
          .init(
            base: members[start.base], neighbor: members[nearest[start.base][start.neighbor]],
            step: step))
      }
    }
    return plan
  }
}

/// Where made samples start.
public protocol NeighborRule: Sendable {
  /// What messages call the resampler.
  static var name: String { get }

  /// A rule for some samples.
  ///
  /// - Throws: `DataError.resampling` for samples that it cannot look at.
  init(_ data: Dataset, neighbors: Int) throws(DataError)

  /// For each sample that is to be made the place of its base among the class's samples, and of the one
  /// it goes towards among the base's neighbours.
  ///
  /// - Throws: `DataError.resampling` where no sample can be made.
  func starts(
    in rarer: RarerClass, drawing chance: inout some Chance
  ) throws(DataError) -> [(base: Int, neighbor: Int)]
}

/// A class that is to get more samples.
public struct RarerClass: Sendable {
  /// Its name.
  public let label: String
  /// Its place among the classes.
  public let place: Int
  /// The places of its samples.
  public let members: [Int]
  /// How many more it is to get.
  public let missing: Int
}
