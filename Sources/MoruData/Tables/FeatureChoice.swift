/// Which columns of a table are learned from, and which are left out and why: those that were excluded,
/// and, where nobody named the features, those of which nothing can be learned.
public struct FeatureChoice: Sendable, Equatable {
  /// A column that is not learned from.
  public struct LeftOut: Codable, Sendable, Equatable {
    /// The column.
    public let name: String
    /// Why, for people.
    public let reason: String
  }

  /// The columns to learn from, in the table's order, or in that in which they were named.
  public let features: [String]
  /// The others but the target, in the table's order.
  public let leftOut: [LeftOut]

  /// Most different texts of a column that are taken for categories however few rows there are.
  static let categoryLimit = 20

  /// Chooses the columns of a table.
  ///
  /// A column of texts of which there are more than 20 and more than half as many as cells, such as names
  /// and serial numbers, tells rows apart and says little of rows to come; one without a value nothing.
  ///
  /// - Parameters:
  ///   - target: The column to be predicted; nil if there is none.
  ///   - features: The columns to learn from, whatever they hold; chosen if nil.
  ///   - exclude: Columns that are not learned from.
  ///   - explained: Columns of which it was said how they are encoded; they are learned from, whatever
  ///     they hold.
  /// - Throws: `DataError.unknownColumn`; `.inconsistent` for a column that is both feature and excluded,
  ///   and if none is left.
  public init(
    _ table: Table, target: String?, features: [String]? = nil, exclude: Set<String> = [],
    explained: Set<String> = []
  ) throws(DataError) {
    for name in exclude.sorted() {
      _ = try table.column(name)
      guard name != target else {
        throw .inconsistent("column '\(name)' is the target, and cannot be excluded")
      }
      guard !explained.contains(name), features?.contains(name) != true else {
        throw .inconsistent("column '\(name)' is excluded, and named as a feature as well")
      }
    }
    var leftOut: [LeftOut] = []
    var chosen: [String] = []
    for column in table.columns where column.name != target {
      if exclude.contains(column.name) {
        leftOut.append(LeftOut(name: column.name, reason: "excluded, as asked for"))
      } else if features == nil, !explained.contains(column.name),
        let reason = column.reasonNotToLearn
      {
        leftOut.append(LeftOut(name: column.name, reason: reason))
      } else {
        chosen.append(column.name)
      }
    }
    self.features = features ?? chosen
    self.leftOut = leftOut
    guard !self.features.isEmpty else {
      let reasons = leftOut.map { "'\($0.name)': \($0.reason)" }.joined(separator: "; ")
      throw .inconsistent(
        "\(table.source) has no column to learn from" + (reasons.isEmpty ? "" : " (\(reasons))"))
    }
  }
}

extension Table.Column {
  /// Why nothing can be learned from the column as it is; nil if something may.
  fileprivate var reasonNotToLearn: String? {
    guard case .text(let codes, _) = values else {
      return missingCount == rowCount ? "no cell has a value" : nil
    }
    let present = codes.filter { $0 >= 0 }
    // Numbers with a mistake among them are to be put right, not left out.
    guard !present.isEmpty, !looksNumeric else {
      return present.isEmpty ? "no cell has a value" : nil
    }
    let distinct = Set(present).count
    guard distinct > FeatureChoice.categoryLimit, 2 * distinct > present.count else { return nil }
    return distinct == present.count
      ? "each of its \(present.count) cells holds another text"
      : "\(distinct) different texts in \(present.count) cells"
  }

  private var rowCount: Int {
    switch values {
    case .numbers(let numbers): numbers.count
    case .text(let codes, _): codes.count
    }
  }
}
