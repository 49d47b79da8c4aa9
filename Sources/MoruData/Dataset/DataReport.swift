public import Foundation
internal import MoruTensors

/// What a data set looks like, found before anything is learned from it.
public struct DataReport: Codable, Sendable, Equatable {
  /// One column of a table, or one feature of a data set as a whole.
  public struct Column: Codable, Sendable, Equatable {
    /// The name in the header, or the feature's.
    public let name: String
    /// `whole`, `real`, `text`, or a feature's type and sample shape.
    public let type: String
    /// Cells without a value.
    public let missing: Int
    /// Different values; nil where they were not counted.
    public let distinct: Int?
    /// Whether that was estimated from a part of them.
    public let isDistinctEstimated: Bool
    /// Least number.
    public let minimum: Double?
    /// Arithmetic mean.
    public let mean: Double?
    /// Greatest number.
    public let maximum: Double?
    /// Whether all present values are the same.
    public let isConstant: Bool
  }

  /// How many samples a class has.
  public struct ClassCount: Codable, Sendable, Equatable {
    /// The class.
    public let label: String
    /// Its samples.
    public let count: Int
  }

  /// How many pictures have a size.
  public struct ImageSize: Codable, Sendable, Equatable {
    /// Pixels from left to right.
    public let width: Int
    /// Pixels from top to bottom.
    public let height: Int
    /// 1 grey, 3 colour.
    public let channels: Int
    /// Pictures of this size.
    public let count: Int
  }

  /// The file or folder.
  public let source: String
  /// Number of samples.
  public let count: Int
  /// The columns of a table, or the features.
  public let columns: [Column]
  /// Samples that are equal to an earlier one in every value, target included.
  public let duplicates: Int
  /// Whether duplicates and conflicts were estimated from a part of the samples.
  public let areDuplicatesEstimated: Bool
  /// How many rows of a table too large for memory were drawn, which plots and some findings are of; nil
  /// where all were looked at.
  public let drawnRows: Int?
  /// Different inputs that occur with more than one target; nil without a target.
  public let labelConflicts: Int?
  /// The target's name in a table.
  public let target: String?
  /// Samples of each class; empty without classes.
  public private(set) var classes: [ClassCount]
  /// Sizes of the pictures, most frequent first; empty for tables.
  public let imageSizes: [ImageSize]
  /// What was read and what of it was damaged; nil for data that are not from files.
  public private(set) var reading: ReadingReport?

  /// Names of the columns whose present values are all the same.
  public var constantColumns: [String] { columns.filter(\.isConstant).map(\.name) }

  /// A report on a table.
  ///
  /// - Parameter target: The target column; nil leaves out class balance and conflicts.
  /// - Throws: `DataError.unknownColumn`.
  public init(_ table: Table, target: String? = nil) throws(DataError) {
    let targetColumn: Table.Column?
    if let target { targetColumn = try table.column(target) } else { targetColumn = nil }
    source = table.source
    count = table.rowCount
    reading = table.reading
    columns = table.columns.map(Column.init)
    let inputs = table.columns.filter { $0.name != target }
    let groups = Duplicates(
      count: table.rowCount, keys: inputs.map(\.keys),
      targets: targetColumn?.keys)
    duplicates = groups.duplicates
    labelConflicts = groups.conflicts
    (areDuplicatesEstimated, drawnRows) = (false, nil)
    self.target = target
    classes = targetColumn.map(Self.balance) ?? []
    imageSizes = []
  }

  /// A report on a table that was read once, without being kept.
  init(_ scan: TableScan, target: String?) {
    source = scan.source
    count = scan.rowCount
    reading = scan.reading
    columns = scan.columns
    duplicates = scan.duplicates
    labelConflicts = scan.conflicts
    areDuplicatesEstimated = !scan.isExact
    drawnRows = scan.drawn.rowCount < scan.rowCount ? scan.drawn.rowCount : nil
    self.target = target
    classes = scan.classes
    imageSizes = []
  }

