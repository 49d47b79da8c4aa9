/// Synthetic minority over-sampling: makes samples of the rarer classes on the lines between a sample
/// and one of its nearest neighbours of the same class.
///
/// Features must be finite numbers; scale them first where their units differ. Of equally near
/// neighbours the earlier one is the nearer.
///
/// - Source: Chawla, Bowyer, Hall, Kegelmeyer 2002, doi:10.1613/jair.953; defaults as imbalanced-learn's.
public typealias SMOTE = NeighborOverSampler<SMOTERule>

/// Every sample of the class is as likely a start as any other, and so is each of its neighbours.
public struct SMOTERule: NeighborRule {
  public static let name = "SMOTE"

  private let neighbors: Int

  public init(_ data: Dataset, neighbors: Int) { self.neighbors = neighbors }

  public func starts(
    in rarer: RarerClass, drawing chance: inout some Chance
  ) -> [(base: Int, neighbor: Int)] {
    chance.places(rarer.missing, below: rarer.members.count * neighbors)
      .map { ($0 / neighbors, $0 % neighbors) }
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
