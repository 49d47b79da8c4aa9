internal import MoruArchive
public import MoruData
public import MoruLayers
public import MoruTensors

/// How data come: a table, IDX files, or a folder of pictures.
public enum DataFormat: String, Codable, Sendable, CaseIterable {
  /// A CSV or TSV file, plain or gzip.
  case csv
  /// A folder of the four files of MNIST's form.
  case idx
  /// A folder of PNG and JPEG pictures by class, `ROOT/CLASS/*`.
  case images
}

/// Which data are read, and how they are set apart.
public struct DataConfiguration: Codable, Sendable {
  /// The file or folder; in a file relative to that file.
  public var path: String
  /// How they come; found out from the path if nil.
  public var format: DataFormat?
  /// The column to be predicted, for tables.
  public var target: String?
  /// Whether the target is a class or a number, for tables.
  public var task: TableEncoding.Task
  /// The columns to predict from, for tables; all but the target if nil.
  public var features: [String]?
  /// Columns whose numbers are names, not amounts, for tables.
  public var categorical: [String]
  /// Columns that are looked up in a vocabulary of the training part, for tables.
  public var lookup: [String: StringLookup]
  /// Columns of texts, and how they become numbers, for tables.
  public var text: [String: TextVectorization]
  /// What becomes of cells without a value, for tables.
  public var missing: TableEncoding.MissingPolicy
  /// The shape that each row is given, for tables, such as `[8, 8, 1]`.
  public var shape: Shape?
  /// Height and width to which pictures are brought; nil if all have one size.
  public var imageSize: Size2D?
  /// The names of the classes, for IDX files; `0` to `9` if nil.
  public var labels: [String]?
  /// The share of all samples that is set aside first and judged on last, between 0 and 1. IDX files
  /// bring a test part of their own.
  public var test: Double
  /// The share of all samples that trainings are watched on, from 0 (none) to below 1; of IDX
  /// files, the share of the training part.
  public var validation: Double

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case path, format, target, task, features, categorical, lookup, text, missing, shape
    case imageSize, labels, test, validation
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: "data")
    path = try fields.required(.path)
    format = try decoder.choice(fields, .format, among: DataFormat.allCases, of: "format")
    target = try fields.optional(.target)
    task =
      try decoder.choice(
        fields, .task, among: [.automatic, .classification, .regression], of: "task")
      ?? .automatic
    features = try fields.optional(.features)
    categorical = try fields.value(.categorical, default: [])
    lookup = try fields.value(.lookup, default: [:])
    text = try fields.value(.text, default: [:])
    missing =
      try decoder.choice(
        fields, .missing, among: [.error, .mean, .mostFrequent], of: "rule for missing values")
      ?? .error
    shape = try fields.optional(.shape)
    imageSize = try fields.optional(.imageSize)
    labels = try fields.optional(.labels)
    test = try fields.value(.test, default: 0.2)
    guard test > 0, test < 1 else {
      throw fields.outOfRange(.test, "a share between 0 and 1, not \(test)")
    }
    validation = try fields.value(.validation, default: 0)
    guard validation >= 0, validation < 1, test + validation < 1 else {
      throw fields.outOfRange(
        .validation, "a share from 0 that leaves samples beside test, not \(validation)")
    }
  }

  /// Refuses settings that data of a format do not have, rather than pass over them.
  ///
  /// - Throws: `PlacedError`.
  func check(for format: DataFormat) throws {
    func refuse(_ key: CodingKeys, _ isGiven: Bool, _ owner: DataFormat) throws {
      guard isGiven, format != owner else { return }
      throw PlacedError(
        ConfigurationError.outOfRange(
          key.stringValue, in: "data",
          allowed: "left out for \(format.rawValue) data; it is for \(owner.rawValue) data"),
        at: [AnyKey(stringValue: "data"), key])
    }
    try refuse(.target, target != nil, .csv)
    try refuse(.features, features != nil, .csv)
    try refuse(.categorical, !categorical.isEmpty, .csv)
    try refuse(.lookup, !lookup.isEmpty, .csv)
    try refuse(.text, !text.isEmpty, .csv)
    try refuse(.shape, shape != nil, .csv)
    try refuse(.imageSize, imageSize != nil, .images)
    try refuse(.labels, labels != nil, .idx)
    guard format == .csv, target == nil else { return }
    throw PlacedError(
      ConfigurationError.outOfRange(
        "target", in: "data", allowed: "given for csv data: the column to be predicted"),
      at: [AnyKey(stringValue: "data")])
  }
}
