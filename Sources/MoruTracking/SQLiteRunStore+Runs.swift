internal import Foundation
internal import GRDB
public import MoruArchive

extension SQLiteRunStore {
  public func startRun(
    name: String, parameters: [String: ParameterValue], lineage: Lineage
  ) async throws -> Run {
    let (time, session) = (now(), session.name)
    let id = Self.newRunID(milliseconds: time)
    return try await write { [workspace] database in
      try database.execute(
        sql: """
          INSERT INTO run (id, name, status, session, data_checksum, seed, code_version, started_at)
          VALUES (?, ?, 'running', ?, ?, ?, ?, ?)
          """,
        arguments: [
          id.rawValue, name, session, lineage.dataChecksum?.hex, lineage.seed.map(String.init),
          lineage.codeVersion, time,
        ])
      let number = database.lastInsertedRowID
      for (name, value) in parameters {
        try database.execute(
          sql: "INSERT INTO parameter (run, name, kind, value) VALUES (?, ?, ?, ?)",
          arguments: [number, name, value.kind, value.description])
      }
      return try RunRow(database, id).run(database, workspace)
    }
  }

  public func resumeRun(_ id: RunID) async throws -> Run {
    let session = session.name
    return try await write { [workspace] database in
      let row = try RunRow(database, id)
      let status = try row.status(workspace)
      guard status == .interrupted || status == .failed else {
        throw ArchiveError.runState(id: id.rawValue, status: status, action: "resume")
      }
      try database.execute(
        sql: """
          UPDATE run SET status = 'running', session = ?, ended_at = NULL, failure = NULL
          WHERE number = ?
          """, arguments: [session, row.number])
      return try RunRow(database, id).run(database, workspace)
    }
  }

  public func append(_ points: [MetricPoint], to id: RunID) async throws {
    try await write { [workspace] database in
      let run = try RunRow(database, id).running(workspace, to: "add metrics to")
      let statement = try database.cachedStatement(
        sql: """
          INSERT INTO metric (run, name, step, value) VALUES (?, ?, ?, ?)
          ON CONFLICT DO UPDATE SET value = excluded.value
          """)
      for point in points {
        try statement.execute(arguments: [run, point.name, point.step, point.value])
      }
    }
  }

  public func attach(_ artifact: RunArtifact, to id: RunID) async throws {
    try await write { [workspace] database in
      let run = try RunRow(database, id).running(workspace, to: "attach artifacts to")
      try database.execute(
        sql: """
          INSERT INTO artifact (run, name, checksum) VALUES (?, ?, ?)
          ON CONFLICT DO UPDATE SET checksum = excluded.checksum
          """, arguments: [run, artifact.name, artifact.checksum.hex])
    }
  }

  @discardableResult
  public func endRun(_ id: RunID, failure: String?) async throws -> Run {
    let time = now()
    return try await write { [workspace] database in
      let run = try RunRow(database, id).running(workspace, to: "end")
      let status = failure == nil ? RunStatus.finished : .failed
      try database.execute(
        sql: "UPDATE run SET status = ?, ended_at = ?, failure = ? WHERE number = ?",
        arguments: [status.rawValue, time, failure, run])
      return try RunRow(database, id).run(database, workspace)
    }
  }

  public func run(_ id: RunID) async throws -> Run {
    try await read { [workspace] database in
      try RunRow(database, id).run(database, workspace)
    }
  }

  public func runs() async throws -> [Run] {
    try await read { [workspace] database in
      try Row.fetchAll(database, sql: "SELECT * FROM run ORDER BY number DESC")
        .map { try RunRow($0).run(database, workspace) }
    }
  }

  public func metrics(of id: RunID) async throws -> [MetricPoint] {
    try await read { database in
      try Row.fetchAll(
        database, sql: "SELECT name, step, value FROM metric WHERE run = ? ORDER BY name, step",
        arguments: [RunRow(database, id).number]
      ).map { row in
        try MetricPoint(
          row.read("name"), step: row.read("step"), value: row.readIfPresent("value") ?? .nan)
      }
    }
  }