  /// A report on a data set in memory.
  public init(_ dataset: Dataset) {
    source = dataset.source
    count = dataset.count
    reading = dataset.reading
    columns = dataset.features.map(Column.init)
    let groups = Duplicates(dataset)
    duplicates = groups.duplicates
    labelConflicts = groups.conflicts
    (areDuplicatesEstimated, drawnRows) = (false, nil)
    target = dataset.encoding?.target?.name
    classes = zip(dataset.labels ?? [], dataset.classCounts ?? []).map(ClassCount.init)
    imageSizes = dataset.features.compactMap { feature in
      let shape = feature.values.shape
      guard shape.rank == 4, shape[3] == 1 || shape[3] == 3 else { return nil }
      return ImageSize(width: shape[2], height: shape[1], channels: shape[3], count: shape[0])
    }
  }

  /// A report on a folder of pictures by class, each decoded at its own size and then let go.
  ///
  /// - Parameter damaged: What becomes of pictures that cannot be read.
  /// - Throws: `DataError` naming the folder or the picture that cannot be read.
  public init(imagesAt root: URL, damaged: DamagePolicy = .error) throws(DataError) {
    try self.init(PictureScan(folders: [try ImageFolder(at: root)]), damaged: damaged)
  }

  /// A report on one folder of pictures that were looked at.
  ///
  /// - Parameter hasClasses: Whether the folder's classes are such, and not sets of labels.
  /// - Throws: What was wrong with a picture, unless damaged ones are left out.
  init(
    _ scan: PictureScan, damaged: DamagePolicy, hasClasses: Bool = true
  ) throws(DataError) {
    if damaged == .error, let failure = scan.failures.first { throw failure.error }
    self.init(scan, part: 0)
    if !hasClasses { classes = [] }
    var reading = ReadingReport(source: source, unit: "picture")
    reading.keep(count)
    for failure in scan.failures {
      reading.skip(1, [.init(place: failure.name, reason: failure.error.reason)])
    }
    try reading.requireSome()
    self.reading = reading
  }

  /// A report on one part of pictures that were looked at; on all of them if nil.
  init(_ scan: PictureScan, part: Int? = nil) {
    let entries = part.map { part in scan.entries.filter { $0.part == part } } ?? scan.entries
    source = part.map { scan.parts[$0] } ?? scan.parts.joined(separator: ", ")
    count = entries.count
    columns = [
      PixelRange(scan.ranges[(part ?? 0)...(part ?? scan.ranges.count - 1)]).column(named: "pixels")
    ]
    let labels = part.map { scan.labels[$0] } ?? Set(scan.labels.joined()).sorted()
    let places = Dictionary(labels.enumerated().map { ($1, Int64($0)) }) { first, _ in first }
    let groups = Duplicates(
      checksums: entries.map(\.checksum), targets: entries.map { places[$0.label] ?? -1 })
    duplicates = groups.duplicates
    labelConflicts = groups.conflicts
    (areDuplicatesEstimated, drawnRows) = (false, nil)
    target = nil
    let counts = Dictionary(entries.map { ($0.label, 1) }, uniquingKeysWith: +)
    classes = labels.map { ClassCount(label: $0, count: counts[$0] ?? 0) }
    let sizes = Dictionary(entries.map { ($0.shape, 1) }, uniquingKeysWith: +)
    imageSizes = sizes.sorted { first, second in
      first.value != second.value
        ? first.value > second.value : first.key.lexicographicallyPrecedes(second.key)
    }.map { ImageSize(width: $0.key[1], height: $0.key[0], channels: $0.key[2], count: $0.value) }
  }

  /// The classes in the order that an encoding gives them; empty if the target is not a class.
  private static func balance(_ column: Table.Column) -> [ClassCount] {
    switch column.values {
    case .numbers(let numbers):
      let counts = Dictionary(numbers.filter { !$0.isNaN }.map { ($0, 1) }, uniquingKeysWith: +)
      guard column.kind == .whole, counts.count <= TableEncoding.classLimit else { return [] }
      return counts.sorted { $0.key < $1.key }.map {
        ClassCount(label: Table.Column.text(of: $0.key), count: $0.value)
      }
    case .text(let codes, let categories):
      var counts = [Int](repeating: 0, count: categories.count)
      for code in codes where code >= 0 { counts[Int(code)] += 1 }
      return zip(categories, counts).sorted {
        $0.0.utf8.lexicographicallyPrecedes($1.0.utf8)
      }.map(ClassCount.init)
    }
  }
}
