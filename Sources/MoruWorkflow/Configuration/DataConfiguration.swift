internal import MoruArchive
public import MoruData
public import MoruLayers
public import MoruTensors

/// How data come: a table, IDX files, or a folder of pictures.
public enum DataFormat: String, Codable, Sendable, CaseIterable {
  /// A CSV or TSV file or JSON lines, plain or gzip.
  case csv
  /// A folder of the four files of MNIST's form.
  case idx
  /// A folder of PNG, JPEG, WebP and TIFF pictures by class, `ROOT/CLASS/*`, or with a table of labels.
  case images
  /// A folder of texts by class, `ROOT/CLASS/*.txt`: a table of the columns `text` and `label`.
  case texts
  /// NumPy's arrays, a `.npz` file.
  case numpy
}

/// Which data are read, and how they are set apart.
public struct DataConfiguration: Codable, Sendable {
  /// The file or folder; in a file relative to that file.
  public var path: String
  /// How they come; found out from the path if nil.
  public var format: DataFormat?
  /// The column or array to be predicted, for tables and NumPy's arrays.
  public var target: String?
  /// Whether the target is a class or a number, for tables.
  public var task: TableEncoding.Task
  /// The columns or arrays to predict from, for tables and NumPy's arrays; all but the target if nil.
  public var features: [String]?
  /// Columns that are not learned from, for tables.
  public var exclude: [String]
  /// Columns whose numbers are names, not amounts, for tables.
  public var categorical: [String]
  /// Columns that are looked up in a vocabulary of the training part, for tables.
  public var lookup: [String: StringLookup]
  /// Columns of texts, and how they become numbers, for tables.
  public var text: [String: TextVectorization]
  /// What becomes of cells without a value, for tables.
  public var missing: TableEncoding.MissingPolicy
  /// How bytes stand for text, for tables; found out if nil.
  public var encoding: TextEncoding?
  /// What becomes of damaged rows and pictures.
  public var damaged: DamagePolicy
  /// What becomes of objects and arrays in rows of JSON lines, for tables.
  public var nested: NestedPolicy
  /// What becomes of categories that the training part does not have, for tables.
  public var unknown: TableEncoding.UnknownPolicy
  /// The shape that each row is given, for tables, such as `[8, 8, 1]`.
  public var shape: Shape?
  /// Height and width to which pictures are brought; nil if all have one size.
  public var imageSize: Size2D?
  /// Pictures that would take more MiB than this in memory stay in their files, which are read anew in
  /// each epoch; at least 0.
  public var memoryMebibytes: Int
  /// A table of the pictures' names and labels; nil if they lie in folders by class.
  public var labelFile: String?
  /// The table's column of names relative to the pictures' folder.
  public var fileColumn: String
  /// What stands between the labels of a picture that may have several; each has one if nil.
  public var labelSeparator: String?
  /// The names of the classes, for IDX files and NumPy's arrays; `0` to `9`, or the numbers, if nil.
  public var labels: [String]?
  /// The share of all samples that is set aside first and judged on last, between 0 and 1. IDX files
  /// bring a test part of their own.
  public var test: Double
  /// The share of all samples that trainings are watched on, from 0 (none) to below 1; of IDX
  /// files, the share of the training part.
  public var validation: Double
  /// How often classes occur where the model will be used, by label; unnamed classes share the rest. The
  /// data's own ratio if nil.
  public var fieldRatio: [String: Double]?

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case path, format, target, task, features, exclude, categorical, lookup, text, missing, shape
    case encoding, damaged, nested, labelFile, fileColumn, labelSeparator, imageSize,
      memoryMebibytes, labels, test,
      validation, unknown, fieldRatio
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
    exclude = try fields.value(.exclude, default: [])
    categorical = try fields.value(.categorical, default: [])
    lookup = try fields.value(.lookup, default: [:])
    text = try fields.value(.text, default: [:])
    missing =
      try decoder.choice(
        fields, .missing, among: [.error, .mean, .mostFrequent], of: "rule for missing values")
      ?? .error
    unknown =
      try decoder.choice(
        fields, .unknown, among: [.error, .ignore], of: "rule for unknown categories") ?? .error
    shape = try fields.optional(.shape)
    encoding = try decoder.choice(
      fields, .encoding, among: TextEncoding.allCases, of: "encoding")
    damaged =
      try decoder.choice(
        fields, .damaged, among: DamagePolicy.allCases, of: "rule for damaged rows and files")
      ?? .error
    nested =
      try decoder.choice(
        fields, .nested, among: NestedPolicy.allCases, of: "rule for nested values") ?? .error
    imageSize = try fields.optional(.imageSize)
    memoryMebibytes = try fields.value(
      .memoryMebibytes, default: SampleSet.standardMemoryBytes >> 20)
    guard (0...1 << 30).contains(memoryMebibytes) else {
      throw fields.outOfRange(.memoryMebibytes, "at least 0, not \(memoryMebibytes)")
    }
    labelFile = try fields.optional(.labelFile)
    fileColumn = try fields.value(.fileColumn, default: "file")
    labelSeparator = try fields.optional(.labelSeparator)
    guard labelSeparator?.count ?? 1 == 1 else {
      throw fields.outOfRange(.labelSeparator, "one character, such as \"|\"")
    }
    guard labelSeparator == nil || labelFile != nil else {
      throw fields.outOfRange(.labelSeparator, "left out without labelFile")
    }
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
    fieldRatio = try fields.optional(.fieldRatio)
    if let fieldRatio, !Self.areShares(fieldRatio) {
      throw fields.outOfRange(.fieldRatio, Self.fieldRatioRule)
    }
  }

  /// What a field ratio must be, in words.
  public static let fieldRatioRule = "shares from 0 to 1 that are together at most 1"

  /// Whether numbers can be shares of classes.
  public static func areShares(_ ratio: [String: Double]) -> Bool {
    ratio.values.allSatisfy { (0...1).contains($0) } && ratio.values.reduce(0, +) <= 1 + 1e-6
  }

  /// The field's share of each class; nil if none is stated.
  ///
  /// - Parameters:
  ///   - fieldRatio: Shares by label.
  ///   - labels: All classes.
  ///   - counts: The number of samples of each, in proportion to which unnamed classes share the rest.
  /// - Throws: `PlacedError` for a class that the data do not have, data without classes, and shares
  ///   that are not together 1.
  static func fieldShares(
    _ fieldRatio: [String: Double]?, labels: [String], counts: [Int]
  ) throws -> [Double]? {
    guard let fieldRatio else { return nil }
    let path = ["data", "fieldRatio"].map(AnyKey.init(stringValue:))
    for label in fieldRatio.keys.sorted() where !labels.contains(label) {
      throw PlacedError(
        ConfigurationError.unknown(label, of: "class", among: labels),
        at: path + [AnyKey(stringValue: label)])
    }
    let rest = max(0, 1 - fieldRatio.values.reduce(0, +))
    let unnamed = labels.indices.filter { fieldRatio[labels[$0]] == nil }
    let unnamedCount = unnamed.reduce(0) { $0 + counts[$1] }
    guard !labels.isEmpty, unnamedCount > 0 || rest <= 1e-6 else {
      throw PlacedError(
        ConfigurationError.outOfRange(
          "fieldRatio", in: "data",
          allowed: labels.isEmpty ? "left out for targets that are not classes" : "together 1"),
        at: path)
    }
    return labels.indices.map { place in
      fieldRatio[labels[place]] ?? rest * Double(counts[place]) / Double(unnamedCount)
    }
  }

  /// Height and width to which pictures are brought; nil if all have one size.
  var pictureSize: (height: Int, width: Int)? {
    imageSize.map { (height: $0.height, width: $0.width) }
  }

  /// Pictures that would take more bytes than this in memory stay in their files.
  var memoryBytes: Int { memoryMebibytes << 20 }

  /// How a table is read.
  public var tableFormat: TableFormat {
    TableFormat(encoding: encoding, damaged: damaged, nested: nested)
  }

  /// Refuses settings that data of a format do not have, rather than pass over them.
  ///
  /// - Throws: `PlacedError`.
  func check(for format: DataFormat) throws {
    func refuse(_ key: CodingKeys, _ isGiven: Bool, _ owners: DataFormat...) throws {
      guard isGiven, !owners.contains(format) else { return }
      let names = owners.map(\.rawValue).joined(separator: " and ")
      throw PlacedError(
        ConfigurationError.outOfRange(
          key.stringValue, in: "data",
          allowed: "left out for \(format.rawValue) data; it is for \(names) data"),
        at: [AnyKey(stringValue: "data"), key])
    }
    if labelFile == nil { try refuse(.target, target != nil, .csv, .numpy, .texts) }
    try refuse(.labelFile, labelFile != nil, .images)
    try refuse(.features, features != nil, .csv, .numpy)
    try refuse(.exclude, !exclude.isEmpty, .csv)
    try refuse(.encoding, encoding != nil, .csv, .texts)
    try refuse(.damaged, damaged != .error, .csv, .images, .texts)
    try refuse(.nested, nested != .error, .csv)
    try refuse(.categorical, !categorical.isEmpty, .csv)
    try refuse(.lookup, !lookup.isEmpty, .csv, .texts)
    try refuse(.text, !text.isEmpty, .csv, .texts)
    try refuse(.unknown, unknown != .error, .csv)
    try refuse(.shape, shape != nil, .csv)
    try refuse(.imageSize, imageSize != nil, .images)
    try refuse(
      .memoryMebibytes, memoryMebibytes != SampleSet.standardMemoryBytes >> 20, .images)
    try refuse(.labels, labels != nil, .idx, .numpy)
    guard format == .csv || format == .numpy || labelFile != nil, target == nil else { return }
    throw PlacedError(
      ConfigurationError.outOfRange(
        "target", in: "data",
        allowed: "given for \(format.rawValue) data: the "
          + (format == .numpy ? "array" : "column") + " to be predicted"),
      at: [AnyKey(stringValue: "data")])
  }
}
