public import MoruTensors

/// K folds that each hold every class in its proportion, to within one sample.
///
/// As in scikit-learn, samples sorted by class are dealt to the folds in turn, which says how many of
/// each class a fold gets; a class's samples then fill the folds one after another, in their order or
/// shuffled.
public typealias StratifiedKFold = KFoldSplit<StratifiedKFoldRule>

/// Folds that each hold every class in its proportion; at most as many as the rarest class has samples.
public enum StratifiedKFoldRule: FoldRule {
  public static let name = "StratifiedKFold"

  public static func assignment(
    of samples: SplitSamples, splits: Int, shuffle: Seed?
  ) throws(DataError) -> [Int] {
    let members = try samples.classMembers(forFolds: splits, by: name)
    var assignment = [Int](repeating: 0, count: samples.count)
    var dealt = 0
    for (place, members) in members.enumerated() {
      var quotas = [Int](repeating: 0, count: splits)
      for turn in dealt..<dealt + members.count { quotas[turn % splits] += 1 }
      dealt += members.count
      var folds = quotas.enumerated().flatMap { [Int](repeating: $0, count: $1) }
      if let shuffle {
        var generator = shuffle.child(place).generator
        folds.shuffle(using: &generator)
      }
      for (member, fold) in zip(members, folds) { assignment[member] = fold }
    }
    return assignment
  }
}

extension Splitter where Self == StratifiedKFold {
  /// K folds that each hold every class in its proportion.
  public static func stratifiedKFold(_ splits: Int = 5, shuffle: Seed? = nil) -> StratifiedKFold {
    StratifiedKFold(splits, shuffle: shuffle)
  }
}

extension SplitSamples {
  /// The places of each class's samples, classes in the order of their first samples.
  ///
  /// - Throws: `DataError.folds` without classes, and if a class has fewer samples than there are
  ///   folds: some fold would be judged without it.
  func classMembers(forFolds folds: Int, by splitter: String) throws(DataError) -> [[Int]] {
    let classes = try requireClasses(by: splitter)
    try check(folds, by: splitter)
    let members = Dictionary(grouping: classes.indices) { classes[$0] }.values
      .sorted { $0[0] < $1[0] }
    let rarest = members.map(\.count).min() ?? 0
    guard rarest >= folds else {
      throw .folds(
        splitter: splitter,
        problem: "the rarest class has \(counted(rarest, "sample")) for \(folds) folds",
        advice: "Use fewer folds, add samples of that class, or split without stratification.")
    }
    return members
  }
}
