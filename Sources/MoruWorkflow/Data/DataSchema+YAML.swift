public import Foundation
internal import MoruArchive
public import MoruData
internal import Yams

extension DataSchema {
  /// Infers the schema that data fulfil.
  ///
  /// - Throws: `DataError` naming what cannot be read.
  public init(inferredFrom url: URL) throws {
    switch try DataFormat.find(at: url) {
    case .csv: self.init(inferredFrom: try Table(at: url))
    case .images, .idx:
      self = try DataSchema(
        inferredFrom: PictureParts.find(at: url), source: url.lastPathComponent)
    case .texts, .numpy:
      throw WorkflowError.unfit(
        source: url.lastPathComponent,
        reason: "Only tables and folders of pictures have a schema. Pass one of these.")
    }
  }

  /// Reads a YAML file.
  ///
  /// - Throws: `WorkflowError.configuration` naming file, line and column.
  public init(readingFrom path: String) throws {
    self = try ConfigurationFile(path: path).decode(DataSchema.self, userInfo: [:])
  }

  /// Takes the bytes of a YAML file; `path` is for messages.
  package init(yaml bytes: Data, path: String) throws {
    self = try ConfigurationFile(bytes, path: path).decode(DataSchema.self, userInfo: [:])
  }

  /// The schema as YAML that reads back the same.
  ///
  /// - Throws: `YamlError` if a value cannot be written, which none of a schema does.
  public func yaml() throws -> String {
    let encoder = YAMLEncoder()
    encoder.options.allowUnicode = true
    encoder.options.width = -1
    let raw = try encoder.encode(self)
    guard let node = try compose(yaml: raw, .basic) else { return raw }
    return "# Rules that new data are held against; edit them as you know better.\n"
      + (try serialize(node: node.readable(), width: -1, allowUnicode: true))
  }

  /// Writes a new YAML file.
  ///
  /// - Throws: `WorkflowError.unfit` if there is a file already, which somebody may have edited;
  ///   `ArchiveError` if it cannot be written.
  public func write(to url: URL) throws {
    guard !FileManager.default.fileExists(atPath: url.path) else {
      throw WorkflowError.unfit(
        source: url.lastPathComponent,
        reason: "The file exists, and may have been edited. Name another, or remove it first.")
    }
    try AtomicFile.write(Data(yaml().utf8), to: url)
  }

  /// What in data breaks the rules.
  ///
  /// - Throws: `DataError` naming what cannot be read; `WorkflowError.unfit` for data of another kind.
  public func findings(at url: URL) throws -> [Finding] {
    switch (try DataFormat.find(at: url), pictures) {
    case (.csv, nil):
      // Categories that look like numbers stay texts, so that `01` is not 1.
      let texts = columns.filter { $0.type == .category || $0.type == .text }.map(\.name)
      return findings(in: try Table(at: url, asText: Set(texts)))
    case (.images, _?): return findings(in: try PictureParts.find(at: url))
    default:
      throw WorkflowError.unfit(
        source: url.lastPathComponent,
        reason: "The schema is of \(pictures == nil ? "a table" : "pictures"), and this is not. "
          + "Name the schema of such data.")
    }
  }
}
