public import MoruTensors

/// K folds of nearly equal size, each judged on once: the first `count mod splits` have one sample
/// more than the others.
///
/// Without shuffling, folds are runs of neighbouring samples, which is right only where the order
/// means nothing.
public typealias KFold = KFoldSplit<KFoldRule>

/// Folds of nearly equal size.
public enum KFoldRule: FoldRule {
  public static let name = "KFold"

  public static func assignment(
    of samples: SplitSamples, splits: Int, shuffle: Seed?
  ) throws(DataError) -> [Int] {
    try samples.check(splits, by: name)
    var order = Array(0..<samples.count)
    if let shuffle {
      var generator = shuffle.generator
      order.shuffle(using: &generator)
    }
    var assignment = [Int](repeating: 0, count: samples.count)
    var start = 0
    for fold in 0..<splits {
      let size = samples.count / splits + (fold < samples.count % splits ? 1 : 0)
      for place in order[start..<start + size] { assignment[place] = fold }
      start += size
    }
    return assignment
  }
}

extension Splitter where Self == KFold {
  /// K folds of nearly equal size.
  public static func kFold(_ splits: Int = 5, shuffle: Seed? = nil) -> KFold {
    KFold(splits, shuffle: shuffle)
  }
}
