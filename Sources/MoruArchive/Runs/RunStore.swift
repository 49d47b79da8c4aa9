public import Foundation

/// Where runs and the model registry are kept.
///
/// Every function is one transaction: it happens wholly or not at all, also when the process dies
/// within it, and others see it only when it is done. Several stores, in one process or more, may
/// work on the same workspace. Beside the errors named below all functions throw those of the
/// storage itself.
public protocol RunStore: Sendable {
  /// Begins a run, which belongs to this store: it is `running` until it is ended or the store is
  /// gone, and `interrupted` after that.
  func startRun(
    name: String, parameters: [String: ParameterValue], lineage: Lineage
  ) async throws -> Run

  /// Takes over a run that was interrupted or failed; it is `running` again, its metrics kept.
  ///
  /// - Throws: `ArchiveError.unknownRun`; `.runState` for a run that is running or finished.
  func resumeRun(_ id: RunID) async throws -> Run

  /// Adds values of metrics. A step that is written again, as after resuming from a checkpoint,
  /// replaces the earlier value.
  ///
  /// - Throws: `ArchiveError.unknownRun`; `.runState` unless the run is running.
  func append(_ points: [MetricPoint], to id: RunID) async throws

  /// Notes an artifact; one of the same name is replaced.
  ///
  /// - Throws: `ArchiveError.unknownRun`; `.runState` unless the run is running.
  func attach(_ artifact: RunArtifact, to id: RunID) async throws

  /// Ends a run: as `failed` if there is a reason, else as `finished`.
  ///
  /// - Throws: `ArchiveError.unknownRun`; `.runState` unless the run is running.
  @discardableResult
  func endRun(_ id: RunID, failure: String?) async throws -> Run

  /// One run.
  ///
  /// - Throws: `ArchiveError.unknownRun` with the nearest identity.
  func run(_ id: RunID) async throws -> Run

  /// All runs, the newest first.
  func runs() async throws -> [Run]

  /// The metrics of a run by name, then step.
  ///
  /// - Throws: `ArchiveError.unknownRun`.
  func metrics(of id: RunID) async throws -> [MetricPoint]

  /// The artifacts of a run by name.
  ///
  /// - Throws: `ArchiveError.unknownRun`.
  func artifacts(of id: RunID) async throws -> [RunArtifact]

  /// Registers the next version of a model, as a candidate.
  ///
  /// - Parameter writePackage: Fills an empty folder with the package, `checksums.json` included.
  /// - Throws: What `writePackage` throws; `ArchiveError.unknownRun`; `ArchiveError.system` if
  ///   there is no `checksums.json`. Then no version is registered and no number used.
  func register(
    _ model: SafeName, run: RunID?, signature: Signature, writePackage: (URL) async throws -> Void
  ) async throws -> ModelVersion

  /// The names of all models, sorted.
  func models() async throws -> [SafeName]

  /// The versions of a model, the newest first.
  ///
  /// - Throws: `ArchiveError.unknownModel` with the nearest name.
  func versions(of model: SafeName) async throws -> [ModelVersion]

  /// The aliases of a model, sorted by name.
  ///
  /// - Throws: `ArchiveError.unknownModel` with the nearest name.
  func aliases(of model: SafeName) async throws -> [Alias]

  /// The version that is meant by a choice.
  ///
  /// - Throws: `ArchiveError.unknownModel`, `.unknownVersion` or `.unknownAlias`.
  func version(
    of model: SafeName, _ choice: ModelReference.VersionChoice
  ) async throws -> ModelVersion

  /// Points an alias to a version, or removes it if `version` is nil.
  ///
  /// - Throws: `ArchiveError.unknownModel`, `.unknownVersion`, `.unknownAlias` when removing;
  ///   `.unchanged` if it points there already.
  func moveAlias(
    _ alias: SafeName, of model: SafeName, to version: Int?, signature: Signature
  ) async throws

  /// Points an alias to the version at which it was before its last move; doing so again undoes it.
  ///
  /// - Throws: `ArchiveError.unknownModel`, `.unknownAlias`, `.nothingToRollBack`.
  /// - Returns: The alias as it stands then.
  func rollBack(
    _ alias: SafeName, of model: SafeName, signature: Signature
  ) async throws -> Alias

  /// Moves a version to another stage.
  ///
  /// - Throws: `ArchiveError.unknownModel`, `.unknownVersion`; `.unchanged` if it is there already.
  func setStage(
    _ stage: Stage, of model: SafeName, version: Int, signature: Signature
  ) async throws

  /// Every change of a model in the registry, the oldest first.
  ///
  /// - Throws: `ArchiveError.unknownModel` with the nearest name.
  func auditTrail(of model: SafeName) async throws -> [AuditEntry]
}
