import Foundation
import GRDB
import MoruArchive
import MoruTracking
import Testing

@Test func aNewFileIsMarkedAndMigratedOnce() async throws {
  let temporary = try TemporaryWorkspace()
  try Data().write(to: temporary.workspace.database)
  let run = try await temporary.store().startRun(name: "a", parameters: [:], lineage: Lineage())
  let bytes = try Data(contentsOf: temporary.workspace.database)
  #expect(bytes.dropFirst(68).starts(with: "Moru".utf8))
  let again = try SQLiteRunStore(Workspace(existingAt: temporary.folder))
  #expect(try await again.runs().map(\.id) == [run.id])
}

private func schema(of url: URL) throws -> [String] {
  try DatabaseQueue(path: url.path).read { database in
    try String.fetchAll(
      database, sql: "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name")
  }
}

@Test func aDatabaseOfTheFirstSchemaIsReadWhole() async throws {
  let temporary = try TemporaryWorkspace()
  let fixture = try #require(
    Bundle.module.url(forResource: "schema-1", withExtension: "sql", subdirectory: "Fixtures"))
  let sql = try String(contentsOf: fixture, encoding: .utf8)
  try await DatabaseQueue(path: temporary.workspace.database.path).writeWithoutTransaction {
    try $0.execute(sql: sql)
  }
  let store = try temporary.store()
  let run = try #require(try await store.runs().first)
  #expect(run.name == "mlp" && run.status == .finished && run.lineage.seed == 7)
  #expect(run.parameters == ["epochs": .integer(5), "rate": .number(0.5)])
  #expect(try await store.metrics(of: run.id).map(\.step) == [0, 1])
  #expect(try await store.artifacts(of: run.id).map(\.name) == ["curve.svg"])
  let version = try await store.version(of: SafeName("digits"), .alias(.champion))
  #expect(version.number == 1 && version.stage == .production && version.run == run.id)
  #expect(try await store.auditTrail(of: SafeName("digits")).count == 3)

  let fresh = try TemporaryWorkspace()
  _ = try fresh.store()
  #expect(
    try schema(of: temporary.workspace.database) == schema(of: fresh.workspace.database),
    "an old database, once opened, is like a new one")
}

@Test(arguments: ["x", "SQLite format 3", String(repeating: "not a database. ", count: 1000)])
func anotherFileIsRefusedAndLeftAlone(text: String) throws {
  let temporary = try TemporaryWorkspace()
  let url = temporary.workspace.database
  try Data(text.utf8).write(to: url)
  let error = #expect(throws: TrackingError.self) { try temporary.store() }
  #expect(
    error?.description
      == "\(url.path) is not a database. Move it away, or choose another workspace folder.")
  #expect(try Data(contentsOf: url) == Data(text.utf8))
}

@Test func aFolderInPlaceOfTheDatabaseIsRefused() throws {
  let temporary = try TemporaryWorkspace()
  let url = temporary.workspace.database
  try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
  #expect(throws: TrackingError.cannotOpen(path: url.path)) { try temporary.store() }
  #expect(throws: ArchiveError.self) { try Workspace(existingAt: temporary.folder) }
}

@Test func theDatabaseOfAnotherProgramIsRefusedAndLeftAlone() throws {
  let temporary = try TemporaryWorkspace()
  let url = temporary.workspace.database
  try DatabaseQueue(path: url.path).write { try $0.execute(sql: "CREATE TABLE guest (name TEXT)") }
  let before = try Data(contentsOf: url)
  #expect(throws: TrackingError.foreignDatabase(path: url.path)) { try temporary.store() }
  #expect(try Data(contentsOf: url) == before)
}

@Test func aNewerSchemaIsRefused() throws {
  let temporary = try TemporaryWorkspace()
  _ = try temporary.store()
  let path = temporary.workspace.database.path
  try DatabaseQueue(path: path).write { database in
    try database.execute(sql: "INSERT INTO grdb_migrations VALUES ('from the future')")
  }
  let error = #expect(throws: TrackingError.self) { try temporary.store() }
  #expect(
    error?.description
      == "\(path) was written by a newer version of Moru. Update Moru to open it.")
}

@Test func damagedPagesAreAnError() async throws {
  let temporary = try TemporaryWorkspace()
  let url = temporary.workspace.database
  do {
    let store = try temporary.store()
    let run = try await store.startRun(name: "a", parameters: [:], lineage: Lineage())
    let points = (0..<2000).map { MetricPoint("loss", step: $0, value: 1) }
    try await store.append(points, to: run.id)
  }
  try await DatabaseQueue(path: url.path).writeWithoutTransaction { database in
    try database.execute(sql: "PRAGMA journal_mode = DELETE")
  }
  var bytes = try Data(contentsOf: url)
  bytes.replaceSubrange(4096..., with: Data(repeating: 0xA5, count: bytes.count - 4096))
  try bytes.write(to: url)
  let error = await #expect(throws: TrackingError.self) {
    let store = try temporary.store()
    for run in try await store.runs() { _ = try await store.metrics(of: run.id) }
  }
  #expect(error == .corrupted(path: url.path))
}

@Test(arguments: [
  "UPDATE audit SET author = 'nobody'", "DELETE FROM audit", "DELETE FROM version",
  "UPDATE version SET package_checksum = ''", "UPDATE parameter SET value = '1'",
])
func historyCannotBeRewritten(sql: String) async throws {
  let temporary = try TemporaryWorkspace()
  let store = try temporary.store()
  let run = try await store.startRun(name: "a", parameters: ["a": .integer(0)], lineage: Lineage())
  _ = try await store.register(
    SafeName("digits"), run: run.id, signature: mina(), writePackage: writePackage("a"))
  let other = try DatabaseQueue(path: temporary.workspace.database.path)
  #expect(throws: DatabaseError.self) {
    try other.writeWithoutTransaction { try $0.execute(sql: sql) }
  }
}

@Test func aValueThatNobodyWroteIsAnErrorNotATrap() async throws {
  let temporary = try TemporaryWorkspace()
  let store = try temporary.store()
  let run = try await store.startRun(name: "a", parameters: [:], lineage: Lineage())
  let other = try DatabaseQueue(path: temporary.workspace.database.path)
  try await other.writeWithoutTransaction { try $0.execute(sql: "UPDATE run SET seed = 'secret'") }
  let error = await #expect(throws: TrackingError.self) { try await store.run(run.id) }
  #expect(
    error == .unreadableValue(path: temporary.workspace.database.path, column: "seed"))
  #expect(error?.description.contains("secret") == false)
}
