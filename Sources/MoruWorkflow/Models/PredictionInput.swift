internal import Foundation
internal import MoruArchive
internal import MoruData
public import MoruModels
public import MoruTensors

/// Samples that a person gives on a command line: a picture, a table, a text, or numbers as JSON.
public struct PredictionInput: Sendable {
  /// What to call each sample: `three.png`, `rows.csv:2`, `[0]`.
  public let names: [String]
  /// The samples, batch axis first.
  public let batch: HostTensor
  /// Of time series, for each sample when the steps ahead are; nil for other samples.
  public private(set) var steps: [[String]]?

  /// Reads a file, or a JSON text that begins with `[` or `{`, for the input of a model. A model of
  /// texts takes anything else that is not a file's name as a text.
  ///
  /// - Throws: `DataError` naming file, line and column; `WorkflowError` naming the file for what
  ///   cannot be understood or is not what the model takes.
  public init(_ text: String, for input: ModelInput) throws {
    try self.init(Source(text: text, name: nil), for: input)
  }

  /// Reads what `sources(_:for:)` found.
  ///
  /// - Throws: As for a file or a text.
  public init(_ source: Source, for input: ModelInput) throws {
    let text = source.text
    do {
      try self.init(reading: text, named: source.name, for: input)
    } catch let error as ModelError {
      let isJSON = text.first.map { "[{".contains($0) } == true
      throw WorkflowError.unfit(
        source: isJSON ? "JSON" : URL(filePath: text).lastPathComponent, reason: "\(error)")
    }
  }

  /// A file or a text that a person gives, or a picture of a folder.
  public struct Source: Sendable {
    fileprivate let text: String
    fileprivate let name: String?
  }

  /// What arguments stand for: of a folder, for a model of pictures, its pictures.
  ///
  /// - Throws: `DataError.emptyFolder` for a folder without pictures.
  public static func sources(_ arguments: [String], for input: ModelInput) throws -> [Source] {
    try arguments.flatMap { argument -> [Source] in
      var isFolder: ObjCBool = false
      guard input.content.image != nil,
        FileManager.default.fileExists(atPath: argument, isDirectory: &isFolder), isFolder.boolValue
      else { return [Source(text: argument, name: nil)] }
      return try ImageFolder.loose(at: URL(filePath: argument)).items.map {
        Source(text: $0.url.path, name: $0.name)
      }
    }
  }

  private init(reading text: String, named given: String?, for input: ModelInput) throws {
    if let first = text.first(where: { !$0.isWhitespace }), first == "[" || first == "{" {
      try self.init(json: Data(text.utf8), source: "JSON", for: input)
      return
    }
    let url = URL(filePath: text)
    let name = given ?? url.lastPathComponent
    if input.content.takesText, Self.isText(text) {
      self.init(
        names: [Self.name(of: text)], batch: try input.encode(texts: [text], source: "text"))
      return
    }
    switch try Kind(of: url) {
    case .picture:
      self.init(names: [name], batch: try input.encode(image: ImageFile.read(at: url)))
    case .json: try self.init(json: Self.bytes(of: url), source: name, for: input)
    case .array: try self.init(NumPy.read(at: url), source: name, for: input)
    case .table: try self.init(table: url, for: input)
    case .text:
      let text = String(decoding: try Self.bytes(of: url), as: UTF8.self)
      self.init(names: [name], batch: try input.encode(texts: [text], source: name))
    case nil: throw WorkflowError.unknownInput(name, expected: input.wanted)
    }
  }

  private init(names: [String], batch: HostTensor, steps: [[String]]? = nil) {
    self.names = names
    self.batch = batch
    self.steps = steps
  }

  private enum Kind {
    case picture, table, json, array, text

    private static let separated = [".csv", ".tsv", ".tab", ".csv.gz", ".tsv.gz", ".tab.gz"]
    private static let lines = [".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz"]

    /// Whether rows of a file of this name carry the columns' names with them.
    static func areLines(_ name: String) -> Bool {
      lines.contains { name.lowercased().hasSuffix($0) }
    }

    /// The kind that a file's name speaks of.
    init?(named name: String) {
      let name = name.lowercased()
      func ends(_ endings: [String]) -> Bool { endings.contains { name.hasSuffix($0) } }
      if ends([".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff"]) {
        self = .picture
      } else if ends(Self.separated + Self.lines) {
        self = .table
      } else if ends([".json"]) {
        self = .json
      } else if ends([".npy"]) {
        self = .array
      } else if ends([".txt"]) {
        self = .text
      } else {
        return nil
      }
    }

    /// By the first bytes for pictures, which are often misnamed, else by the name.
    init?(of url: URL) throws {
      let start = try PredictionInput.bytes(of: url, limit: 8)
      let isPicture =
        start.starts(with: [0x89, 0x50, 0x4E, 0x47]) || start.starts(with: [0xFF, 0xD8])
      guard let kind = isPicture ? .picture : Kind(named: url.lastPathComponent) else {
        return nil
      }
      self = kind
    }
  }

  /// The beginning of a text, on one line.
  private static func name(of text: String) -> String {
    let line = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return line.count > 40 ? line.prefix(39) + "…" : line
  }

  /// Whether an argument is a text rather than a file's name, also of a file that is not there.
  private static func isText(_ argument: String) -> Bool {
    Kind(named: argument) == nil && !FileManager.default.fileExists(atPath: argument)
  }

  /// The largest JSON file that is read: 256 MiB.
  private static let jsonLimit = 256 << 20

