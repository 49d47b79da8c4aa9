/// Adaptive synthetic sampling: as SMOTE, with more samples made where a class is hard to learn, which
/// is where most of a sample's nearest neighbours are of other classes.
///
/// Numbers of samples are rounded for each starting point, so that a class may end up with a few more
/// or less than were asked for.
///
/// - Source: He, Bai, Garcia, Li 2008, doi:10.1109/IJCNN.2008.4633969; defaults as imbalanced-learn's.
public typealias ADASYN = NeighborOverSampler<ADASYNRule>

/// Samples of the class start the more, the more of their neighbours are of other classes.
public struct ADASYNRule: NeighborRule {
  public static let name = "ADASYN"

  private let neighbors: Int
  private let classes: [Int32]
  private let all: NearestNeighbors

  public init(_ data: Dataset, neighbors: Int) throws(DataError) {
    self.neighbors = neighbors
    classes = data.classes?.indices ?? []
    all = NearestNeighbors(try data.points(Array(0..<data.count), for: Self.name))
  }

  public func starts(
    in rarer: RarerClass, drawing chance: inout some Chance
  ) throws(DataError) -> [(base: Int, neighbor: Int)] {
    let strangers = all.of(rarer.members, neighbors).map { nearest in
      Double(nearest.count { Int(classes[$0]) != rarer.place }) / Double(neighbors)
    }
    let sum = strangers.reduce(0, +)
    guard sum > 0 else {
      throw .resampling(
        Self.name,
        problem: "no sample of class '\(rarer.label)' has a neighbour of another class",
        advice: "Use SMOTE instead.")
    }
    let shares = strangers.map {
      Int(($0 / sum * Double(rarer.missing)).rounded(.toNearestOrEven))
    }
    let bases = shares.enumerated().flatMap { [Int](repeating: $0, count: $1) }
    guard !bases.isEmpty else {
      throw .resampling(
        Self.name,
        problem: "\(counted(rarer.missing, "sample")) to be made round to none for each neighbour",
        advice: "Ask for more, or use SMOTE.")
    }
    return Array(zip(bases, chance.places(bases.count, below: neighbors)))
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
