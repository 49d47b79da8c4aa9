internal import MoruArchive
public import MoruTensors

/// How a table's columns become a model's numbers: fitted once, stored inside the model, and
/// applied alike to every later row.
///
/// Number columns become one number each; text columns one per category, 1 for the row's own and 0
/// elsewhere (one-hot), unless they have a lookup or a vectorization of their own.
public struct TableEncoding: Codable, Sendable, Equatable {
  /// What becomes of a feature cell without a value.
  public enum MissingPolicy: String, Codable, Sendable, CaseIterable {
    /// It is an error that names row and column.
    case error
    /// Numbers take the mean of the fitted rows, categories the most frequent one.
    case mean
    /// The most frequent value of the fitted rows, the smallest of equally frequent ones.
    case mostFrequent
  }

  /// What becomes of a category that was not there when the encoding was fitted.
  public enum UnknownPolicy: String, Codable, Sendable {
    /// It is an error that names row and column.
    case error
    /// It is none of the known ones: zeros in all their places.
    case ignore
  }

  /// What kind of target a column is.
  public enum Task: String, Codable, Sendable {
    /// Text, or whole numbers with at most 20 different values, are classes; others are numbers.
    case automatic
    case classification
    case regression
  }

  /// How one feature column is encoded.
  public enum Rule: Codable, Sendable, Equatable {
    /// As it is; `fill` replaces a missing number.
    case number(fill: Double?)
    /// One-hot over `categories`, which are in order of their UTF-8 bytes; `fill` replaces a
    /// missing one.
    case category(categories: [String], fill: String?)
    /// Its place in a vocabulary, or what the lookup makes of it; `fill` replaces a missing one.
    case lookup(StringLookup, fill: String?)
    /// The numbers of a text; `fill` replaces a missing one.
    case text(TextVectorization, fill: String?)

    /// How many numbers a cell becomes.
    package var width: Int {
      switch self {
      case .number: 1
      case .category(let categories, _): categories.count
      case .lookup(let lookup, _): lookup.outputMode == .int ? 1 : lookup.depth
      case .text(let vectorization, _): vectorization.width ?? 0
      }
    }

    /// Whether the numbers are places in a vocabulary.
    fileprivate var isPlaces: Bool {
      switch self {
      case .number, .category: false
      case .lookup(let lookup, _): lookup.outputMode == .int
      case .text(let vectorization, _): vectorization.outputMode == .int
      }
    }
  }

  /// A feature column.
  public struct Column: Codable, Sendable, Equatable {
    /// The column's name in the table.
    public let name: String
    /// How it is encoded.
    public let rule: Rule
  }

  /// The target column.
  public struct Target: Codable, Sendable, Equatable {
    /// The column's name in the table.
    public let name: String
    /// The classes (whole numbers by size, text by UTF-8 bytes); nil for regression.
    public let labels: [String]?
    /// Whether the column held text, so that it is read as text again.
    let isText: Bool
  }

  /// Most different whole numbers that are taken for classes when the task is automatic.
  static let classLimit = 20

  /// Most numbers that an encoded table may hold: 2^32.
  static let elementLimit = 1 << 32

  /// The feature columns in the model's order.
  public let columns: [Column]
  /// The target; nil if there is none.
  public let target: Target?
  /// The shape of one encoded row: `[width]`, or a picture's such as `[8, 8, 1]`.
  public let shape: Shape
  /// What becomes of unknown categories of features; an error if nil.
  public let unknown: UnknownPolicy?

  /// Number of values in an encoded row.
  public var width: Int { columns.reduce(0) { $0 + $1.rule.width } }

  /// The type of the values: Int32 if all columns are places in vocabularies, else Float32.
  public var dtype: DType { columns.allSatisfy(\.rule.isPlaces) ? .int32 : .float32 }

  /// The only column, if it holds text: what a text stands for that comes without a column's name.
  public var textColumn: Column? {
    if columns.count == 1, case .text = columns[0].rule { columns[0] } else { nil }
  }

  /// A name for each encoded value: `age`, `species=setosa`, `review=good`, `review[0]`.
  public var featureNames: [String] {
    columns.flatMap { column in
      let places = (0..<column.rule.width).map { "\(column.name)[\($0)]" }
      func named(_ tokens: [String]) -> [String] {
        tokens.map { "\(column.name)=\($0)" } + places.dropFirst(tokens.count)
      }
      return switch column.rule {
      case .number: [column.name]
      case .category(let categories, _): named(categories)
      case .lookup(let lookup, _):
        lookup.outputMode == .int ? [column.name] : named(lookup.vocabulary)
      case .text(let text, _): text.outputMode == .int ? places : named(text.vocabulary)
      }
    }
  }

  /// The columns that must be read as text, whatever they hold.
  public var textColumns: Set<String> {
    var names = Set<String>()
    for column in columns {
      if case .number = column.rule { continue }
      names.insert(column.name)
    }
    if let target, target.isText { names.insert(target.name) }
    return names
  }

