public import MoruArchive
public import MoruModels

/// What came of registering a model.
public struct ModelRegistration: Sendable {
  /// The version that the model is now.
  public let version: ModelVersion
  /// The number of the version that is used where none is named.
  public let champion: Int
  /// Whether the newest version was this model already, byte for byte, so that none was added.
  public let isUnchanged: Bool

  /// Registers a model as the next version of a name; the first version becomes the champion.
  ///
  /// - Parameters:
  ///   - model: The model.
  ///   - name: Its name in the registry.
  ///   - store: The registry.
  ///   - run: The run that made it, if any.
  ///   - signature: Who registers it, and why.
  /// - Throws: `ArchiveError` if it cannot be written; then nothing is registered.
  public init(
    _ model: TrainedModel, as name: SafeName, in store: any RunStore, run: RunID?,
    signature: Signature
  ) async throws {
    let package = try ModelPackage.checksum(of: model)
    let isKnown = try await store.models().contains(name)
    let newest = isKnown ? try await store.versions(of: name).first : nil
    isUnchanged = newest?.packageChecksum == package
    if let newest, isUnchanged {
      version = newest
    } else {
      version = try await store.register(name, run: run, signature: signature) { folder in
        try ModelPackage.write(model, into: folder)
      }
    }
    let aliases = try await store.aliases(of: name)
    if let known = aliases.first(where: { $0.name == .champion })?.version {
      champion = known
    } else {
      champion = version.number
      try await store.moveAlias(
        .champion, of: name, to: version.number,
        signature: Signature(by: signature.author, because: "the first version"))
    }
  }
}
