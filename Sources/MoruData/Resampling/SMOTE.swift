/// Synthetic minority over-sampling: makes samples of the rarer classes on the lines between a sample
/// and one of its nearest neighbours of the same class.
///
/// Features must be finite numbers; scale them first where their units differ. Of equally near
/// neighbours the earlier one is the nearer.
///
/// - Source: Chawla, Bowyer, Hall, Kegelmeyer 2002, doi:10.1613/jair.953; defaults as imbalanced-learn's.
public struct SMOTE: Resampler, Equatable {
  /// How many samples classes shall have.
  public let samplingStrategy: SamplingStrategy
  /// Among how many nearest neighbours, at least 1, one is chosen.
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
    var plan = ResamplingPlan(taken: Array(0..<data.count))
    for (place, count) in targets.counts where count > 0 {
      let members = try targets.members(of: place, neighbors: neighbors)
      let search = NearestNeighbors(try data.points(members, for: name))
      let nearest = search.ofEach(neighbors)
      plan.made += Self.pairs(count, of: members, nearest, drawing: &chance).map {
        .init(base: members[$0.base], neighbor: members[$0.neighbor], step: $0.step)
      }
    }
    return plan
  }

  /// Samples to start from and to go towards, by their places in the class, and how far.
  static func pairs(
    _ count: Int, of members: [Int], _ nearest: [[Int]], drawing chance: inout some Chance
  ) -> [(base: Int, neighbor: Int, step: Double)] {
    let width = nearest.first?.count ?? 1
    let places = chance.places(count, below: members.count * width)
    let steps = chance.fractions(count)
    return zip(places, steps).map { place, step in
      (place / width, nearest[place / width][place % width], step)
    }
  }
}

extension Resampler where Self == SMOTE {
  /// Makes samples between neighbours of the rarer classes.
  public static func smote(
    samplingStrategy: SamplingStrategy = .auto, neighbors: Int = 5
  ) -> SMOTE {
    SMOTE(samplingStrategy: samplingStrategy, neighbors: neighbors)
  }
}
