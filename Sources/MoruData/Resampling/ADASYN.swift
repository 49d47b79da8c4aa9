/// Adaptive synthetic sampling: as SMOTE, with more samples made where a class is hard to learn, which
/// is where most of a sample's nearest neighbours are of other classes.
///
/// Numbers of samples are rounded for each starting point, so that a class may end up with a few more
/// or less than were asked for.
///
/// - Source: He, Bai, Garcia, Li 2008, doi:10.1109/IJCNN.2008.4633969; defaults as imbalanced-learn's.
public struct ADASYN: Resampler, Equatable {
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
    let classes = data.classes?.indices ?? []
    var plan = ResamplingPlan(taken: Array(0..<data.count))
    let all = NearestNeighbors(try data.points(Array(0..<data.count), for: name))
    for (place, count) in targets.counts where count > 0 {
      let members = try targets.members(of: place, neighbors: neighbors)
      let strangers = all.of(members, neighbors).map { nearest in
        Double(nearest.count { Int(classes[$0]) != place }) / Double(neighbors)
      }
      let sum = strangers.reduce(0, +)
      guard sum > 0 else {
        throw .resampling(
          name,
          problem: "no sample of class '\(targets.labels[place])' has a neighbour of another class",
          advice: "Use SMOTE instead.")
      }
      let shares = strangers.map { Int(($0 / sum * Double(count)).rounded(.toNearestOrEven)) }
      let bases = shares.enumerated().flatMap { [Int](repeating: $0, count: $1) }
      guard !bases.isEmpty else {
        throw .resampling(
          name, problem: "\(counted(count, "sample")) to be made round to none for each neighbour",
          advice: "Ask for more, or use SMOTE.")
      }
      let nearest = NearestNeighbors(try data.points(members, for: name)).ofEach(neighbors)
      let columns = chance.places(bases.count, below: neighbors)
      let steps = chance.fractions(bases.count)
      for (base, (column, step)) in zip(bases, zip(columns, steps)) {
        plan.made.append(
          .init(base: members[base], neighbor: members[nearest[base][column]], step: step))
      }
    }
    return plan
  }
}

extension Resampler where Self == ADASYN {
  /// Makes samples between neighbours of the rarer classes, most where these are hard to learn.
  public static func adasyn(
    samplingStrategy: SamplingStrategy = .auto, neighbors: Int = 5
  ) -> ADASYN {
    ADASYN(samplingStrategy: samplingStrategy, neighbors: neighbors)
  }
}
