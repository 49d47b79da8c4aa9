internal import Foundation
public import MoruArchive
public import MoruData
internal import MoruLayers
public import MoruTensors

/// Samples read, looked at, and set apart: what a training learns from, is watched on, and is
/// judged on.
public struct PreparedData: Sendable {
  /// How they came.
  public let format: DataFormat
  /// What they look like; of IDX files the training part.
  public let report: DataReport
  /// What is learned from.
  public let train: Dataset
  /// What trainings are watched on and chosen by; nil if nothing was set apart for that.
  public let validation: Dataset?
  /// What the chosen model is judged on, and nothing else.
  public let test: Dataset
  /// SHA-256 of the files.
  public let checksum: Checksum

  /// Reads data and sets parts of them apart, the test part first.
  ///
  /// Encodings of tables are fitted to the training part alone.
  ///
  /// - Parameter seed: Decides which sample comes into which part.
  /// - Throws: `DataError` naming file, line and column; `PlacedError` for a setting that such data
  ///   do not have.
  public init(_ configuration: DataConfiguration, seed: Seed) throws {
    let url = URL(filePath: configuration.path)
    let found = try DataFormat.find(at: url)
    let format = configuration.format ?? found
    try configuration.check(for: format)
    self.format = format
    checksum = try Checksum(ofData: url, format: format)
    let parts: Parts
    switch format {
    case .csv: (report, parts) = try Self.table(at: url, configuration, seed)
    case .idx: (report, parts) = try Self.idx(at: url, configuration, seed)
    case .images: (report, parts) = try Self.images(at: url, configuration, seed)
    }
    (train, validation, test) = parts
  }

  private typealias Parts = (train: Dataset, validation: Dataset?, test: Dataset)
  private typealias Indices = (train: [Int], validation: [Int], test: [Int])

  private static func idx(
    at url: URL, _ configuration: DataConfiguration, _ seed: Seed
  ) throws -> (DataReport, Parts) {
    let (train, test) = try Dataset.mnist(at: url, labels: configuration.labels)
    let report = DataReport(train)
    guard configuration.validation > 0 else { return (report, (train, nil, test)) }
    let parts = try train.trainTestSplit(
      testFraction: configuration.validation, stratified: true, seed: seed)
    return (report, (parts.train, parts.test, test))
  }

  private static func images(
    at url: URL, _ configuration: DataConfiguration, _ seed: Seed
  ) throws -> (DataReport, Parts) {
    let report = try DataReport(imagesAt: url)
    let size = configuration.imageSize.map { (height: $0.height, width: $0.width) }
    let all = try Dataset.images(at: url, size: size)
    let indices = try split(
      count: all.count, classes: all.classes?.indices, labels: all.labels ?? [], configuration, seed
    )
    return (report, try parts(of: all, indices))
  }

  private static func table(
    at url: URL, _ configuration: DataConfiguration, _ seed: Seed
  ) throws -> (DataReport, Parts) {
    let categorical = Set(configuration.categorical)
    let table = try Table(
      at: url,
      asText: categorical.union(configuration.lookup.keys).union(configuration.text.keys))
    let report = try DataReport(table, target: configuration.target)
    // Which rows are learned from depends on the classes, so the target is looked at first; what is
    // fitted to features comes from the training rows alone.
    let target = try configuration.target.map { name throws(DataError) in
      try TableEncoding.target(
        name, of: table, task: configuration.task, isCategory: categorical.contains(name))
    }
    let indices = try split(
      count: table.rowCount, classes: target.flatMap { try classes(of: table, $0) },
      labels: target?.labels ?? [], configuration, seed)
    let all = try TableEncoding(
      fitting: table, target: configuration.target, features: configuration.features,
      task: configuration.task, categorical: categorical, lookup: configuration.lookup,
      text: configuration.text, missing: configuration.missing, rows: indices.train.sorted(),
      shape: configuration.shape
    ).dataset(from: table)
    return (report, try parts(of: all, indices))
  }

  /// The class of each row; nil for a target of numbers.
  private static func classes(
    of table: Table, _ target: TableEncoding.Target
  ) throws(DataError) -> [Int32]? {
    guard let labels = target.labels else { return nil }
    let column = try table.column(target.name)
    let places = Dictionary(labels.enumerated().map { ($1, Int32($0)) }) { first, _ in first }
    return (0..<table.rowCount).map { column.text(at: $0).flatMap { places[$0] } ?? 0 }
  }

  private static func split(
    count: Int, classes: [Int32]?, labels: [String], _ configuration: DataConfiguration,
    _ seed: Seed
  ) throws(DataError) -> Indices {
    guard configuration.validation > 0 else {
      let outer =
        if let classes {
          try Split.trainTest(
            stratifiedBy: classes, labels: labels, testFraction: configuration.test, seed: seed)
        } else {
          try Split.trainTest(count: count, testFraction: configuration.test, seed: seed)
        }
      return (outer.train, [], outer.test)
    }
    let all = try Split.trainValidationTest(
      count: count, stratifiedBy: classes, labels: labels,
      validationFraction: configuration.validation, testFraction: configuration.test, seed: seed)
    return (all.train, all.validation, all.test)
  }

  private static func parts(
    of all: Dataset, _ indices: Indices
  ) throws(DataError) -> Parts {
    (
      try all.subset(indices.train),
      indices.validation.isEmpty ? nil : try all.subset(indices.validation),
      try all.subset(indices.test)
    )
  }
}

extension Dataset {
  /// The number that belongs to each sample; nil for classes.
  var numbers: [Double]? {
    if case .values(let values) = target { values.map(Double.init) } else { nil }
  }
}
