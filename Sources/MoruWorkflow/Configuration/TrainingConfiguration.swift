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
    /// Its layers, first to last, as `model.json` writes them; on a base those of the head, by the
    /// targets if there are none.
    public let layers: [LayerBox]
    /// On what it learns that was trained before; nil for layers that start anew.
    public var transfer: TransferSettings?

    private enum CodingKeys: String, CodingKey, CaseIterable { case name, layers }

    public init(from decoder: any Decoder) throws {
      try self.init(from: decoder, part: "candidate", standardName: nil)
    }

    /// - Parameter standardName: The name if none is said.
    fileprivate init(from decoder: any Decoder, part: String, standardName: SafeName?) throws {
      let fields = try Fields(
        decoder, CodingKeys.self, part: part, besides: TransferSettings.keys)
      guard let name = try decoder.safeName(fields, .name) ?? standardName else {
        throw PlacedError(Missing("name"), at: decoder.codingPath)
      }
      self.name = name
      transfer = try TransferSettings.find(in: decoder)
      layers =
        transfer == nil ? try fields.required(.layers) : try fields.value(.layers, default: [])
      guard transfer != nil || !layers.isEmpty else {
        throw PlacedError(
          ConfigurationError.outOfRange("layers", in: "\(name)", allowed: "at least one layer"),
          at: decoder.codingPath + [CodingKeys.layers])
      }
    }

    public func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(name, forKey: .name)
      try transfer?.encode(to: encoder)
      if transfer == nil || !layers.isEmpty { try container.encode(layers, forKey: .layers) }
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
    for (index, candidate) in read.candidates.enumerated() {
      guard let transfer = candidate.transfer else { continue }
      configuration.candidates[index].transfer?.base = transfer.base.placed(place)
    }
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
    let container = try decoder.container(keyedBy: CodingKeys.self)
    // `model` is one candidate, which has the configuration's own name unless it says another.
    let single: Candidate? =
      if container.contains(.model), try !container.decodeNil(forKey: .model) {
        try Candidate(
          from: container.superDecoder(forKey: .model), part: "model", standardName: name)
      } else { nil }
    let several: [Candidate]? = try fields.optional(.candidates)
    training = try fields.required(.training)
    file = nil
    switch (single, several) {
    case (let single?, nil): candidates = [single]
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
    guard training.backupAndRestore == nil || candidates.allSatisfy({ $0.transfer == nil }) else {
      throw PlacedError(
        ConfigurationError.outOfRange(
          "backupAndRestore", in: "training",
          allowed: "left out beside a \"base\": a backup is of one stage of training"),
        at: ["training", "backupAndRestore"].map(AnyKey.init(stringValue:)))
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

  /// Where a candidate stands in the file.
  func path(ofCandidate place: Int) -> [any CodingKey] {
    let single: [any CodingKey] = [CodingKeys.model]
    return file?.contains(single) == true
      ? single : [CodingKeys.candidates, AnyKey(intValue: place)]
  }

  /// Runs `body` and says of errors in settings at which line and column they stand.
  ///
  /// - Throws: `WorkflowError.configuration` for such an error, any other as it is.
  func located<R>(_ body: () throws -> R) throws -> R {
    guard let file else { return try body() }
    return try file.located(body)
  }
}
