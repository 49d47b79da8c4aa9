internal import MoruArchive

/// What data are to look like, inferred from data that are known to be good: the columns of a table,
/// or the pictures of a folder.
public struct DataSchema: Codable, Sendable, Equatable {
  /// The version of the form of schemas.
  public static let version = 1

  /// The form in which it is written.
  public var schema: Int
  /// What it was inferred from.
  public var source: String
  /// How many samples that had.
  public var samples: Int
  /// The columns of a table; empty for pictures.
  public var columns: [ColumnSchema]
  /// The pictures of a folder; nil for tables.
  public var pictures: PictureSchema?

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case schema, source, samples, columns, pictures
  }

  /// The schema that a table fulfils.
  public init(inferredFrom table: Table) {
    schema = Self.version
    source = table.source
    samples = table.rowCount
    columns = table.columns.map(ColumnSchema.init)
    pictures = nil
  }

  /// The schema that pictures fulfil, of all parts together.
  ///
  /// - Throws: `DataError` naming a picture that cannot be read.
  public init(inferredFrom folders: [ImageFolder], source: String) throws(DataError) {
    let scan = PictureScan(folders: folders)
    if let failure = scan.failures.first { throw failure.error }
    let report = DataReport(scan)
    schema = Self.version
    self.source = source
    samples = report.count
    columns = []
    pictures = PictureSchema(inferredFrom: report)
  }

  /// - Throws: `PlacedError` for an unknown key, another version, or a column named twice.
  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: "the schema")
    schema = try fields.required(.schema)
    guard schema == Self.version else {
      throw fields.outOfRange(.schema, "\(Self.version), the form that this program reads")
    }
    source = try fields.value(.source, default: "")
    samples = try fields.value(.samples, default: 0)
    columns = try fields.value(.columns, default: [])
    pictures = try fields.optional(.pictures)
    if let name = Dictionary(grouping: columns, by: \.name).first(where: { $0.value.count > 1 })?
      .key
    {
      throw fields.outOfRange(.columns, "named differently; '\(name)' occurs more than once")
    }
    guard !columns.isEmpty || pictures != nil else {
      throw fields.outOfRange(.columns, "given, or else pictures")
    }
  }
}
