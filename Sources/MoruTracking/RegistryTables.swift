internal import Foundation
internal import GRDB
internal import MoruArchive

/// The registry's tables within one transaction.
struct RegistryTables {
  private let database: Database
  private let workspace: Workspace

  init(_ database: Database, _ workspace: Workspace) {
    self.database = database
    self.workspace = workspace
  }

  func models() throws -> [SafeName] {
    try Row.fetchAll(database, sql: "SELECT DISTINCT model FROM version ORDER BY model")
      .map { try $0.read("model", SafeName.init(_:)) }
  }

  /// - Throws: `ArchiveError.unknownModel` with the nearest name.
  func requireModel(_ model: SafeName) throws {
    guard try newestNumber(of: model) > 0 else {
      let nearest = nearest(model.text, among: try models().map(\.text))
      throw ArchiveError.unknownModel(name: model.text, nearest: nearest)
    }
  }

  /// 0 for a model without versions.
  func newestNumber(of model: SafeName) throws -> Int {
    try Int.fetchOne(
      database, sql: "SELECT MAX(number) FROM version WHERE model = ?", arguments: [model.text])
      ?? 0
  }

  func numbers(of model: SafeName) throws -> [Int] {
    try Int.fetchAll(
      database, sql: "SELECT number FROM version WHERE model = ? ORDER BY number",
      arguments: [model.text])
  }

  func versions(of model: SafeName) throws -> [ModelVersion] {
    try requireModel(model)
    return try Row.fetchAll(
      database, sql: Self.selectVersion + "WHERE model = ? ORDER BY version.number DESC",
      arguments: [model.text]
    ).map { try version($0, of: model) }
  }

  func version(of model: SafeName, _ number: Int) throws -> ModelVersion {
    try requireModel(model)
    let row = try Row.fetchOne(
      database, sql: Self.selectVersion + "WHERE model = ? AND version.number = ?",
      arguments: [model.text, number])
    guard let row else {
      throw ArchiveError.unknownVersion(
        model: model.text, version: number, newest: try newestNumber(of: model))
    }
    return try version(row, of: model)
  }

  private static let selectVersion = """
    SELECT version.number, stage, run.id AS run_id, package_checksum, registered_at
    FROM version LEFT JOIN run ON run.number = version.run

    """

  private func version(_ row: Row, of model: SafeName) throws -> ModelVersion {
    let number: Int = try row.read("number")
    return try ModelVersion(
      model: model, number: number, stage: row.read("stage", Stage.init(rawValue:)),
      run: row.readIfPresent("run_id") { RunID(rawValue: $0) },
      packageChecksum: row.read("package_checksum", Checksum.init(hex:)),
      registeredAt: row.readDate("registered_at"),
      folder: workspace.modelFolder(model, version: number))
  }

  func runNumber(of model: SafeName, _ number: Int) throws -> Int64? {
    try Int64.fetchOne(
      database, sql: "SELECT run FROM version WHERE model = ? AND number = ?",
      arguments: [model.text, number])
  }

  func aliases(of model: SafeName) throws -> [Alias] {
    try Row.fetchAll(
      database, sql: "SELECT name, version FROM alias WHERE model = ? ORDER BY name",
      arguments: [model.text]
    ).map { try Alias(name: $0.read("name", SafeName.init(_:)), version: $0.read("version")) }
  }

  /// - Throws: `ArchiveError.unknownAlias` with the nearest name.
  func target(of alias: SafeName, of model: SafeName) throws -> Int {
    let aliases = try aliases(of: model)
    guard let found = aliases.first(where: { $0.name == alias }) else {
      throw ArchiveError.unknownAlias(
        model: model.text, alias: alias.text,
        nearest: nearest(alias.text, among: aliases.map(\.name.text)))
    }
    return found.version
  }

  /// Where the alias pointed before its last move.
  func previousTarget(of alias: SafeName, of model: SafeName) throws -> Int {
    let last = try Row.fetchOne(
      database,
      sql: """
        SELECT from_version FROM audit WHERE model = ? AND kind = 'aliasMoved' AND alias = ?
        ORDER BY number DESC LIMIT 1
        """, arguments: [model.text, alias.text])
    guard let last else { return try target(of: alias, of: model) }
    guard let previous: Int = try last.readIfPresent("from_version") else {
      throw ArchiveError.nothingToRollBack(model: model.text, alias: alias.text)
    }
    return previous
  }

  func move(
    _ alias: SafeName, of model: SafeName, to number: Int?, _ signature: Signature, time: Int64
  ) throws {
    let old = try aliases(of: model).first { $0.name == alias }?.version
    if let number, old == number {
      throw ArchiveError.unchanged(
        what: "The alias '\(alias)' of '\(model)' points to version \(number)")
    }
    if let number {
      _ = try version(of: model, number)
      try database.execute(
        sql: """
          INSERT INTO alias (model, name, version) VALUES (?, ?, ?)
          ON CONFLICT DO UPDATE SET version = excluded.version
          """, arguments: [model.text, alias.text, number])
    } else {
      try database.execute(
        sql: "DELETE FROM alias WHERE model = ? AND name = ?", arguments: [model.text, alias.text])
    }
    let run = try (number ?? old).flatMap { try runNumber(of: model, $0) }
    try record(
      .aliasMoved(alias, from: old, to: number), of: model, signature, run: run, time: time)
  }

  /// Adds an entry to the audit trail.
  func record(
    _ change: AuditEntry.Change, of model: SafeName, _ signature: Signature, run: Int64?,
    time: Int64
  ) throws {
    var (kind, version, alias): (String, Int?, String?) = ("registered", nil, nil)
    var (fromVersion, toVersion): (Int?, Int?) = (nil, nil)
    var (fromStage, toStage): (String?, String?) = (nil, nil)
    switch change {
    case .registered(let number): version = number
    case .aliasMoved(let name, let from, let to):
      (kind, alias, fromVersion, toVersion) = ("aliasMoved", name.text, from, to)
    case .stageChanged(let number, let from, let to):
      (kind, version, fromStage, toStage) = ("stageChanged", number, from.rawValue, to.rawValue)
    }
    try database.execute(
      sql: """
        INSERT INTO audit (date, author, reason, model, run, kind, version, alias, from_version,
          to_version, from_stage, to_stage) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        time, signature.author, signature.reason, model.text, run, kind, version, alias,
        fromVersion, toVersion, fromStage, toStage,
      ])
  }

  func auditTrail(of model: SafeName) throws -> [AuditEntry] {
    try Row.fetchAll(
      database,
      sql: """
        SELECT audit.*, run.id AS run_id FROM audit LEFT JOIN run ON run.number = audit.run
        WHERE model = ? ORDER BY audit.number
        """, arguments: [model.text]
    ).map { row in
      let change: AuditEntry.Change =
        switch try row.read("kind", as: String.self) {
        case "registered": .registered(version: try row.read("version"))
        case "aliasMoved":
          .aliasMoved(
            try row.read("alias", SafeName.init(_:)), from: try row.readIfPresent("from_version"),
            to: try row.readIfPresent("to_version"))
        case "stageChanged":
          .stageChanged(
            version: try row.read("version"),
            from: try row.read("from_stage", Stage.init(rawValue:)),
            to: try row.read("to_stage", Stage.init(rawValue:)))
        default: throw UnreadableColumn(name: "kind")
        }
      return try AuditEntry(
        number: row.read("number"), date: row.readDate("date"),
        signature: Signature(by: row.read("author"), because: row.read("reason")),
        model: model, change: change, run: row.readIfPresent("run_id") { RunID(rawValue: $0) })
    }
  }
}
