/// K folds between which groups are parted whole: no group is on both sides.
///
/// The largest group goes first, each to the fold that has fewest samples so far, the first of equal
/// ones; of equally large groups the last one goes first, as in scikit-learn.
public struct GroupKFold: Splitter, Equatable {
  /// How many folds, at least 2.
  public let splits: Int

  /// - Parameter splits: How many, at least 2 and at most as many as groups.
  public init(_ splits: Int = 5) { self.splits = splits }

  public func folds(of samples: SplitSamples) throws(DataError) -> [Fold] {
    let (groups, count) = try samples.requireGroups(by: name)
    var sizes = [Int](repeating: 0, count: count)
    for group in groups { sizes[group] += 1 }
    try samples.check(splits, of: count, named: "group", by: name)
    var foldOfGroup = [Int](repeating: 0, count: sizes.count)
    var loads = [Int](repeating: 0, count: splits)
    for group in sizes.indices.sorted(by: { (sizes[$0], $0) > (sizes[$1], $1) }) {
      let lightest = loads.indices.min { loads[$0] < loads[$1] } ?? 0
      loads[lightest] += sizes[group]
      foldOfGroup[group] = lightest
    }
    return Fold.folds(splits, assignment: groups.map { foldOfGroup[$0] })
  }
}

extension Splitter where Self == GroupKFold {
  /// K folds between which groups are parted whole.
  public static func groupKFold(_ splits: Int = 5) -> GroupKFold { GroupKFold(splits) }
}
