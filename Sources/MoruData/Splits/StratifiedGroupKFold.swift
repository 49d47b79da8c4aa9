public import MoruTensors

/// K folds between which groups are parted whole, with classes in proportion as far as that allows.
///
/// Groups whose classes differ most in number go first, each to the fold that leaves the classes'
/// shares of the folds most alike: least mean over classes of the standard deviation over folds. Of
/// folds equal in that, the one with fewest samples takes it.
///
/// - Source: scikit-learn's class of this name.
public typealias StratifiedGroupKFold = KFoldSplit<StratifiedGroupKFoldRule>

/// Folds of whole groups with classes in proportion; at most as many as groups, and as samples of the
/// rarest class. The seed decides the order of groups that are alike.
public enum StratifiedGroupKFoldRule: FoldRule {
  public static let name = "StratifiedGroupKFold"

  public static func assignment(
    of samples: SplitSamples, splits: Int, shuffle: Seed?
  ) throws(DataError) -> [Int] {
    let (groups, groupCount) = try samples.requireGroups(by: name)
    let classes = try samples.requireClasses(by: name)
    let members = try samples.classMembers(forFolds: splits, by: name)
      .sorted { classes[$0[0]] < classes[$1[0]] }
    try samples.check(splits, of: groupCount, named: "group", by: name)
    var counts = [[Double]](
      repeating: [Double](repeating: 0, count: members.count), count: groupCount)
    for (place, members) in members.enumerated() {
      for member in members { counts[groups[member]][place] += 1 }
    }
    var order = Array(0..<groupCount)
    if let shuffle {
      var generator = shuffle.generator
      order.shuffle(using: &generator)
    }
    let spreads = counts.map(\.standardDeviation)
    // Groups of equal spread keep their order.
    order = order.enumerated()
      .sorted { (spreads[$1.element], $0.offset) < (spreads[$0.element], $1.offset) }
      .map(\.element)
    var balance = FoldBalance(totals: members.map { Double($0.count) }, splits: splits)
    var foldOfGroup = [Int](repeating: 0, count: groupCount)
    for group in order { foldOfGroup[group] = balance.place(counts[group]) }
    return groups.map { foldOfGroup[$0] }
  }
}

extension Splitter where Self == StratifiedGroupKFold {
  /// K folds between which groups are parted whole, with classes in proportion as far as possible.
  public static func stratifiedGroupKFold(
    _ splits: Int = 5, shuffle: Seed? = nil
  ) -> StratifiedGroupKFold {
    StratifiedGroupKFold(splits, shuffle: shuffle)
  }
}

/// How many samples of each class each fold has got so far.
private struct FoldBalance {
  /// Samples of each class in all.
  private let totals: [Double]
  /// By fold, then by class.
  private var counts: [[Double]]

  init(totals: [Double], splits: Int) {
    self.totals = totals
    counts = [[Double]](repeating: [Double](repeating: 0, count: totals.count), count: splits)
  }

  /// Puts a group into the fold that takes it best, and returns which.
  mutating func place(_ group: [Double]) -> Int {
    var best = (fold: 0, unevenness: Double.infinity, load: Double.infinity)
    for fold in counts.indices {
      let load = counts[fold].reduce(0, +)
      let unevenness = unevenness(adding: group, to: fold)
      let isEqual = abs(unevenness - best.unevenness) <= 1e-8 + 1e-5 * abs(best.unevenness)
      if unevenness < best.unevenness || (isEqual && load < best.load) {
        best = (fold, unevenness, load)
      }
    }
    for place in group.indices { counts[best.fold][place] += group[place] }
    return best.fold
  }

  private func unevenness(adding group: [Double], to target: Int) -> Double {
    let spreads = totals.indices.map { place in
      counts.enumerated().map { fold, counts in
        (counts[place] + (fold == target ? group[place] : 0)) / totals[place]
      }.standardDeviation
    }
    return spreads.mean
  }
}
