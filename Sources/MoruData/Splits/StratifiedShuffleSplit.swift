public import MoruTensors

/// Random parts of the samples with every class in its proportion, drawn anew for each split.
///
/// Numbers of samples are rounded by largest remainders, as in scikit-learn; chance decides between
/// equal ones.
public typealias StratifiedShuffleSplit = DrawnSplit<StratifiedShuffleSplitRule>

/// Samples are drawn from each class in its proportion.
public enum StratifiedShuffleSplitRule: DrawRule {
  public static let name = "StratifiedShuffleSplit"

  public static func fold(
    of samples: SplitSamples, _ sizes: PartSizes, drawing chance: inout some Chance
  ) throws(DataError) -> Fold {
    let classes = try samples.requireClasses(by: name)
    let members = Dictionary(grouping: classes.indices) { classes[$0] }
      .sorted { $0.key < $1.key }.map(\.value)
    let rarest = members.map(\.count).min() ?? 0
    guard rarest >= 2, min(sizes.train, sizes.test) >= members.count else {
      throw .folds(
        splitter: name,
        problem: "\(counted(members.count, "class", "classes")), the rarest of "
          + "\(counted(rarest, "sample")), for \(sizes.train) samples to learn from and "
          + "\(sizes.test) to judge on",
        advice: "Each class needs 2 samples, and each part a sample for each class.")
    }
    let counts = members.map(\.count)
    let learned = quotas(counts, total: sizes.train, drawing: &chance)
    let judged = quotas(
      zip(counts, learned).map { $0 - $1 }, total: sizes.test, drawing: &chance)
    var (train, test): ([Int], [Int]) = ([], [])
    for (place, members) in members.enumerated() {
      let order = chance.differentPlaces(members.count, below: members.count).map { members[$0] }
      train += order[..<learned[place]]
      test += order[learned[place]..<learned[place] + judged[place]]
    }
    return Fold(unchecked: train.sorted(), test: test.sorted())
  }

  /// How many of each class make up `total`, in proportion to `counts`.
  private static func quotas(
    _ counts: [Int], total: Int, drawing chance: inout some Chance
  ) -> [Int] {
    let sum = Double(counts.reduce(0, +))
    let exact = counts.map { Double($0) / sum * Double(total) }
    var quotas = exact.map { Int($0) }
    let remainders = exact.map { $0 - $0.rounded(.down) }
    var missing = total - quotas.reduce(0, +)
    for value in Set(remainders).sorted(by: >) where missing > 0 {
      let equal = remainders.indices.filter { remainders[$0] == value }
      let added = min(equal.count, missing)
      for place in chance.differentPlaces(added, below: equal.count) { quotas[equal[place]] += 1 }
      missing -= added
    }
    return quotas
  }
}

extension Splitter where Self == StratifiedShuffleSplit {
  /// Random parts of the samples with every class in its proportion.
  public static func stratifiedShuffleSplit(
    _ splits: Int = 10, testSize: PartSize? = nil, trainSize: PartSize? = nil, seed: Seed
  ) -> StratifiedShuffleSplit {
    StratifiedShuffleSplit(splits, testSize: testSize, trainSize: trainSize, seed: seed)
  }
}
