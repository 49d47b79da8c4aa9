public import Foundation

extension Table {
  /// A folder of texts sorted into classes by subfolder, `ROOT/CLASS/*.txt`, as a table of the columns
  /// `text` and `label`.
  ///
  /// - Parameters:
  ///   - encoding: How bytes stand for text; found out for each file if nil.
  ///   - damaged: What becomes of files that cannot be read, are empty or no text.
  /// - Throws: `DataError` naming the folder or file.
  public init(
    textsAt root: URL, encoding: TextEncoding? = nil, damaged: DamagePolicy = .error
  ) throws(DataError) {
    let folder = try ClassFolder(at: root, of: .texts)
    var reading = ReadingReport(source: folder.name, unit: "text")
    var texts: [CellValue] = []
    var labels: [Int32] = []
    for item in folder.items {
      do throws(DataError) {
        texts.append(.text(try Self.text(of: item, encoding)))
        labels.append(item.label)
        reading.keep()
      } catch {
        guard damaged == .skip else { throw error }
        reading.skip(1, [.init(place: item.name, reason: error.reason)])
      }
    }
    try reading.requireSome()
    self.init(
      source: folder.name,
      columns: [
        Column(text: texts, name: "text"),
        Column(
          name: "label", kind: .text, values: .text(codes: labels, categories: folder.classes),
          numericCount: 0, firstTextRow: 0),
      ],
      rowCount: labels.count, lines: nil, reading: reading)
  }

  private static func text(
    of item: ImageFolder.Item, _ encoding: TextEncoding?
  ) throws(DataError) -> String {
    let bytes = try FileBytes.read(item.url, name: item.name)
    var tally = UTF8Tally()
    bytes.withUnsafeBytes { tally.add($0) }
    let encoding = encoding ?? tally.encoding
    var decoded = bytes
    if encoding != .utf8 {
      let source = try RecodingSource(MemorySource(bytes), from: encoding, name: item.name)
      decoded = try FileBytes.all(of: source, name: item.name, limit: FileBytes.limit)
    }
    guard !decoded.contains(0), let text = String(validating: decoded, as: UTF8.self) else {
      throw .damaged(file: item.name, detail: "the text is not \(encoding.title)")
    }
    return text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text
  }
}
