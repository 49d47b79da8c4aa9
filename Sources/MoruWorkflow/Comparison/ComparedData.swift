public import Foundation
public import MoruData
public import MoruTensors

/// Samples that learners are compared on, after some were set aside.
public struct ComparedData: Sendable {
  /// Which samples are read, and how.
  public struct Settings: Sendable {
    /// The column to be predicted, for tables.
    public var target: String?
    /// Columns that are not learned from, for tables.
    public var exclude: Set<String> = []
    /// Columns whose numbers are names, not amounts, for tables.
    public var categorical: Set<String> = []
    /// What becomes of cells without a value, for tables.
    public var missing: TableEncoding.MissingPolicy = .mean
    /// The share that is set aside, above 0 and below 1, of data without parts of their own.
    public var testFraction = 0.2
    /// What pictures are brought to; 64 × 64 if nil, unless all have one size and are smaller.
    public var imageSize: ImageSize?
    /// At most so many of the rest are compared on, drawn with each class's share; all if nil.
    public var limit: Int?
    /// Decides which.
    public var seed: Seed = 0

    /// Everything at its default.
    public init() {}
  }

  /// Sides of pictures, in pixels.
  public struct ImageSize: Codable, Sendable, Equatable {
    /// Rows, at least 1.
    public let height: Int
    /// Columns, at least 1.
    public let width: Int

    /// Sides of pictures.
    public init(height: Int, width: Int) {
      self.height = height
      self.width = width
    }
  }

  /// The file's or folder's name.
  public let source: String
  /// What is compared on.
  public let samples: any FoldableData
  /// How many samples were set aside, and are not looked at.
  public let setAside: Int
  /// Whether samples are pictures.
  public let isPictures: Bool
  /// What pictures were brought to; nil if nothing was done.
  public let resizedTo: ImageSize?
  /// Columns of a table that are not learned from.
  public let leftOut: [FeatureChoice.LeftOut]
  /// How many cells of a table's columns have no value and are filled.
  public let filled: [FilledColumn]

  /// A column of which cells without a value are filled.
  public struct FilledColumn: Codable, Sendable, Equatable {
    /// The column.
    public let name: String
    /// Its cells without a value, among all rows.
    public let cells: Int
  }

  /// Samples in memory.
  public init(_ samples: Dataset, setAside: Int = 0, resizedTo: ImageSize? = nil) {
    source = samples.source
    self.resizedTo = resizedTo
    self.samples = samples
    self.setAside = setAside
    isPictures = samples.signature.first?.shape.rank == 3
    (leftOut, filled) = ([], [])
  }

  /// Reads a table, a folder of pictures by class or a folder of IDX files, and sets a part aside
  /// before anything else is done. Parts that the data bring, such as `test`, are set aside as they are.
  ///
  /// - Throws: `DataError` naming file, line and column; `WorkflowError.comparison` for a table without
  ///   a target.
  public init(at url: URL, _ settings: Settings) throws {
    let format = try DataFormat.find(at: url)
    guard settings.imageSize == nil || format == .images else {
      throw WorkflowError.option(
        "--image-size", reason: "it is for folders of pictures by class. Leave it out.")
    }
    switch format {
    case .csv:
      guard let target = settings.target else {
        throw WorkflowError.comparison("a table needs a target. Name the column with --target")
      }
      let table = try Table(at: url, asText: settings.categorical)
      _ = try table.column(target)
      let choice = try FeatureChoice(
        table, target: target, exclude: settings.exclude, explained: settings.categorical)
      func samples(_ table: Table) throws(DataError) -> TableSamples {
        try TableSamples(
          table, target: target, features: choice.features, categorical: settings.categorical,
          missing: settings.missing, unknown: .ignore)
      }
      let rows = try Self.kept(samples(table), settings)
      self.init(
        source: table.source, samples: try samples(table.subset(rows.kept)),
        setAside: rows.setAside, leftOut: choice.leftOut,
        filled: try choice.features.map { try table.column($0) }.filter { $0.missingCount > 0 }
          .map { FilledColumn(name: $0.name, cells: $0.missingCount) })
    case .images:
      let pictures = try ComparedPictures(at: url, size: settings.imageSize)
      let all = pictures.samples
      let rows =
        if let others = pictures.otherParts {
          (kept: try Self.drawn(Array(0..<all.count), of: all, settings), setAside: others)
        } else {
          try Self.kept(all, settings)
        }
      self.init(
        try all.subset(rows.kept), setAside: rows.setAside, resizedTo: pictures.resizedTo)
    case .idx:
      let (train, test) = try Dataset.mnist(at: url)
      let rows = try Self.drawn(Array(0..<train.count), of: train, settings)
      self.init(try train.subset(rows), setAside: test.count)
    case .numpy:
      let all = try Dataset.numpy(at: url, target: settings.target)
      let rows = try Self.kept(all, settings)
      self.init(try all.subset(rows.kept), setAside: rows.setAside)
    case .texts:
      throw WorkflowError.comparison(
        "\(url.lastPathComponent) holds texts, of which a classical learner makes nothing. "
          + "Make a table of numbers of them")
    }
  }

  /// Rows of a table.
  private init(
    source: String, samples: TableSamples, setAside: Int, leftOut: [FeatureChoice.LeftOut],
    filled: [FilledColumn]
  ) {
    self.source = source
    self.samples = samples
    self.setAside = setAside
    (isPictures, resizedTo) = (false, nil)
    self.leftOut = leftOut
    self.filled = filled
  }

  /// Places of the samples that are not set aside, drawn if there is a limit.
  private static func kept(
    _ samples: some FoldableData, _ settings: Settings
  ) throws(DataError) -> (kept: [Int], setAside: Int) {
    let split =
      if let classes = samples.classes {
        try Split.trainTest(
          stratifiedBy: classes.indices, labels: classes.labels,
          testFraction: settings.testFraction, seed: settings.seed)
      } else {
        try Split.trainTest(
          count: samples.count, testFraction: settings.testFraction, seed: settings.seed)
      }
    return (try drawn(split.train, of: samples, settings), split.test.count)
  }

  private static func drawn(
    _ places: [Int], of samples: some FoldableData, _ settings: Settings
  ) throws(DataError) -> [Int] {
    guard let limit = settings.limit, limit < places.count else { return places }
    let share = Double(limit) / Double(places.count)
    let seed = settings.seed.child("limit")
    guard let classes = samples.classes else {
      return try Split.trainTest(count: places.count, testFraction: share, seed: seed)
        .test.map { places[$0] }
    }
    return try Split.trainTest(
      stratifiedBy: places.map { classes.indices[$0] }, labels: classes.labels,
      testFraction: share, seed: seed
    ).test.map { places[$0] }
  }
}
