public import Foundation
public import MoruData

/// What there is to know of data before anything is learned from them.
public struct DataInspection: Encodable, Sendable {
  /// Each part that the data come in, by the name under which it is reported.
  public let parts: [(name: String, profile: DataProfile)]
  /// What concerns several parts: leaks between training and test data.
  public let betweenParts: [Finding]
  /// Equal and nearly equal pictures in several parts.
  public let groupsBetweenParts: [PictureGroup]
  /// What was looked at, for headings.
  public let title: String

  /// All findings, the weightiest first, each with the name of its part; nil for those between parts.
  public var findings: [(part: String?, finding: Finding)] {
    let all: [(part: String?, finding: Finding)] =
      betweenParts.map { (nil, $0) }
      + parts.flatMap { part in part.profile.findings.map { (part.name, $0) } }
    return all.enumerated().sorted {
      ($1.element.finding.severity, $0.offset) < ($0.element.finding.severity, $1.offset)
    }.map(\.element)
  }

  /// Looks at tables, a folder of pictures by class, such folders in parts (`train/CLASS/*.jpg`), or a
  /// folder of IDX files. Several paths are parts of one data set.
  ///
  /// Tables in files of more than 64 MiB are not kept in memory: what is counted is counted in all rows,
  /// and the rest is looked at in some that are drawn.
  ///
  /// - Parameters:
  ///   - target: The column to be predicted, for tables.
  ///   - format: How tables are read.
  /// - Throws: `DataError` naming file, line and column; `WorkflowError.unfit` for paths that are not of one
  ///   kind.
  public init(
    at urls: [URL], target: String?, as format: TableFormat = TableFormat(damaged: .skip)
  ) throws {
    try self.init(at: urls, target: target, as: format, largestInMemory: 64 << 20)
  }

  /// - Parameter largestInMemory: From how many bytes of a file on its table is not kept in memory.
  package init(
    at urls: [URL], target: String?, as format: TableFormat, largestInMemory: Int
  ) throws {
    title = urls.map(\.lastPathComponent).joined(separator: ", ")
    let formats = try urls.map { try DataFormat.find(at: $0) }
    if let odd = formats.indices.first(where: { formats[$0] != formats[0] }) {
      throw WorkflowError.unfit(
        source: urls[odd].lastPathComponent,
        reason: "Parts of one data set are all tables or all folders of pictures. "
          + "Inspect the others by themselves.")
    }
    let pictures: PictureInspection
    switch formats.first {
    case .csv, .texts, nil:
      let isTexts = formats.first == .texts
      let names = Self.names(of: urls)
      groupsBetweenParts = []
      if !isTexts, urls.contains(where: { Self.tableBytes(at: $0) > largestInMemory }) {
        let scans = try urls.map { try TableScan(TableStream(at: $0, as: format), target: target) }
        parts = try zip(names, scans).map { ($0, try DataProfile($1, target: target)) }
        betweenParts = TablePartsCheck.findings(between: scans)
        return
      }
      let target = target ?? (isTexts ? "label" : nil)
      let tables = try urls.map { url in
        try isTexts
          ? Table(textsAt: url, encoding: format.encoding, damaged: format.damaged)
          : Table(at: url, as: format)
      }
      parts = try zip(names, tables).map { ($0, try DataProfile($1, target: target)) }
      betweenParts = TablePartsCheck.findings(between: tables, target: target)
      return
    case .numpy:
      let arrays = try Dataset.numpy(at: urls[0], target: target)
      guard let inspection = PictureInspection(datasets: [("data", arrays)]) else {
        throw WorkflowError.unfit(
          source: title, reason: "The arrays are no pictures; only such are inspected.")
      }
      pictures = inspection
    case .images:
      pictures = PictureInspection(folders: try urls.flatMap { try PictureParts.find(at: $0) })
    case .idx:
      let (train, test) = try Dataset.mnist(at: urls[0])
      guard
        let inspection = PictureInspection(datasets: [("train", train), ("test", test)])
      else {
        throw WorkflowError.unfit(source: title, reason: "The files do not hold pictures.")
      }
      pictures = inspection
    }
    let isSingle = pictures.profiles.count == 1
    parts = pictures.profiles.map { (isSingle ? "data" : $0.part, $0) }
    betweenParts = pictures.betweenParts
    groupsBetweenParts = pictures.groupsBetweenParts
  }

  /// The size of a file; of a compressed one, eight times that, as tables shrink at least so.
  private static func tableBytes(at url: URL) -> Int {
    let size = (try? url.resourceValues(forKeys: [.fileSizeKey]).fileSize) ?? 0
    return url.pathExtension.lowercased() == "gz" ? 8 * size : size
  }

  /// `data` for one part; else the files' names, with a number where two are alike.
  private static func names(of urls: [URL]) -> [String] {
    guard urls.count > 1 else { return ["data"] }
    var seen: [String: Int] = [:]
    return urls.map { url in
      let name = url.lastPathComponent
      seen[name, default: 0] += 1
      return seen[name] == 1 ? name : "\(name) (\(seen[name] ?? 0))"
    }
  }

  /// An object with each part by its name, and `between_parts` if there are several.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: PartName.self)
    for part in parts { try container.encode(part.profile, forKey: PartName(part.name)) }
    if parts.count > 1 {
      var between = container.nestedContainer(
        keyedBy: BetweenKeys.self, forKey: PartName("between_parts"))
      try between.encode(betweenParts, forKey: .findings)
      try between.encode(groupsBetweenParts, forKey: .pictureGroups)
    }
  }

  private enum BetweenKeys: CodingKey { case findings, pictureGroups }

  private struct PartName: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(_ name: String) { stringValue = name }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }
}
