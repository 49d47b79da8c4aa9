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
  /// Columns of a table that are not learned from.
  public let leftOut: [FeatureChoice.LeftOut]
  /// What is learned from.
  public let train: SampleSet
  /// What trainings are watched on and chosen by; nil if nothing was set apart for that.
  public let validation: SampleSet?
  /// What the chosen model is judged on, and nothing else; at the field's class ratio.
  public let test: SampleSet
  /// The field's share of each class, if it was stated.
  public let fieldShares: [Double]?
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
    checksum = try Checksum(ofData: url, configuration, format: format)
    let parts: Parts
    var leftOut: [FeatureChoice.LeftOut] = []
    switch format {
    case .csv, .texts:
      (report, parts, leftOut) = try Self.table(at: url, configuration, format: format, seed)
    case .idx: (report, parts) = try Self.idx(at: url, configuration, seed)
    case .images: (report, parts) = try Self.images(at: url, configuration, seed)
    case .numpy: (report, parts) = try Self.numpy(at: url, configuration, seed)
    }
    self.leftOut = leftOut
    (train, validation, test, fieldShares) = parts
  }

  private typealias Parts = (
    train: SampleSet, validation: SampleSet?, test: SampleSet, fieldShares: [Double]?
  )

  private static func idx(
    at url: URL, _ configuration: DataConfiguration, _ seed: Seed
  ) throws -> (DataReport, Parts) {
    var (train, test) = try Dataset.mnist(at: url, labels: configuration.labels)
    let report = DataReport(train)
    let shares = try DataConfiguration.fieldShares(
      configuration.fieldRatio, labels: train.labels ?? [], counts: train.classCounts ?? [])
    if let shares { test = try test.drawn(at: shares, seed: seed) }
    guard configuration.validation > 0 else {
      return (report, (SampleSet(train), nil, SampleSet(test), shares))
    }
    let parts = try train.trainTestSplit(
      testFraction: configuration.validation, stratified: true, seed: seed)
    return (
      report, (SampleSet(parts.train), SampleSet(parts.test), SampleSet(test), shares)
    )
  }

  private static func images(
    at url: URL, _ configuration: DataConfiguration, _ seed: Seed
  ) throws -> (DataReport, Parts) {
    if let labelFile = configuration.labelFile {
      return try labelledImages(at: url, URL(filePath: labelFile), configuration, seed)
    }
    let (all, report) = try SampleSet.images(
      at: url, size: configuration.pictureSize, damaged: configuration.damaged,
      memoryBytes: configuration.memoryBytes)
    return (report, try parts(of: all, configuration, seed))
  }

  private static func labelledImages(
    at url: URL, _ labels: URL, _ configuration: DataConfiguration, _ seed: Seed
  ) throws -> (DataReport, Parts) {
    let table = try Table(
      at: labels, as: configuration.tableFormat, asText: [configuration.fileColumn])
    let (all, report) = try SampleSet.images(
      in: url, labelledBy: table, file: configuration.fileColumn,
      label: configuration.target ?? "", separator: configuration.labelSeparator?.first,
      size: configuration.pictureSize, damaged: configuration.damaged,
      memoryBytes: configuration.memoryBytes)
    return (report, try parts(of: all, configuration, seed))
  }

  private static func numpy(
    at url: URL, _ configuration: DataConfiguration, _ seed: Seed
  ) throws -> (DataReport, Parts) {
    let all = try Dataset.numpy(
      at: url, target: configuration.target, features: configuration.features,
      labels: configuration.labels)
    return (DataReport(all), try parts(of: SampleSet(all), configuration, seed))
  }

  private static func table(
    at url: URL, _ configuration: DataConfiguration, format: DataFormat, _ seed: Seed
  ) throws -> (DataReport, Parts, [FeatureChoice.LeftOut]) {
    let categorical = Set(configuration.categorical)
    let explained = categorical.union(configuration.lookup.keys).union(configuration.text.keys)
    let table =
      try format == .texts
      ? Table(
        textsAt: url, encoding: configuration.encoding, damaged: configuration.damaged)
      : Table(
        at: url, as: configuration.tableFormat,
        asText: explained)
    let targetName = configuration.target ?? (format == .texts ? "label" : nil)
    let report = try DataReport(table, target: targetName)
    let choice = try FeatureChoice(
      table, target: targetName, features: configuration.features,
      exclude: Set(configuration.exclude), explained: explained)
    let samples = try TableSamples(
      table, target: targetName, features: choice.features,
      task: configuration.task, categorical: categorical, lookup: configuration.lookup,
      text: configuration.text, missing: configuration.missing, unknown: configuration.unknown,
      shape: configuration.shape)
    return (report, try parts(of: samples, configuration, seed), choice.leftOut)
  }

  /// Sets parts of a table apart; what is fitted to samples is fitted to those of the training part.
  private static func parts(
    of samples: TableSamples, _ configuration: DataConfiguration, _ seed: Seed
  ) throws -> Parts {
    let places = try Self.places(
      count: samples.count, classes: samples.classes, configuration, seed)
    let held = [places.validation, places.test].filter { !$0.isEmpty }
    let cut = try samples.cut(train: places.train, held: held)
    return (
      SampleSet(cut.train), places.validation.isEmpty ? nil : SampleSet(cut.held[0]),
      SampleSet(cut.held[cut.held.count - 1]), places.fieldShares
    )
  }

  /// Sets parts of samples apart.
  private static func parts(
    of samples: SampleSet, _ configuration: DataConfiguration, _ seed: Seed
  ) throws -> Parts {
    let places = try Self.places(
      count: samples.count, classes: samples.known.classes, configuration, seed)
    return (
      try samples.subset(places.train),
      places.validation.isEmpty ? nil : try samples.subset(places.validation),
      try samples.subset(places.test), places.fieldShares
    )
  }

  private typealias Places = (
    train: [Int], validation: [Int], test: [Int], fieldShares: [Double]?
  )

  /// Which samples come into which part, the test part first.
  ///
  /// Of a test part that is to have the field's class ratio, what does not go with that is learned from.
  private static func places(
    count: Int, classes: (indices: [Int32], labels: [String])?,
    _ configuration: DataConfiguration, _ seed: Seed
  ) throws -> Places {
    var (train, validation, test) = try split(count: count, classes, configuration, seed)
    let labels = classes?.labels ?? []
    var counts = [Int](repeating: 0, count: labels.count)
    for index in classes?.indices ?? [] { counts[Int(index)] += 1 }
    let shares = try DataConfiguration.fieldShares(
      configuration.fieldRatio, labels: labels, counts: counts)
    if let shares, let classes = classes?.indices {
      let (drawn, left) = try Split.drawn(
        from: test, classes: classes, labels: labels, shares: shares, seed: seed)
      (test, train) = (drawn, train + left)
    }
    return (train, validation, test, shares)
  }

  private static func split(
    count: Int, _ known: (indices: [Int32], labels: [String])?,
    _ configuration: DataConfiguration, _ seed: Seed
  ) throws(DataError) -> (train: [Int], validation: [Int], test: [Int]) {
    let (classes, labels) = (known?.indices, known?.labels ?? [])
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
}

extension Dataset {
  /// The largest random part of the samples in which classes have a field's shares.
  fileprivate func drawn(at shares: [Double], seed: Seed) throws(DataError) -> Dataset {
    guard let classes else { throw .noClasses(wanted: "A field ratio") }
    return try subset(
      Split.drawn(
        from: Array(0..<count), classes: classes.indices, labels: classes.labels, shares: shares,
        seed: seed
      ).drawn)
  }

  /// The number that belongs to each sample; nil for classes.
  var numbers: [Double]? {
    if case .values(let values) = target { values.map(Double.init) } else { nil }
  }
}
