public import MoruTensors

/// K folds, each judged on once; `Rule` says how samples are dealt to them.
public struct KFoldSplit<Rule: FoldRule>: ShuffledSplitter, Equatable {
  public var name: String { Rule.name }
  /// How many folds, at least 2.
  public let splits: Int
  /// Decides the order in which samples are dealt out; nil keeps theirs.
  public let shuffleSeed: Seed?

  /// Folds of shuffled samples, or of samples in their order.
  ///
  /// - Parameter splits: How many, at least 2 and at most as many as the rule has things to deal.
  public init(_ splits: Int = 5, shuffle shuffleSeed: Seed? = nil) {
    self.splits = splits
    self.shuffleSeed = shuffleSeed
  }

  public func folds(of samples: SplitSamples) throws(DataError) -> [Fold] {
    Fold.folds(
      splits, assignment: try Rule.assignment(of: samples, splits: splits, shuffle: shuffleSeed))
  }
}

/// How samples are dealt to folds.
public protocol FoldRule: Sendable {
  /// What messages call the splitter.
  static var name: String { get }

  /// For each sample the fold that it is judged in.
  ///
  /// - Throws: `DataError.folds` if the samples cannot be parted so.
  static func assignment(
    of samples: SplitSamples, splits: Int, shuffle: Seed?
  ) throws(DataError) -> [Int]
}
