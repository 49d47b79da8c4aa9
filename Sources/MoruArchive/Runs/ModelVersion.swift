public import Foundation

/// Where a version stands between training and retirement.
public enum Stage: String, Hashable, Sendable, Codable, CaseIterable {
  case candidate, staging, production, archived
}

/// An immutable version of a registered model.
public struct ModelVersion: Hashable, Sendable {
  /// The model.
  public let model: SafeName
  /// 1, 2, …; never used twice.
  public let number: Int
  /// Where it stands; the only thing of a version that changes.
  public let stage: Stage
  /// The run that made it.
  public let run: RunID?
  /// SHA-256 of the package's `checksums.json`, and so of every file in it.
  public let packageChecksum: Checksum
  /// When it was registered, to the millisecond.
  public let registeredAt: Date
  /// The package.
  public let folder: URL

  /// A version as a store knows it.
  public init(
    model: SafeName, number: Int, stage: Stage, run: RunID?, packageChecksum: Checksum,
    registeredAt: Date, folder: URL
  ) {
    self.model = model
    self.number = number
    self.stage = stage
    self.run = run
    self.packageChecksum = packageChecksum
    self.registeredAt = registeredAt
    self.folder = folder
  }

  /// Compares every file of the package with what was registered.
  ///
  /// - Throws: `ArchiveError.checksumMismatch` naming the first changed file, `.system` for a
  ///   missing one.
  public func verify() throws(ArchiveError) {
    let manifest = folder.appending(path: ChecksumManifest.fileName)
    let found = try Checksum(ofFile: manifest)
    guard found == packageChecksum else {
      throw .checksumMismatch(file: manifest.path, expected: packageChecksum, found: found)
    }
    try ChecksumManifest(of: folder).verify(folder)
  }
}

/// A name that points to one version of a model and can be moved.
public struct Alias: Hashable, Sendable {
  /// The name, such as `champion`.
  public let name: SafeName
  /// The number of the version that it points to.
  public let version: Int

  /// An alias as a store knows it.
  public init(name: SafeName, version: Int) {
    self.name = name
    self.version = version
  }
}

/// Who changes the registry, and why; both are kept in the audit trail.
public struct Signature: Hashable, Sendable {
  /// A person or program.
  public let author: String
  /// Why.
  public let reason: String

  /// A signature.
  ///
  /// - Throws: `ArchiveError.unexplained` if one of them is blank.
  public init(by author: String, because reason: String) throws(ArchiveError) {
    guard author.contains(where: { !$0.isWhitespace }) else {
      throw .unexplained(missing: "author")
    }
    guard reason.contains(where: { !$0.isWhitespace }) else {
      throw .unexplained(missing: "reason")
    }
    self.author = author
    self.reason = reason
  }
}

/// One change of the registry, kept for ever.
public struct AuditEntry: Hashable, Sendable {
  /// What was changed.
  public enum Change: Hashable, Sendable {
    case registered(version: Int)
    /// An alias was set (`from` is nil), moved, or removed (`to` is nil).
    case aliasMoved(SafeName, from: Int?, to: Int?)
    case stageChanged(version: Int, from: Stage, to: Stage)
  }

  /// Place in the trail; later entries have greater numbers.
  public let number: Int
  /// When, to the millisecond.
  public let date: Date
  /// Who and why.
  public let signature: Signature
  /// The model.
  public let model: SafeName
  /// What.
  public let change: Change
  /// The run that made the version in question.
  public let run: RunID?

  /// An entry as a store knows it.
  public init(
    number: Int, date: Date, signature: Signature, model: SafeName, change: Change, run: RunID?
  ) {
    self.number = number
    self.date = date
    self.signature = signature
    self.model = model
    self.change = change
    self.run = run
  }
}
