public import MoruTensors

/// Random parts of the samples, drawn anew for each split: unlike folds, test parts may share samples.
public struct ShuffleSplit: Splitter, Equatable {
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
    try Fold.drawn(splits, by: "ShuffleSplit", seed) { chance throws(DataError) in
      try fold(of: samples, drawing: &chance)
    }
  }

  package func fold(
    of samples: SplitSamples, drawing chance: inout some Chance
  ) throws(DataError) -> Fold {
    let sizes = try PartSizes(
      test: testSize, train: trainSize, standard: 0.1, of: samples.count, named: "sample",
      by: "ShuffleSplit")
    let order = chance.differentPlaces(samples.count, below: samples.count)
    return Fold(
      unchecked: order[sizes.test..<sizes.test + sizes.train].sorted(),
      test: order[..<sizes.test].sorted())
  }
}

extension Splitter where Self == ShuffleSplit {
  /// Random parts of the samples, drawn anew for each split.
  public static func shuffleSplit(
    _ splits: Int = 10, testSize: PartSize? = nil, trainSize: PartSize? = nil, seed: Seed
  ) -> ShuffleSplit {
    ShuffleSplit(splits, testSize: testSize, trainSize: trainSize, seed: seed)
  }
}

extension Fold {
  /// Splits that are drawn one after another, each by a seed of its own.
  static func drawn(
    _ splits: Int, by splitter: String, _ seed: Seed,
    _ draw: (inout SeededChance) throws(DataError) -> Fold
  ) throws(DataError) -> [Fold] {
    guard splits >= 1 else {
      throw .folds(
        splitter: splitter, problem: counted(splits, "split"), advice: "Use at least 1.")
    }
    var folds: [Fold] = []
    for turn in 0..<splits {
      var chance = SeededChance(seed.child(turn))
      folds.append(try draw(&chance))
    }
    return folds
  }
}
