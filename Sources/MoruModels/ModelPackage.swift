public import Foundation
public import MoruArchive
public import MoruLayers
import MoruTensors

/// A model on disk: a folder `NAME.moru` of `model.json`, `weights.safetensors` and checksums.
///
/// Packages are written once, in one step, and never changed.
public enum ModelPackage {
  /// The version that this Moru writes; it reads all earlier ones.
  public static let formatVersion = 1
  static let descriptionName = "model.json"
  static let weightsName = "weights.safetensors"

  private struct Description: Codable {
    let formatVersion: Int
    let architecture: LayerBox
    let signature: ModelSignature
    let training: TrainingRecord?
  }

  private struct VersionOnly: Decodable { let formatVersion: Int }

  /// Saves a model as the folder `url`, replacing an earlier package there in one step.
  ///
  /// - Throws: `ArchiveError` if the folder cannot be written or holds something else than a
  ///   package; what was there stays.
  public static func save(_ model: TrainedModel, to url: URL) throws {
    try AtomicFolder.write(to: url, existing: .replace(marker: descriptionName)) { folder in
      try write(model, into: folder)
    }
  }

  /// Refuses a place where `save` would find something else than a package, before there is a model to save.
  ///
  /// - Throws: `ArchiveError.notReplaceable`, or `.system` for a place that cannot be looked at.
  public static func checkPlace(_ url: URL) throws(ArchiveError) {
    try AtomicFolder.checkReplaceable(url, marker: descriptionName)
  }

  /// Writes a package's files into an empty folder: for registries that put it in place themselves.
  ///
  /// - Throws: `ArchiveError` if a file cannot be written.
  public static func write(_ model: TrainedModel, into folder: URL) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.userInfo = LayerCatalog.standard.userInfo
    let description = Description(
      formatVersion: formatVersion, architecture: LayerBox(model.layer),
      signature: model.signature, training: model.training)
    try AtomicFile.write(
      encoder.encode(description), to: folder.appending(path: descriptionName))
    try SafeTensors.write(model.weights, to: folder.appending(path: weightsName))
    try ChecksumManifest.write(for: folder)
  }

  /// What identifies a model's package: the checksum of its list of checksums, which a registry
  /// keeps with the version.
  ///
  /// - Throws: `ArchiveError` if there is no room for a copy in the temporary folder.
  public static func checksum(of model: TrainedModel) throws -> Checksum {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "moru-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try write(model, into: folder)
    return try Checksum(ofFile: folder.appending(path: ChecksumManifest.fileName))
  }

  /// Loads a model after checking every file's checksum.
  ///
  /// - Parameter catalog: The layers that the package may name.
  /// - Throws: `ArchiveError` naming the damaged file; `ModelError.laterFormat` or `.unreadable`;
  ///   `GraphError` and `LayerError` if structure and weights do not fit.
  public static func load(
    from url: URL, catalog: LayerCatalog = .standard
  ) throws -> TrainedModel {
    try ChecksumManifest(of: url).verify(url, requiring: [descriptionName, weightsName])
    let path = url.appending(path: descriptionName)
    let data = try Data(contentsOf: path)
    let decoder = JSONDecoder()
    decoder.userInfo = catalog.userInfo
    let description: Description
    do {
      let version = try decoder.decode(VersionOnly.self, from: data).formatVersion
      guard version <= formatVersion else {
        throw ModelError.laterFormat(path: path.path, version: version)
      }
      description = try decoder.decode(Description.self, from: data)
    } catch let error as DecodingError {
      throw ModelError.unreadable(path: path.path, reason: error.fact)
    } catch let error as PlacedError {
      throw ModelError.unreadable(path: path.path, reason: error.description)
    }
    let weights = try SafeTensors(opening: url.appending(path: weightsName)).tensors()
    return try TrainedModel(
      layer: description.architecture.layer, weights: weights, signature: description.signature,
      training: description.training)
  }
}

extension TrainedModel {
  /// Saves the model as the folder `path`, replacing an earlier package there in one step.
  ///
  /// - Throws: `ArchiveError` if the folder cannot be written or holds something else.
  public func save(_ path: String) throws {
    try ModelPackage.save(self, to: URL(filePath: path))
  }

  /// Loads the package at `path`.
  ///
  /// - Throws: `ArchiveError` naming a damaged file; `ModelError` for what cannot be understood.
  public static func load(_ path: String) throws -> TrainedModel {
    try ModelPackage.load(from: URL(filePath: path))
  }
}

extension DecodingError {
  /// What is wrong, and where, in one line.
  package var fact: String {
    func place(_ context: Context) -> String {
      context.codingPath.isEmpty ? "" : PlacedError(NoError(), at: context.codingPath).place + ": "
    }
    switch self {
    case .keyNotFound(let key, let context):
      return place(context) + "\"\(key.stringValue)\" is missing"
    case .typeMismatch(let type, let context):
      return place(context) + "it is not of the expected type \(type)"
    case .valueNotFound(_, let context): return place(context) + "it is empty"
    case .dataCorrupted(let context): return place(context) + context.debugDescription
    @unknown default: return "it cannot be understood"
    }
  }

  private struct NoError: Error {}
}
