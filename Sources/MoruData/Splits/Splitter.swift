/// A way to part samples for cross-validation: every fold learns from one part and is judged on
/// another that it has not seen.
///
/// A splitter looks at classes and groups only, never at features, so it cannot carry anything from
/// one part into the other.
public protocol Splitter: Sendable {
  /// What messages call it.
  var name: String { get }

  /// The folds, in order.
  ///
  /// - Throws: `DataError.folds` if the samples cannot be parted so.
  func folds(of samples: SplitSamples) throws(DataError) -> [Fold]
}

extension Splitter {
  public var name: String { "\(Self.self)" }
}

/// One fold: places of the samples to learn from and of those to judge on, both ascending; no sample
/// is in both.
public struct Fold: Sendable, Equatable {
  /// What is learned from.
  public let train: [Int]
  /// What is judged on.
  public let test: [Int]

  /// A fold of samples that are learned from and samples that are judged on, for a splitter of one's
  /// own.
  ///
  /// - Throws: `DataError.folds` for a sample that is on both sides or twice on one, a place below 0,
  ///   and a side without samples.
  public init(train: [Int], test: [Int]) throws(DataError) {
    let places = Set(train).union(test)
    guard places.count == train.count + test.count, places.allSatisfy({ $0 >= 0 }),
      !train.isEmpty, !test.isEmpty
    else {
      throw .folds(
        splitter: "Fold",
        problem: "a sample is on both sides, or twice on one, or a side is empty",
        advice: "Put each sample on one side, and at least one on each.")
    }
    self.init(unchecked: train.sorted(), test: test.sorted())
  }

  init(unchecked train: [Int], test: [Int]) {
    self.train = train
    self.test = test
  }

  /// The fold that is judged on some of `count` samples and learns from all others.
  init(test: some Sequence<Int>, count: Int) {
    var isTest = [Bool](repeating: false, count: count)
    for place in test { isTest[place] = true }
    train = (0..<count).filter { !isTest[$0] }
    self.test = (0..<count).filter { isTest[$0] }
  }

  /// Folds that are each judged on the samples assigned to them.
  ///
  /// - Parameter assignment: For each sample the fold that it is judged in.
  static func folds(_ count: Int, assignment: [Int]) -> [Fold] {
    (0..<count).map { fold in
      Fold(
        unchecked: assignment.indices.filter { assignment[$0] != fold },
        test: assignment.indices.filter { assignment[$0] == fold })
    }
  }
}

/// What a splitter may know of samples: how many they are, their classes, and which belong together.
public struct SplitSamples: Sendable, Equatable {
  /// Number of samples.
  public let count: Int
  /// The class of each sample; nil where there are none.
  public let classes: [Int32]?
  /// The group of each sample by its place among the sorted groups; nil where there are none.
  /// Samples of one group (of one patient, machine or day) are never on both sides.
  public let groups: [Int]?

  /// Samples with or without classes.
  ///
  /// - Throws: `DataError.inconsistent` if there is not one class for each sample.
  public init(count: Int, classes: [Int32]? = nil) throws(DataError) {
    try self.init(count: count, classes: classes, groups: nil as [Int]?)
  }

  /// Samples that belong to groups, or not.
  ///
  /// - Throws: `DataError.inconsistent` if there is not one class and one group for each sample.
  public init<Group: Hashable & Comparable>(
    count: Int, classes: [Int32]? = nil, groups: [Group]?
  ) throws(DataError) {
    guard classes.map({ $0.count == count }) ?? true else {
      throw .inconsistent("\(classes?.count ?? 0) classes for \(counted(count, "sample"))")
    }
    guard groups.map({ $0.count == count }) ?? true else {
      throw .inconsistent("\(groups?.count ?? 0) groups for \(counted(count, "sample"))")
    }
    self.count = count
    self.classes = classes
    if let groups {
      let places = Dictionary(
        uniqueKeysWithValues: Set(groups).sorted().enumerated().map { ($1, $0) })
      self.groups = groups.compactMap { places[$0] }
    } else {
      self.groups = nil
    }
  }
}

extension SplitSamples {
  /// Refuses a number of folds below 2 or above the number of what is to be parted.
  func check(
    _ folds: Int, of things: Int? = nil, named noun: String = "sample", by splitter: String
  ) throws(DataError) {
    let things = things ?? count
    guard folds >= 2, folds <= things else {
      throw .folds(
        splitter: splitter, problem: "\(counted(folds, "fold")) of \(counted(things, noun))",
        advice: "Use at least 2 folds and at most as many as there are \(noun)s.")
    }
  }

  /// The classes, which `splitter` needs.
  func requireClasses(by splitter: String) throws(DataError) -> [Int32] {
    guard let classes else {
      throw .folds(
        splitter: splitter, problem: "the samples have no classes",
        advice: "Use data with class labels, or a splitter that is not stratified.")
    }
    return classes
  }

  /// The group of each sample and how many groups there are, which `splitter` needs.
  func requireGroups(by splitter: String) throws(DataError) -> (places: [Int], count: Int) {
    guard let groups else {
      throw .folds(
        splitter: splitter, problem: "nothing says which samples belong together",
        advice: "Pass groups, one for each sample.")
    }
    return (groups, (groups.max() ?? -1) + 1)
  }
}
