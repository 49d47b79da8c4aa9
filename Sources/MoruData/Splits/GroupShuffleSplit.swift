public import MoruTensors

/// Random groups, drawn anew for each split: no group is on both sides. Sizes count groups.
public struct GroupShuffleSplit: Splitter, Equatable {
  /// How many splits, at least 1.
  public let splits: Int
  /// Which groups are judged on; a fifth if nil, or what `trainSize` leaves.
  public let testSize: PartSize?
  /// Which groups are learned from; all others if nil.
  public let trainSize: PartSize?
  /// Decides the splits.
  public let seed: Seed

  /// Random splits.
  public init(
    _ splits: Int = 5, testSize: PartSize? = nil, trainSize: PartSize? = nil, seed: Seed
  ) {
    self.splits = splits
    self.testSize = testSize
    self.trainSize = trainSize
    self.seed = seed
  }

  public func folds(of samples: SplitSamples) throws(DataError) -> [Fold] {
    try Fold.drawn(splits, by: "GroupShuffleSplit", seed) { chance throws(DataError) in
      try fold(of: samples, drawing: &chance)
    }
  }

  package func fold(
    of samples: SplitSamples, drawing chance: inout some Chance
  ) throws(DataError) -> Fold {
    let groups = try samples.requireGroups(by: "GroupShuffleSplit")
    let count = (groups.max() ?? -1) + 1
    let sizes = try PartSizes(
      test: testSize, train: trainSize, standard: 0.2, of: count, named: "group",
      by: "GroupShuffleSplit")
    let order = chance.differentPlaces(count, below: count)
    let (test, train) = (
      Set(order[..<sizes.test]), Set(order[sizes.test..<sizes.test + sizes.train])
    )
    return Fold(
      unchecked: groups.indices.filter { train.contains(groups[$0]) },
      test: groups.indices.filter { test.contains(groups[$0]) })
  }
}

extension Splitter where Self == GroupShuffleSplit {
  /// Random groups, drawn anew for each split.
  public static func groupShuffleSplit(
    _ splits: Int = 5, testSize: PartSize? = nil, trainSize: PartSize? = nil, seed: Seed
  ) -> GroupShuffleSplit {
    GroupShuffleSplit(splits, testSize: testSize, trainSize: trainSize, seed: seed)
  }
}