  private static func bytes(of url: URL, limit: Int = jsonLimit) throws(DataError) -> Data {
    let name = url.lastPathComponent
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else {
      throw .unreadable(file: url.relativePath, reason: "no such file or directory")
    }
    guard !isFolder.boolValue else { throw .unreadable(file: name, reason: "it is a folder") }
    guard let handle = try? FileHandle(forReadingFrom: url),
      let data = try? handle.read(upToCount: limit)
    else { throw .unreadable(file: name, reason: "it cannot be opened") }
    guard !data.isEmpty else { throw .emptyFile(name) }
    guard limit < jsonLimit || data.count < limit else {
      throw .tooLarge(file: name, limit: limit, unit: "bytes")
    }
    return data
  }

  // MARK: Tables

  private init(table url: URL, for input: ModelInput) throws {
    if let series = input.content.series {
      let windows = try series.windows(at: url)
      self.init(
        names: windows.names, batch: windows.batch.converted(to: input.dtype), steps: windows.steps)
      return
    }
    guard let encoding = input.content.table else {
      try self.init(numbersIn: url, for: input)
      return
    }
    if try Self.isHeaderless(url, encoding) {
      let asText = encoding.columns.enumerated().compactMap { place, column -> String? in
        if case .number = column.rule { nil } else { "column_\(place + 1)" }
      }
      let table = try Table(at: url, as: TableFormat(hasHeader: false), asText: Set(asText))
      let rows = Self.rows(of: table, encoding)
      try self.init(rowsOf: table, encoding.encode(rows, source: table.source), for: input)
    } else {
      let table = try encoding.table(at: url)
      try self.init(rowsOf: table, encoding.encode(table), for: input)
    }
  }

  private init(rowsOf table: Table, _ values: HostTensor, for input: ModelInput) {
    self.init(
      names: (0..<table.rowCount).map(table.place), batch: values.converted(to: input.dtype))
  }

  /// Whether a table's first row holds no column's name but as many cells as there are columns.
  private static func isHeaderless(_ url: URL, _ encoding: TableEncoding) throws -> Bool {
    guard !Kind.areLines(url.lastPathComponent) else { return false }
    let table = try Table(at: url, as: TableFormat(hasHeader: false))
    let known = Set(encoding.columns.map(\.name))
    let first = table.columns.compactMap { $0.text(at: 0) }
    return table.columns.count == encoding.columns.count && known.isDisjoint(with: first)
  }

  /// A model of pictures takes rows of as many numbers as a picture has, with or without names.
  private init(numbersIn url: URL, for input: ModelInput) throws {
    var table = try Table(at: url, as: TableFormat(hasHeader: false))
    let first = table.columns.compactMap { $0.text(at: 0) }
    if !first.allSatisfy({ Double($0) != nil }) { table = try Table(at: url) }
    guard table.columns.count == input.shape.elementCount else {
      throw WorkflowError.columnCount(
        source: table.source, found: table.columns.count, expected: input.shape.elementCount)
    }
    let columns = try table.columns.map { try Self.numbers($0, of: table) }
    let numbers = (0..<table.rowCount).flatMap { row in columns.map { $0[row] } }
    names = (0..<table.rowCount).map(table.place)
    batch = try input.encode(
      numbers: numbers, shape: Shape([table.rowCount] + input.shape.dimensions))
  }

  private static func rows(of table: Table, _ encoding: TableEncoding) -> [[String: CellValue]] {
    (0..<table.rowCount).map { row in
      var cells: [String: CellValue] = [:]
      for (column, known) in zip(table.columns, encoding.columns) {
        switch column.values {
        case .numbers(let numbers):
          cells[known.name] = numbers[row].isNaN ? .missing : .number(numbers[row])
        case .text: cells[known.name] = column.text(at: row).map(CellValue.text) ?? .missing
        }
      }
      return cells
    }
  }

  private static func numbers(
    _ column: Table.Column, of table: Table
  ) throws(DataError) -> [Double] {
    guard case .numbers(let numbers) = column.values else {
      throw .notANumber(
        place: table.place(ofRow: column.firstTextRow ?? 0), column: column.name)
    }
    if let row = numbers.firstIndex(where: \.isNaN) {
      throw .missingValue(place: table.place(ofRow: row), column: column.name)
    }
    return numbers
  }

  // MARK: Arrays

  private init(_ array: HostTensor, source: String, for input: ModelInput) throws {
    batch = try input.encode(
      numbers: array.converted(to: .float64).array(), shape: array.shape)
    names = Self.names(count: batch.shape[0], source: source)
  }

  // MARK: JSON

  private init(json data: Data, source: String, for input: ModelInput) throws {
    let value = try SampleJSON(data, source: source)
    if let rows = value.rows {
      guard let encoding = input.content.table else {
        throw ModelError.content(expected: input.wanted, found: "rows by column name")
      }
      batch = try encoding.encode(rows, source: source).converted(to: input.dtype)
      names = Self.names(count: rows.count, source: source)
      return
    }
    if let texts = value.texts {
      batch = try input.encode(texts: texts, source: source)
      names = Self.names(count: texts.count, source: source)
      return
    }
    let (numbers, dimensions) = try value.array(source: source)
    let isFlat = dimensions == [input.shape.elementCount] && input.shape.rank != 1
    batch = try input.encode(
      numbers: numbers, shape: isFlat ? input.shape : Shape(dimensions))
    names = Self.names(count: batch.shape[0], source: source)
  }

  private static func names(count: Int, source: String) -> [String] {
    count == 1 ? [source] : (0..<count).map { "\(source)[\($0)]" }
  }
}
