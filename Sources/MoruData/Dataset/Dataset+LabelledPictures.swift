public import Foundation
internal import MoruArchive
internal import MoruTensors

extension Dataset {
  /// Pictures that a table names, with the labels that stand beside their names.
  ///
  /// - Shapes: as `images(at:size:channels:interpolation:damaged:)`.
  /// - Parameters:
  ///   - folder: What the names are relative to.
  ///   - table: A row for each picture.
  ///   - file: The column of names.
  ///   - label: The column of labels: text or whole numbers are classes.
  ///   - separator: What stands between the labels of a picture that may have several, or none; each
  ///     picture has one if nil.
  ///   - damaged: What becomes of pictures that are not there or cannot be read.
  /// - Throws: `DataError` naming table and line, or the picture.
  public static func images(
    in folder: URL, labelledBy table: Table, file: String, label: String,
    separator: Character? = nil, size: (height: Int, width: Int)? = nil, channels: Int? = nil,
    interpolation: ImageFile.Interpolation = .bilinear, damaged: DamagePolicy = .error
  ) throws(DataError) -> Dataset {
    let (values, kept, report) = try pixels(
      of: items(in: folder, namedBy: table, file: file), source: folder.lastPathComponent,
      size: size, channels: channels, interpolation, damaged)
    return try Dataset(
      source: table.source, features: [Feature(values: values)],
      targets: targets(of: kept, in: table, label: label, separator: separator)
    ).with(report)
  }

  /// The pictures that a table names. The row takes the label's place, so that it is known of the
  /// pictures that are left.
  static func items(
    in folder: URL, namedBy table: Table, file: String
  ) throws(DataError) -> [ImageFolder.Item] {
    let files = try table.column(file)
    var items: [ImageFolder.Item] = []
    for row in 0..<table.rowCount {
      guard let name = files.text(at: row) else {
        throw .missingValue(place: table.place(ofRow: row), column: file)
      }
      items.append(
        ImageFolder.Item(url: folder.appending(path: name), label: Int32(row), name: name))
    }
    return items
  }

  /// What a table says of pictures that it names.
  static func targets(
    of items: [ImageFolder.Item], in table: Table, label: String, separator: Character?
  ) throws(DataError) -> Targets {
    let words = try table.column(label)
    let rows = items.map { Int($0.label) }
    if let separator { return try labelSets(words, rows: rows, separator: separator) }
    let target = try TableEncoding.target(
      label, of: table, task: .classification, isCategory: true)
    let places = Dictionary(
      uniqueKeysWithValues: (target.labels ?? []).enumerated().map { ($1, Int32($0)) })
    return .classes(
      rows.map { words.text(at: $0).flatMap { places[$0] } ?? 0 }, labels: target.labels ?? [])
  }

  /// Labels in order of their UTF-8 bytes, spaces around them left out.
  private static func labelSets(
    _ words: Table.Column, rows: [Int], separator: Character
  ) throws(DataError) -> Targets {
    let sets = rows.map { Self.labels(in: words.text(at: $0), separator: separator) }
    let labels = sets.reduce(into: Set<String>()) { $0.formUnion($1) }
      .sorted(by: TableEncoding.bytesPrecede)
    guard !labels.isEmpty else { throw .noClasses(wanted: "A column of labels") }
    let values = sets.flatMap { set in labels.map { set.contains($0) ? Float(1) : 0 } }
    return .labelSets(
      try shaped(HostTensor(values), [rows.count, labels.count]), labels: labels)
  }

  /// The labels that a table's cell names.
  static func labels(in text: String?, separator: Character) -> Set<String> {
    Set((text ?? "").split(separator: separator).map(trimmed)).subtracting([""])
  }

  private static func trimmed(_ text: Substring) -> String {
    String(text.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
  }
}
