internal import Foundation
public import MoruArchive
public import MoruModels

/// A model that a person named, loaded and checked.
public struct ResolvedModel: Sendable {
  /// What it is called: `digits:3`, or the path of its package.
  public let title: String
  /// The version in the registry; nil for a package by path.
  public let version: ModelVersion?
  /// The run that made the version; nil if none did, and for a package by path.
  public let run: Run?
  /// The model.
  public let model: TrainedModel

  /// Finds and loads the model that a reference names.
  ///
  /// - Parameter store: Opens the registry; not asked for a path.
  /// - Throws: `ArchiveError` for a model, version or alias that is not there, or a damaged file;
  ///   `ModelError` for a package that cannot be understood.
  public init(_ reference: ModelReference, store: () throws -> any RunStore) async throws {
    switch reference {
    case .path(let url):
      title = url.relativePath
      (version, run) = (nil, nil)
      model = try ModelPackage.load(from: url)
    case .registered(let name, let choice):
      let store = try store()
      let found = try await store.version(of: name, choice)
      try found.verify()
      title = "\(found.model):\(found.number)"
      version = found
      run = if let id = found.run { try await store.run(id) } else { nil }
      model = try ModelPackage.load(from: found.folder)
    }
  }
}
