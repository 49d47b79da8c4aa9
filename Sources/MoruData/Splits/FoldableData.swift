/// Samples that can be cut into parts so that no part knows another: whatever has to be fitted to data
/// is fitted to the part that is learned from, anew for each cut.
public protocol FoldableData: Sendable {
  /// Number of samples.
  var count: Int { get }
  /// The class of each sample by its place among the labels; nil without classes.
  var classes: (indices: [Int32], labels: [String])? { get }

  /// The samples to learn from and those to be judged on, as models take them.
  ///
  /// - Parameter train: Places of the samples that are learned from, and that everything is fitted to.
  /// - Parameter held: Places of the samples of each other part.
  /// - Throws: `DataError.resampled` and `.fittedToAll` for samples that know each other already;
  ///   `.inconsistent` for places outside the samples; what goes wrong when they are encoded.
  func cut(
    train: [Int], held: [[Int]]
  ) throws(DataError) -> (train: Dataset, held: [Dataset])
}

extension FoldableData {
  /// The folds of these samples.
  ///
  /// - Parameter groups: Which samples belong together, such as photographs of one part: they are
  ///   never on both sides of a splitter that looks at groups.
  /// - Throws: `DataError.inconsistent` if there is not one group for each sample; `.folds` if the
  ///   samples cannot be parted so.
  public func folds<Group: Hashable & Comparable>(
    by splitter: some Splitter, groups: [Group]?
  ) throws(DataError) -> [Fold] {
    try splitter.folds(of: SplitSamples(count: count, classes: classes?.indices, groups: groups))
  }

  /// The folds of these samples, none of which belong together.
  ///
  /// - Throws: `DataError.folds` if the samples cannot be parted so.
  public func folds(by splitter: some Splitter) throws(DataError) -> [Fold] {
    try folds(by: splitter, groups: nil as [Int]?)
  }
}

extension Dataset: FoldableData {
  public func cut(
    train: [Int], held: [[Int]]
  ) throws(DataError) -> (train: Dataset, held: [Dataset]) {
    try checkCuttable()
    if let column = encoding?.columnFittedToRows { throw .fittedToAll(column: column) }
    return (try subset(train), try held.map { places throws(DataError) in try subset(places) })
  }

  /// Refuses to cut samples of which one may be a copy of another.
  func checkCuttable() throws(DataError) {
    if let resampledBy { throw .resampled(by: resampledBy) }
  }
}

extension TableEncoding {
  /// The first column whose numbers depend on what other rows hold; nil if none do. Names of
  /// categories are known before there are rows.
  fileprivate var columnFittedToRows: String? {
    columns.first { column in
      switch column.rule {
      case .number(let fill): fill != nil
      case .category(_, let fill): fill != nil
      case .lookup, .text: true
      }
    }?.name
  }
}
