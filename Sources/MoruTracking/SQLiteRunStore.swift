public import Foundation
internal import GRDB
public import MoruArchive

/// The run store of a workspace folder, in its `moru.sqlite`.
///
/// Any number of stores may be open on one workspace, in one process or several; SQLite lets one
/// write at a time, and readers are never held up. The folder must be on a local disk.
public final class SQLiteRunStore: RunStore {
  /// The workspace.
  public let workspace: Workspace
  let session: Session
  private let pool: DatabasePool
  private let clock: @Sendable () -> Date

  /// Opens the database of `workspace`, makes it if missing, and brings an older one up to date.
  ///
  /// - Parameter clock: Tells the time that is recorded.
  /// - Throws: `TrackingError` if the file is no database, another program's, damaged, or written
  ///   by a newer Moru; it is left as it was.
  public init(
    _ workspace: Workspace, clock: @escaping @Sendable () -> Date = { Date() }
  ) throws {
    self.workspace = workspace
    self.clock = clock
    let path = workspace.database.path
    // One at a time: switching a new file to WAL and migrating it do not bear company.
    let lock = try ProcessLock.waiting(for: workspace.folder)
    pool = try withExtendedLifetime(lock) {
      do {
        try Self.claim(workspace.database)
        return try Self.openPool(path)
      } catch let error as DatabaseError {
        throw TrackingError(error, path: path)
      }
    }
    session = try Session(in: workspace)
  }

  /// The time, to the millisecond, as it is stored.
  func now() -> Int64 { Int64((clock().timeIntervalSince1970 * 1000).rounded()) }

  /// Runs `body` in a transaction that sees one state of the database.
  func read<T: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> T
  ) async throws -> T {
    try await translated { try await pool.read(body) }
  }

  /// Runs `body` in a transaction of its own, rolled back if it throws.
  func write<T: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> T
  ) async throws -> T {
    try await translated { try await pool.write(body) }
  }

  private func translated<T>(_ body: () async throws -> T) async throws -> T {
    do {
      return try await body()
    } catch let error as DatabaseError {
      throw TrackingError(error, path: workspace.database.path)
    } catch let error as UnreadableColumn {
      throw TrackingError.unreadableValue(path: workspace.database.path, column: error.name)
    }
  }

  /// Checks that the file is ours, or marks a new one, before anything can change it.
  private static func claim(_ url: URL) throws {
    let header: Data
    if FileManager.default.fileExists(atPath: url.path) {
      guard let file = try? FileHandle(forReadingFrom: url),
        let start = try? file.read(upToCount: 72) ?? Data()
      else { throw TrackingError.cannotOpen(path: url.path) }
      header = start
    } else {
      header = Data()
    }
    if header.isEmpty {
      // Outside WAL the mark goes into the file itself, where the next opener looks for it.
      try DatabaseQueue(path: url.path).writeWithoutTransaction { database in
        try database.execute(sql: "PRAGMA application_id = \(Schema.applicationID)")
      }
      return
    }
    guard header.count == 72, header.starts(with: Data("SQLite format 3\0".utf8)) else {
      throw TrackingError.notADatabase(path: url.path)
    }
    let mark = header.suffix(4).reduce(Int32(0)) { $0 << 8 | Int32($1) }
    guard mark == Schema.applicationID else {
      throw TrackingError.foreignDatabase(path: url.path)
    }
  }

  private static func openPool(_ path: String) throws -> DatabasePool {
    var configuration = Configuration()
    configuration.label = "moru"
    configuration.busyMode = .timeout(20)
    let pool = try DatabasePool(path: path, configuration: configuration)
    // A registered version must outlast a power failure, as its package does; WAL's default
    // only promises that the file stays readable.
    try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
    let migrator = Schema.migrator
    guard try !pool.read(migrator.hasBeenSuperseded) else {
      throw TrackingError.newerSchema(path: path)
    }
    try migrator.migrate(pool)
    return pool
  }
}
