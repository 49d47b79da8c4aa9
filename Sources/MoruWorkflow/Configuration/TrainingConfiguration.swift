package import Foundation
public import MoruArchive
public import MoruLayers

/// What `moru train` does, as a YAML file says it: which data, which candidates, how they are
/// trained, and under which name the better one is registered.
public struct TrainingConfiguration: Codable, Sendable {
  /// A model to be tried.
  public struct Candidate: Codable, Sendable {
    /// What it is called in progress, figures and reports.
    public let name: SafeName
    /// Its layers, first to last, as `model.json` writes them.
    public let layers: [LayerBox]

    private enum CodingKeys: String, CodingKey, CaseIterable { case name, layers }

    public init(from decoder: any Decoder) throws {
      let fields = try Fields(decoder, CodingKeys.self, part: "candidate")
      guard let name = try decoder.safeName(fields, .name) else {
        throw PlacedError(Missing("name"), at: decoder.codingPath)
      }
      try self.init(name: name, layers: fields.required(.layers), at: decoder.codingPath)
    }

    fileprivate init(name: SafeName, layers: [LayerBox], at path: [any CodingKey]) throws {
      guard !layers.isEmpty else {
        throw PlacedError(
          ConfigurationError.outOfRange("layers", in: "\(name)", allowed: "at least one layer"),
          at: path + [CodingKeys.layers])
      }
      self.name = name
      self.layers = layers
    }
  }

  /// The model's name in the registry.
  public var name: SafeName
  /// Which data, and how they are set apart.
  public var data: DataConfiguration
  /// The models to be tried; at least one, of different names.
  public var candidates: [Candidate]
  /// How they are trained.
  public var training: TrainingSettings
  /// The file it was read from.
  let file: ConfigurationFile?

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case name, data, model, candidates, training
  }

  /// `model` is one candidate, which has the configuration's own name unless it says another.
  private struct SingleModel: Decodable {
    let name: SafeName?
    let layers: [LayerBox]

    enum Keys: String, CodingKey, CaseIterable { case name, layers }

    init(from decoder: any Decoder) throws {
      let fields = try Fields(decoder, Keys.self, part: "model")
      name = try decoder.safeName(fields, .name)
      layers = try fields.required(.layers)
    }
  }

  /// A setting that must be there.
  private struct Missing: Error, CustomStringConvertible {
    let description: String

    init(_ key: String) { description = "\"\(key)\" is missing. Add it." }
  }

  /// Reads a configuration file; the paths in it are taken to be relative to it.
  ///
  /// - Throws: `WorkflowError.configuration` naming file, line and column.
  public static func load(_ path: String) throws -> TrainingConfiguration {
    let read = try decode(ConfigurationFile(path: path))
    var configuration = read
    let folder = URL(filePath: path).deletingLastPathComponent()
    func place(_ path: String) -> String {
      URL(filePath: (path as NSString).expandingTildeInPath, relativeTo: folder).path
    }
    configuration.data.path = place(read.data.path)
    configuration.data.labelFile = read.data.labelFile.map(place)
    if let backup = read.training.backupAndRestore {
      configuration.training.backupAndRestore?.folder = place(backup.folder)
    }
    if let board = read.training.tensorBoard {
      configuration.training.tensorBoard?.folder = place(board.folder)
    }
    return configuration
  }

  /// The configuration in the bytes of a file, whose paths are as they stand there.
  package static func decode(_ bytes: Data, path: String) throws -> TrainingConfiguration {
    try decode(ConfigurationFile(bytes, path: path))
  }

  private static func decode(_ file: ConfigurationFile) throws -> TrainingConfiguration {
    let read = try file.decode(
      TrainingConfiguration.self, userInfo: LayerCatalog.standard.userInfo)
    return TrainingConfiguration(read, file: file)
  }

  private init(_ other: TrainingConfiguration, file: ConfigurationFile) {
    name = other.name
    data = other.data
    candidates = other.candidates
    training = other.training
    self.file = file
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: "the configuration")
    guard let name = try decoder.safeName(fields, .name) else {
      throw PlacedError(Missing("name"), at: decoder.codingPath)
    }
    self.name = name
    data = try fields.required(.data)
    let single: SingleModel? = try fields.optional(.model)
    let several: [Candidate]? = try fields.optional(.candidates)
    training = try fields.required(.training)
    file = nil
    switch (single, several) {
    case (let single?, nil):
      candidates = [
        try Candidate(
          name: single.name ?? name, layers: single.layers,
          at: decoder.codingPath + [CodingKeys.model])
      ]
    case (nil, let several?): candidates = several
    case (_?, _?):
      throw fields.outOfRange(.candidates, "left out beside \"model\": name one or the other")
    case (nil, nil): throw PlacedError(Missing("candidates"), at: decoder.codingPath)
    }
    try check(fields)
  }

  private func check(_ fields: Fields<CodingKeys>) throws {
    guard !candidates.isEmpty else {
      throw fields.outOfRange(.candidates, "at least one model")
    }
    for (place, candidate) in candidates.enumerated()
    where candidates[..<place].contains(where: { $0.name == candidate.name }) {
      throw PlacedError(
        ConfigurationError.outOfRange(
          "name", in: "candidates", allowed: "another one than \"\(candidate.name)\" each"),
        at: [CodingKeys.candidates, AnyKey(intValue: place), AnyKey(stringValue: "name")])
    }
    guard data.validation == 0 else { return }
    if candidates.count > 1 {
      throw PlacedError(
        ConfigurationError.outOfRange(
          "validation", in: "data", allowed: "above 0 to choose among several candidates"),
        at: ["data", "validation"].map(AnyKey.init(stringValue:)))
    }
    if let stopping = training.earlyStopping, stopping.monitor.hasPrefix("val_") {
      throw PlacedError(
        ConfigurationError.outOfRange(
          "monitor", in: "earlyStopping",
          allowed: "a figure of the training, such as loss, or data.validation above 0: "
            + "there is no \(stopping.monitor)"),
        at: ["training", "earlyStopping", "monitor"].map(AnyKey.init(stringValue:)))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(name, forKey: .name)
    try container.encode(data, forKey: .data)
    try container.encode(candidates, forKey: .candidates)
    try container.encode(training, forKey: .training)
  }

  /// Runs `body` and says of errors in settings at which line and column they stand.
  ///
  /// - Throws: `WorkflowError.configuration` for such an error, any other as it is.
  func located<R>(_ body: () throws -> R) throws -> R {
    guard let file else { return try body() }
    return try file.located(body)
  }
}
