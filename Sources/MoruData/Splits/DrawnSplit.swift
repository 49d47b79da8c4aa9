public import MoruTensors

/// Random parts, drawn anew for each split: unlike folds, test parts may share samples. `Rule` says what
/// is drawn.
public struct DrawnSplit<Rule: DrawRule>: Splitter, Equatable {
  public var name: String { Rule.name }
  /// How many splits, at least 1.
  public let splits: Int
  /// What is judged on; the rule's standard share if nil, or what `trainSize` leaves.
  public let testSize: PartSize?
  /// What is learned from; all others if nil.
  public let trainSize: PartSize?
  /// Decides the splits.
  public let seed: Seed

  /// Random splits.
  public init(
    _ splits: Int = Rule.standardSplits, testSize: PartSize? = nil, trainSize: PartSize? = nil,
    seed: Seed
  ) {
    self.splits = splits
    self.testSize = testSize
    self.trainSize = trainSize
    self.seed = seed
  }

  public func folds(of samples: SplitSamples) throws(DataError) -> [Fold] {
    guard splits >= 1 else {
      throw .folds(splitter: name, problem: counted(splits, "split"), advice: "Use at least 1.")
    }
    var folds: [Fold] = []
    for turn in 0..<splits {
      var chance = SeededChance(seed.child(turn))
      folds.append(try fold(of: samples, drawing: &chance))
    }
    return folds
  }

  package func fold(
    of samples: SplitSamples, drawing chance: inout some Chance
  ) throws(DataError) -> Fold {
    let sizes = try PartSizes(
      test: testSize, train: trainSize, standard: Rule.standardTestShare,
      of: Rule.count(in: samples), named: Rule.noun, by: name)
    return try Rule.fold(of: samples, sizes, drawing: &chance)
  }
}

/// What random splits draw.
public protocol DrawRule: Sendable {
  /// What messages call the splitter.
  static var name: String { get }
  /// What is drawn: `sample` or `group`.
  static var noun: String { get }
  /// How many splits if nobody says.
  static var standardSplits: Int { get }
  /// The share that is judged on if nobody says.
  static var standardTestShare: Double { get }

  /// How many things there are to draw.
  ///
  /// - Throws: `DataError.folds` for samples that do not have what is drawn by.
  static func count(in samples: SplitSamples) throws(DataError) -> Int

  /// One split.
  ///
  /// - Throws: `DataError.folds` if the samples cannot be parted so.
  static func fold(
    of samples: SplitSamples, _ sizes: PartSizes, drawing chance: inout some Chance
  ) throws(DataError) -> Fold
}

extension DrawRule {
  public static var noun: String { "sample" }
  public static var standardSplits: Int { 10 }
  public static var standardTestShare: Double { 0.1 }

  public static func count(in samples: SplitSamples) throws(DataError) -> Int { samples.count }
}
