public import Foundation
internal import GRDB
public import MoruArchive

extension SQLiteRunStore {
  public func register(
    _ model: SafeName, run: RunID?, signature: Signature, writePackage: (URL) async throws -> Void
  ) async throws -> ModelVersion {
    let staged = try StagedFolder(in: workspace.models)
    try await writePackage(staged.url)
    let manifest = staged.url.appending(path: ChecksumManifest.fileName)
    let checksum = try Checksum(ofFile: manifest)
    try ChecksumManifest(of: staged.url).verify(staged.url)
    try staged.synchronize()
    try workspace.makeFolder(of: model)
    let time = now()
    return try await write { [workspace] database in
      let registry = RegistryTables(database, workspace)
      let runNumber = try run.map { try RunRow(database, $0).number }
      var number = try registry.newestNumber(of: model) + 1
      // The folder comes first and the row second: whoever dies in between leaves a folder that
      // no row names, and whose number is passed over here.
      while true {
        do {
          try staged.move(to: workspace.modelFolder(model, version: number), existing: .keep)
          break
        } catch ArchiveError.folderExists { number += 1 }
      }
      try database.execute(
        sql: """
          INSERT INTO version (model, number, stage, run, package_checksum, registered_at)
          VALUES (?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          model.text, number, Stage.candidate.rawValue, runNumber, checksum.hex, time,
        ])
      try registry.record(
        .registered(version: number), of: model, signature, run: runNumber, time: time)
      return try registry.version(of: model, number)
    }
  }

  public func models() async throws -> [SafeName] {
    try await read { [workspace] database in try RegistryTables(database, workspace).models() }
  }

  public func versions(of model: SafeName) async throws -> [ModelVersion] {
    try await read { [workspace] database in
      try RegistryTables(database, workspace).versions(of: model)
    }
  }

  public func aliases(of model: SafeName) async throws -> [Alias] {
    try await read { [workspace] database in
      let registry = RegistryTables(database, workspace)
      try registry.requireModel(model)
      return try registry.aliases(of: model)
    }
  }

  public func version(
    of model: SafeName, _ choice: ModelReference.VersionChoice
  ) async throws -> ModelVersion {
    try await read { [workspace] database in
      let registry = RegistryTables(database, workspace)
      try registry.requireModel(model)
      let number =
        switch choice {
        case .number(let number): number
        case .alias(let alias): try registry.target(of: alias, of: model)
        case .preferred:
          try registry.aliases(of: model).first { $0.name == .champion }?.version
            ?? registry.newestNumber(of: model)
        }
      return try registry.version(of: model, number)
    }
  }

  public func moveAlias(
    _ alias: SafeName, of model: SafeName, to version: Int?, signature: Signature
  ) async throws {
    let time = now()
    try await write { [workspace] database in
      let registry = RegistryTables(database, workspace)
      try registry.requireModel(model)
      if version == nil { _ = try registry.target(of: alias, of: model) }
      try registry.move(alias, of: model, to: version, signature, time: time)
    }
  }

  public func rollBack(
    _ alias: SafeName, of model: SafeName, signature: Signature
  ) async throws -> Alias {
    let time = now()
    return try await write { [workspace] database in
      let registry = RegistryTables(database, workspace)
      try registry.requireModel(model)
      let previous = try registry.previousTarget(of: alias, of: model)
      try registry.move(alias, of: model, to: previous, signature, time: time)
      return Alias(name: alias, version: previous)
    }
  }

  public func setStage(
    _ stage: Stage, of model: SafeName, version: Int, signature: Signature
  ) async throws {
    let time = now()
    try await write { [workspace] database in
      let registry = RegistryTables(database, workspace)
      let old = try registry.version(of: model, version).stage
      guard old != stage else {
        throw ArchiveError.unchanged(
          what: "Version \(version) of '\(model)' is in stage \(stage.rawValue)")
      }
      try database.execute(
        sql: "UPDATE version SET stage = ? WHERE model = ? AND number = ?",
        arguments: [stage.rawValue, model.text, version])
      try registry.record(
        .stageChanged(version: version, from: old, to: stage), of: model, signature,
        run: registry.runNumber(of: model, version), time: time)
    }
  }

  public func auditTrail(of model: SafeName) async throws -> [AuditEntry] {
    try await read { [workspace] database in
      let registry = RegistryTables(database, workspace)
      try registry.requireModel(model)
      return try registry.auditTrail(of: model)
    }
  }

  /// Package folders that no version names: a process died between placing the folder and
  /// recording it, or the database was restored from an older copy.
  ///
  /// - Throws: `TrackingError` if the database cannot be read.
  public func strayPackages() async throws -> [URL] {
    try await read { [workspace] database in
      let registry = RegistryTables(database, workspace)
      func names(in folder: URL) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: folder.path))?.sorted() ?? []
      }
      return try names(in: workspace.models).flatMap { text -> [URL] in
        guard let model = try? SafeName(text) else { return [] }
        let known = Set(try registry.numbers(of: model).map(String.init))
        let folder = workspace.models.appending(path: text)
        return names(in: folder).filter { !known.contains($0) && !$0.hasPrefix(".") }
          .map { folder.appending(path: $0) }
      }
    }
  }
}
