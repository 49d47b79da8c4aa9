public import MoruTensors

/// Random parts of the samples, drawn anew for each split: unlike folds, test parts may share samples.
public typealias ShuffleSplit = DrawnSplit<ShuffleSplitRule>

/// Samples are drawn whatever they are.
public enum ShuffleSplitRule: DrawRule {
  public static let name = "ShuffleSplit"

  public static func fold(
    of samples: SplitSamples, _ sizes: PartSizes, drawing chance: inout some Chance
  ) throws(DataError) -> Fold {
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
