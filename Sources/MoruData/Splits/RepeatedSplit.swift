public import MoruTensors

/// A splitter that can deal samples out in another order.
public protocol ShuffledSplitter: Splitter {
  /// The same splitter, dealing by another seed.
  func shuffled(by seed: Seed) -> Self
}

/// The folds of a splitter, several times over, shuffled otherwise each time.
public struct RepeatedSplit<Base: ShuffledSplitter>: Splitter {
  /// What is repeated.
  public let base: Base
  /// How often, at least 1.
  public let repeats: Int
  /// Decides the orders.
  public let seed: Seed

  /// - Parameters:
  ///   - base: What is repeated; its own seed plays no part.
  ///   - repeats: How often, at least 1.
  ///   - seed: Decides the orders.
  public init(_ base: Base, repeats: Int, seed: Seed) {
    self.base = base
    self.repeats = repeats
    self.seed = seed
  }

  public func folds(of samples: SplitSamples) throws(DataError) -> [Fold] {
    guard repeats >= 1 else {
      throw .folds(
        splitter: "Repeated \(Base.self)", problem: "\(repeats) repeats", advice: "Use at least 1.")
    }
    var folds: [Fold] = []
    for turn in 0..<repeats {
      folds += try base.shuffled(by: seed.child(turn)).folds(of: samples)
    }
    return folds
  }
}

/// scikit-learn's name of k folds that are repeated.
public typealias RepeatedKFold = RepeatedSplit<KFold>
/// scikit-learn's name of stratified folds that are repeated.
public typealias RepeatedStratifiedKFold = RepeatedSplit<StratifiedKFold>

extension ShuffledSplitter {
  /// The folds of this splitter, `times` over, shuffled otherwise each time.
  public func repeated(_ times: Int, seed: Seed) -> RepeatedSplit<Self> {
    RepeatedSplit(self, repeats: times, seed: seed)
  }
}

extension KFold: ShuffledSplitter {
  public func shuffled(by seed: Seed) -> KFold { KFold(splits, shuffle: seed) }
}

extension StratifiedKFold: ShuffledSplitter {
  public func shuffled(by seed: Seed) -> StratifiedKFold { StratifiedKFold(splits, shuffle: seed) }
}

extension StratifiedGroupKFold: ShuffledSplitter {
  public func shuffled(by seed: Seed) -> StratifiedGroupKFold {
    StratifiedGroupKFold(splits, shuffle: seed)
  }
}
