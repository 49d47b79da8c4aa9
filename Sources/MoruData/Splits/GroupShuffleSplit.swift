public import MoruTensors

/// Random groups, drawn anew for each split: no group is on both sides. Sizes count groups.
public typealias GroupShuffleSplit = DrawnSplit<GroupShuffleSplitRule>

/// Groups are drawn whole.
public enum GroupShuffleSplitRule: DrawRule {
  public static let name = "GroupShuffleSplit"
  public static let noun = "group"
  public static let standardSplits = 5
  public static let standardTestShare = 0.2

  public static func count(in samples: SplitSamples) throws(DataError) -> Int {
    try samples.requireGroups(by: name).count
  }

  public static func fold(
    of samples: SplitSamples, _ sizes: PartSizes, drawing chance: inout some Chance
  ) throws(DataError) -> Fold {
    let (groups, count) = try samples.requireGroups(by: name)
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
