public import Foundation
internal import MoruArchive
internal import MoruData
public import MoruTensors

/// Data cut into parts that share nothing, and how.
public struct DataSplit: Encodable, Sendable {
  /// One part.
  public struct Part: Encodable, Sendable {
    /// Its name.
    public let name: String
    /// Its samples.
    public let count: Int
    /// Samples by class; empty without classes.
    public let classes: [String: Int]
  }

  /// What was cut.
  public let source: String
  /// SHA-256 of what was cut.
  public let sourceChecksum: String
  /// Decides which sample comes into which part.
  public let seed: UInt64
  /// The column whose classes the parts have in proportion.
  public let target: String?
  /// The column whose equal values are on one side.
  public let group: String?
  /// Samples that were kept together with others: of one group, or nearly equal.
  public let bound: Int
  /// The parts.
  public let parts: [Part]

  /// What is asked of a split.
  public struct Request: Sendable {
    /// The column whose classes the parts have in proportion, for tables.
    public var target: String?
    /// The column whose equal values stay on one side, for tables.
    public var group: String?
    /// The share of the test part, between 0 and 1.
    public var test: Double
    /// The share of the validation part, from 0 (none).
    public var validation: Double
    /// Decides which sample comes into which part.
    public var seed: Seed
    /// Whether pictures are hard links in place of copies.
    public var isLinked: Bool

    /// A request.
    public init(
      target: String? = nil, group: String? = nil, test: Double = 0.2, validation: Double = 0,
      seed: Seed = 0, isLinked: Bool = false
    ) {
      self.target = target
      self.group = group
      self.test = test
      self.validation = validation
      self.seed = seed
      self.isLinked = isLinked
    }
  }

  /// Writes `train`, `test` and perhaps `validation` into a new folder: tables as `train.csv`, pictures as
  /// `train/CLASS/FILE`; and `split.json`, which says how.
  ///
  /// - Throws: `DataError` naming what cannot be read or parted; `ArchiveError.folderExists`;
  ///   `WorkflowError.unfit` for data that are not split so.
  public init(of url: URL, _ request: Request, output: URL) throws {
    guard request.test > 0, request.validation >= 0, request.test + request.validation < 1 else {
      throw DataError.parts(
        name: "test", problem: "has a share that leaves nothing to train on",
        advice: "Choose shares above 0 that sum to less than 1.")
    }
    try refuseExisting(output)
    let parts = [
      PartsPlan.Part(name: "train", share: 1 - request.test - request.validation),
      PartsPlan.Part(name: "validation", share: request.validation),
      PartsPlan.Part(name: "test", share: request.test),
    ].filter { $0.share > 0 }
    let format = try DataFormat.find(at: url)
    let checksum = try Checksum(ofData: url, format: format).hex
    func result(
      _ plan: PartsPlan, _ bound: Int, _ classes: [(label: String, counts: [Int])]
    ) -> DataSplit {
      DataSplit(
        source: url.lastPathComponent, sourceChecksum: checksum, seed: request.seed.key,
        target: request.target, group: request.group, bound: bound,
        parts: plan.parts.enumerated().map { place, part in
          Part(
            name: part.name, count: plan.members[place].count,
            classes: Dictionary(classes.map { ($0.label, $0.counts[place]) }) { $0 + $1 })
        })
    }
    switch format {
    case .csv:
      let split = try TableSplit(
        of: url, target: request.target, group: request.group, parts: parts, seed: request.seed)
      self = result(split.plan, split.boundCount, split.classCounts)
      let name = url.lastPathComponent.lowercased()
      let ending = [".tsv", ".tab"].first { name.hasSuffix($0) || name.hasSuffix($0 + ".gz") }
      try AtomicFolder.write(to: output, existing: .keep) { staged in
        for (part, file) in zip(split.plan.parts, split.files) {
          try file.write(to: staged.appending(path: part.name + (ending ?? ".csv")))
        }
        try writeNotes(into: staged)
      }
    case .images:
      guard request.target == nil, request.group == nil else {
        throw WorkflowError.unfit(
          source: url.lastPathComponent,
          reason: "Pictures have no columns: their folders are the classes. "
            + "Leave --target and --group out.")
      }
      let split = try PictureSplit(of: url, parts: parts, seed: request.seed)
      self = result(split.plan, split.boundCount, split.classCounts)
      try split.write(to: output, isLinked: request.isLinked, besides: writeNotes)
    case .idx:
      throw WorkflowError.unfit(
        source: url.lastPathComponent,
        reason: "IDX files bring a test part of their own. Pass a table or a folder of pictures.")
    case .texts, .numpy:
      throw WorkflowError.unfit(
        source: url.lastPathComponent,
        reason: "Only tables and folders of pictures are split into files. Pass one of these.")
    }
  }

  private init(
    source: String, sourceChecksum: String, seed: UInt64, target: String?, group: String?,
    bound: Int, parts: [Part]
  ) {
    self.source = source
    self.sourceChecksum = sourceChecksum
    self.seed = seed
    self.target = target
    self.group = group
    self.bound = bound
    self.parts = parts
  }

  private func writeNotes(into folder: URL) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try (encoder.encode(self) + Data("\n".utf8)).write(to: folder.appending(path: "split.json"))
  }
}
