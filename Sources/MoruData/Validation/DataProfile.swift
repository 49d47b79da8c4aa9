/// Everything that an inspection finds in a table, a folder of pictures or a part of a data set: the
/// counts of a `DataReport`, findings with examples, and what plots show.
public struct DataProfile: Encodable, Sendable, Equatable {
  /// What the part is called: a file's or a folder's name, `train`, ….
  public let part: String
  /// Counts.
  public let report: DataReport
  /// What a person should know, the weightiest first.
  public let findings: [Finding]
  /// How the values of each column spread.
  public let distributions: [Distribution]
  /// Correlations of number columns; nil with fewer than two.
  public let correlations: Correlations?
  /// How well each column alone tells the target, the best first; empty without a target.
  public let strengths: [FeatureStrength]
  /// The groups of equal and nearly equal pictures; empty for tables.
  public let pictureGroups: [PictureGroup]

  /// Looks at a table.
  ///
  /// - Parameter target: The column to be predicted; nil leaves out what concerns it.
  /// - Throws: `DataError.unknownColumn`.
  public init(_ table: Table, target: String? = nil) throws(DataError) {
    self.init(
      try InspectedTable(table, target: target), try DataReport(table, target: target))
  }

  /// Looks at a table that was read once: what is counted is counted in all rows, and the rest is looked
  /// at in the rows that were drawn.
  ///
  /// - Parameter target: The column to be predicted; nil leaves out what concerns it.
  /// - Throws: `DataError.unknownColumn`.
  public init(_ scan: TableScan, target: String? = nil) throws(DataError) {
    self.init(
      try InspectedTable(scan, target: target), DataReport(scan, target: target))
  }

  private init(_ inspected: InspectedTable, _ report: DataReport) {
    let (table, target) = (inspected.table, inspected.target?.name)
    part = report.source
    self.report = report
    findings = TableChecks.all.flatMap { $0.findings(in: inspected) }.map(inspected.placed).byWeight
    var classes: [Int]?
    var classCount = 0
    if case .classes(let places, let labels) = inspected.targetValues, labels.count <= 10 {
      (classes, classCount) = (places, labels.count)
    }
    distributions = table.columns.map {
      Distribution($0, classes: $0.name == target ? nil : classes, classCount: classCount)
    }
    correlations = Correlations(table)
    strengths =
      inspected.targetValues.map { values in
        inspected.inputs.compactMap { FeatureStrength($0, target: values) }
          .enumerated().sorted {
            ($1.element.skill, $0.offset) < ($0.element.skill, $1.offset)
          }.map(\.element)
      } ?? []
    pictureGroups = []
  }

  init(
    part: String, report: DataReport, findings: [Finding], pictureGroups: [PictureGroup] = []
  ) {
    self.part = part
    self.report = report
    self.findings = findings.byWeight
    distributions = []
    correlations = nil
    strengths = []
    self.pictureGroups = pictureGroups
  }

  private enum CodingKeys: CodingKey {
    case findings, distributions, correlations, strengths, pictureGroups
  }

  /// The counts stand beside the rest, not in an object of their own.
  public func encode(to encoder: any Encoder) throws {
    try report.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(findings, forKey: .findings)
    try container.encode(distributions, forKey: .distributions)
    try container.encodeIfPresent(correlations, forKey: .correlations)
    try container.encode(strengths, forKey: .strengths)
    try container.encode(pictureGroups, forKey: .pictureGroups)
  }
}