  /// Fits an encoding to a table.
  ///
  /// - Parameters:
  ///   - target: The target column, or nil.
  ///   - features: The feature columns in order; all but the target if nil.
  ///   - task: Whether the target is a class or a number.
  ///   - categorical: Columns encoded by category even if they hold numbers.
  ///   - lookup: Columns with a lookup of their own, which learns its vocabulary unless it has one.
  ///   - text: Columns of texts, whose vectorizations learn their vocabularies unless they have one.
  ///   - missing: What becomes of missing feature cells; a missing text becomes an empty one unless
  ///     it is an error. A missing target is always an error.
  ///   - unknown: What becomes of categories of features that no fitted row has.
  ///   - rows: The rows that categories, vocabularies and fills are learned from: the training part.
  ///     Labels are taken from all rows.
  ///   - shape: The shape of one encoded row; `[width]` if nil.
  /// - Throws: `DataError` naming file, line and column. A text column whose cells are numbers to
  ///   nine tenths is taken for a number column with a mistake, unless it is in `categorical`.
  public init(
    fitting table: Table, target: String?, features: [String]? = nil, task: Task = .automatic,
    categorical: Set<String> = [], lookup: [String: StringLookup] = [:],
    text: [String: TextVectorization] = [:], missing: MissingPolicy = .error,
    unknown: UnknownPolicy = .error, rows: [Int]? = nil, shape: Shape? = nil
  ) throws(DataError) {
    let rows = rows ?? Array(0..<table.rowCount)
    guard rows.allSatisfy((0..<table.rowCount).contains), !rows.isEmpty else {
      throw .inconsistent("the rows to be fitted are not rows of \(table.source)")
    }
    try Self.check(
      [Array(categorical), Array(lookup.keys), Array(text.keys)], table, target: target)
    var columns: [Column] = []
    for name in features ?? table.names.filter({ $0 != target }) {
      guard name != target else { throw .inconsistent("column '\(name)' is feature and target") }
      guard !columns.contains(where: { $0.name == name }) else {
        throw .inconsistent("feature '\(name)' is named twice")
      }
      let column = try table.column(name)
      let rule =
        if let lookup = lookup[name] {
          try Self.rule(column, of: table, lookup: lookup, missing: missing, rows: rows)
        } else if let text = text[name] {
          try Self.rule(column, of: table, text: text, missing: missing, rows: rows)
        } else {
          try Self.rule(
            column, of: table, isCategory: categorical.contains(name), missing: missing,
            rows: rows)
        }
      columns.append(Column(name: name, rule: rule))
    }
    guard !columns.isEmpty else { throw .inconsistent("\(table.source) has no feature column") }
    self.columns = columns
    self.unknown = unknown == .error ? nil : unknown
    if let target {
      self.target = try Self.target(
        target, of: table, task: task, isCategory: categorical.contains(target))
    } else {
      self.target = nil
    }
    let width = columns.reduce(0) { $0 + $1.rule.width }
    self.shape = shape ?? [width]
    guard self.shape.elementCount == width else {
      throw .inconsistent(
        "the shape \(self.shape) holds \(self.shape.elementCount) values, "
          + "but a row of \(table.source) has \(width)")
    }
  }

  /// What the column `name` is as a target, by all rows: its classes, or that it is a number.
  ///
  /// - Throws: `DataError` naming file, line and column.
  package static func target(
    _ name: String, of table: Table, task: Task, isCategory: Bool
  ) throws(DataError) -> Target {
    let column = try table.column(name)
    for row in 0..<table.rowCount where column.text(at: row) == nil {
      throw .missingValue(place: table.place(ofRow: row), column: column.name)
    }
    switch column.values {
    case .numbers(let numbers):
      let distinct = Set(numbers).sorted()
      let isClass =
        switch task {
        case .automatic: isCategory || (column.kind == .whole && distinct.count <= classLimit)
        case .classification: true
        case .regression: false
        }
      let labels = isClass ? distinct.map(Table.Column.text) : nil
      return Target(name: column.name, labels: labels, isText: false)
    case .text(_, let categories):
      if let row = column.firstTextRow, !isCategory, task == .regression || column.looksNumeric {
        throw .notANumber(place: table.place(ofRow: row), column: column.name)
      }
      return Target(name: column.name, labels: categories.sorted(by: bytesPrecede), isText: true)
    }
  }

  /// An encoding of one column of texts, without a target.
  package init(column name: String, text: TextVectorization) throws(DataError) {
    columns = [Column(name: name, rule: .text(text, fill: nil))]
    target = nil
    unknown = nil
    shape = [try text.checkedWidth(column: name)]
  }

  /// The most frequent value, the smallest of equally frequent ones, as in scikit-learn.
  static func mostFrequent<V: Hashable & Comparable>(_ values: some Sequence<V>) -> V? {
    var counts: [V: Int] = [:]
    for value in values { counts[value, default: 0] += 1 }
    return counts.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
  }

  static func bytesPrecede(_ first: String, _ second: String) -> Bool {
    first.utf8.lexicographicallyPrecedes(second.utf8)
  }

  static func checkSize(rows: Int, width: Int, source: String) throws(DataError) {
    guard rows <= elementLimit / max(width, 1) else {
      throw .tooLarge(file: source, limit: elementLimit, unit: "encoded numbers")
    }
  }
}
