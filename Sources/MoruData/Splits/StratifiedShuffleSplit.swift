public import MoruTensors

/// Random parts of the samples with every class in its proportion, drawn anew for each split.
///
/// Numbers of samples are rounded by largest remainders, as in scikit-learn; chance decides between
/// equal ones.
public struct StratifiedShuffleSplit: Splitter, Equatable {
  /// How many splits, at least 1.
  public let splits: Int
  /// What is judged on; a tenth if nil, or what `trainSize` leaves.
  public let testSize: PartSize?
  /// What is learned from; all others if nil.
  public let trainSize: PartSize?
  /// Decides the splits.
  public let seed: Seed

  /// Random splits.
  public init(
    _ splits: Int = 10, testSize: PartSize? = nil, trainSize: PartSize? = nil, seed: Seed
  ) {
    self.splits = splits
    self.testSize = testSize
    self.trainSize = trainSize
    self.seed = seed
  }

  public func folds(of samples: SplitSamples) throws(DataError) -> [Fold] {
    try Fold.drawn(splits, by: "StratifiedShuffleSplit", seed) { chance throws(DataError) in
      try fold(of: samples, drawing: &chance)
    }
  }

  package func fold(
    of samples: SplitSamples, drawing chance: inout some Chance
  ) throws(DataError) -> Fold {
    let name = "StratifiedShuffleSplit"
    let classes = try samples.requireClasses(by: name)
    let members = Dictionary(grouping: classes.indices) { classes[$0] }
      .sorted { $0.key < $1.key }.map(\.value)
    let sizes = try PartSizes(
      test: testSize, train: trainSize, standard: 0.1, of: samples.count, named: "sample", by: name)
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
    let learned = Self.quotas(counts, total: sizes.train, drawing: &chance)
    let judged = Self.quotas(
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
