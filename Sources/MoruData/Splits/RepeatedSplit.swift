public import MoruTensors

/// A splitter into a number of folds that can deal samples out in another order.
public protocol ShuffledSplitter: Splitter {
  /// How many folds, at least 2.
  var splits: Int { get }
  /// So many folds, of samples in their order if there is no seed.
  init(_ splits: Int, shuffle shuffleSeed: Seed?)
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
        splitter: "Repeated \(base.name)", problem: "\(repeats) repeats", advice: "Use at least 1.")
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
  /// As many folds, dealt by another seed.
  public func shuffled(by seed: Seed) -> Self { Self(splits, shuffle: seed) }

  /// The folds of this splitter, `times` over, shuffled otherwise each time.
  public func repeated(_ times: Int, seed: Seed) -> RepeatedSplit<Self> {
    RepeatedSplit(self, repeats: times, seed: seed)
  }
}
