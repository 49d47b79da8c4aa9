public import MoruTensors

/// The rows of a table before they are encoded: whichever rows are learned from, categories,
/// vocabularies and fills come from those alone.
public struct TableSamples: FoldableData {
  /// The rows.
  public let table: Table
  public let classes: (indices: [Int32], labels: [String])?

  private let fit: @Sendable ([Int]) throws(DataError) -> TableEncoding

  public var count: Int { table.rowCount }

  /// Rows of a table, with everything that their encoding is to be fitted by; the parameters are
  /// those of `TableEncoding`. Labels are taken from all rows.
  ///
  /// - Throws: `DataError` naming file, line and column.
  public init(
    _ table: Table, target: String?, features: [String]? = nil,
    task: TableEncoding.Task = .automatic, categorical: Set<String> = [],
    lookup: [String: StringLookup] = [:], text: [String: TextVectorization] = [:],
    missing: TableEncoding.MissingPolicy = .error,
    unknown: TableEncoding.UnknownPolicy = .error, shape: Shape? = nil
  ) throws(DataError) {
    self.table = table
    classes = try target.flatMap { name throws(DataError) in
      try TableEncoding.classes(
        of: table,
        TableEncoding.target(
          name, of: table, task: task, isCategory: categorical.contains(name)))
    }
    // Also where the mistake stands in a row that no encoding is fitted to.
    let explained = categorical.union(lookup.keys).union(text.keys).union(target.map { [$0] } ?? [])
    for name in features ?? table.names where !explained.contains(name) {
      try TableEncoding.checkNumbers(table.column(name), of: table)
    }
    fit = { rows throws(DataError) in
      try TableEncoding(
        fitting: table, target: target, features: features, task: task, categorical: categorical,
        lookup: lookup, text: text, missing: missing, unknown: unknown, rows: rows,
        shape: shape)
    }
  }

  public func cut(
    train: [Int], held: [[Int]]
  ) throws(DataError) -> (train: Dataset, held: [Dataset]) {
    let encoding = try fit(train.sorted())
    return (
      try encoding.dataset(from: table.subset(train)),
      try held.map { places throws(DataError) in
        try encoding.dataset(from: table.subset(places))
      }
    )
  }

  /// All rows, by an encoding that is fitted to all: for a last training on everything, or for rows
  /// that are not cut any more.
  ///
  /// - Throws: `DataError` naming file, line and column.
  public func dataset() throws(DataError) -> Dataset {
    try fit(Array(0..<count)).dataset(from: table)
  }
}

extension TableEncoding {
  /// The class of each row; nil for a target of numbers.
  fileprivate static func classes(
    of table: Table, _ target: Target
  ) throws(DataError) -> (indices: [Int32], labels: [String])? {
    guard let labels = target.labels else { return nil }
    let column = try table.column(target.name)
    let places = Dictionary(labels.enumerated().map { ($1, Int32($0)) }) { first, _ in first }
    let indices = (0..<table.rowCount).map { row in
      column.text(at: row).flatMap { places[$0] } ?? 0
    }
    return (indices, labels)
  }
}
