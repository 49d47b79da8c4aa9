public import MoruTensors

/// K folds of nearly equal size, each judged on once: the first `count mod splits` have one sample
/// more than the others.
///
/// Without shuffling, folds are runs of neighbouring samples, which is right only where the order
/// means nothing.
public struct KFold: ShuffledSplitter, Equatable {
  /// How many folds, at least 2.
  public let splits: Int
  /// Decides the order in which samples are dealt out; nil keeps theirs.
  public let shuffleSeed: Seed?

  /// Folds of shuffled samples, or of samples in their order.
  ///
  /// - Parameter splits: How many, at least 2 and at most as many as samples.
  public init(_ splits: Int = 5, shuffle shuffleSeed: Seed? = nil) {
    self.splits = splits
    self.shuffleSeed = shuffleSeed
  }

  public func folds(of samples: SplitSamples) throws(DataError) -> [Fold] {
    try samples.check(splits, by: "KFold")
    var order = Array(0..<samples.count)
    if let shuffleSeed {
      var generator = shuffleSeed.generator
      order.shuffle(using: &generator)
    }
    var assignment = [Int](repeating: 0, count: samples.count)
    var start = 0
    for fold in 0..<splits {
      let size = samples.count / splits + (fold < samples.count % splits ? 1 : 0)
      for place in order[start..<start + size] { assignment[place] = fold }
      start += size
    }
    return Fold.folds(splits, assignment: assignment)
  }
}

extension Splitter where Self == KFold {
  /// K folds of nearly equal size.
  public static func kFold(_ splits: Int = 5, shuffle: Seed? = nil) -> KFold {
    KFold(splits, shuffle: shuffle)
  }
}