  public func artifacts(of id: RunID) async throws -> [RunArtifact] {
    try await read { database in
      try Row.fetchAll(
        database, sql: "SELECT name, checksum FROM artifact WHERE run = ? ORDER BY name",
        arguments: [RunRow(database, id).number]
      ).map { row in
        try RunArtifact(name: row.read("name"), checksum: row.read("checksum", Checksum.init(hex:)))
      }
    }
  }

  private static func newRunID(milliseconds: Int64) -> RunID {
    let stamp = Date(timeIntervalSince1970: Double(milliseconds) / 1000).ISO8601Format()
      .replacing("T", with: "-").filter { $0.isNumber || $0 == "-" }
    let parts = stamp.split(separator: "-")
    let letters = Array("23456789abcdefghjkmnpqrstuvwxyz")
    let tail = (0..<6).compactMap { _ in letters.randomElement() }
    return RunID(
      rawValue: parts.prefix(3).joined() + "-" + parts.dropFirst(3).joined() + "-" + String(tail))
  }
}

/// A row of the table of runs.
struct RunRow {
  private let row: Row
  let number: Int64

  init(_ row: Row) throws {
    self.row = row
    number = try row.read("number")
  }

  /// - Throws: `ArchiveError.unknownRun` with the nearest identity.
  init(_ database: Database, _ id: RunID) throws {
    guard
      let row = try Row.fetchOne(
        database, sql: "SELECT * FROM run WHERE id = ?", arguments: [id.rawValue])
    else {
      let known = try String.fetchAll(database, sql: "SELECT id FROM run ORDER BY number DESC")
      throw ArchiveError.unknownRun(id: id.rawValue, nearest: nearest(id.rawValue, among: known))
    }
    try self.init(row)
  }

  /// A run that is noted as running but whose session is gone was interrupted.
  func status(_ workspace: Workspace) throws -> RunStatus {
    let stored = try row.read("status", RunStatus.init(rawValue:))
    guard stored == .running else { return stored }
    return try Session.isAlive(row.read("session"), in: workspace) ? .running : .interrupted
  }

  /// The number of a run that must be running.
  ///
  /// - Throws: `ArchiveError.runState` if it is not.
  func running(_ workspace: Workspace, to action: String) throws -> Int64 {
    let status = try status(workspace)
    guard status == .running else {
      throw ArchiveError.runState(id: try row.read("id"), status: status, action: action)
    }
    return number
  }

  func run(_ database: Database, _ workspace: Workspace) throws -> Run {
    var parameters: [String: ParameterValue] = [:]
    let rows = try Row.fetchAll(
      database, sql: "SELECT name, kind, value FROM parameter WHERE run = ?", arguments: [number])
    for row in rows {
      let kind: String = try row.read("kind")
      parameters[try row.read("name")] = try row.read("value") { ParameterValue($0, kind: kind) }
    }
    return try Run(
      id: RunID(rawValue: row.read("id")), name: row.read("name"), status: status(workspace),
      parameters: parameters,
      lineage: Lineage(
        dataChecksum: row.readIfPresent("data_checksum", Checksum.init(hex:)),
        seed: row.readIfPresent("seed") { UInt64($0) },
        codeVersion: row.readIfPresent("code_version")),
      startedAt: row.readDate("started_at"),
      endedAt: row.readIfPresent("ended_at", as: Int64.self) == nil
        ? nil : row.readDate("ended_at"),
      failure: row.readIfPresent("failure"))
  }
}

extension ParameterValue {
  fileprivate var kind: String {
    switch self {
    case .text: "text"
    case .integer: "integer"
    case .number: "number"
    case .boolean: "boolean"
    }
  }

  fileprivate init?(_ text: String, kind: String) {
    switch kind {
    case "text": self = .text(text)
    case "integer":
      guard let value = Int(text) else { return nil }
      self = .integer(value)
    case "number":
      guard let value = Double(text) else { return nil }
      self = .number(value)
    case "boolean":
      guard let value = Bool(text) else { return nil }
      self = .boolean(value)
    default: return nil
    }
  }
}
