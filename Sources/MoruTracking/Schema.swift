internal import GRDB

/// The tables, and how they came to be: a migration is never changed once released, only followed
/// by another.
enum Schema {
  /// Marks the database as Moru's ("Moru" in ASCII), at byte 68 of the file.
  static let applicationID: Int32 = 0x4D6F_7275

  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("runs and registry") { try $0.execute(sql: runsAndRegistry) }
    return migrator
  }

  /// Dates are milliseconds since 1970 in UTC. A metric's NaN is stored as NULL, as SQLite does.
  private static let runsAndRegistry = """
    CREATE TABLE run (
      number INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      name TEXT NOT NULL,
      status TEXT NOT NULL CHECK (status IN ('running', 'finished', 'failed')),
      session TEXT NOT NULL,
      data_checksum TEXT,
      seed TEXT,
      code_version TEXT,
      started_at INTEGER NOT NULL,
      ended_at INTEGER,
      failure TEXT
    ) STRICT;

    CREATE TABLE parameter (
      run INTEGER NOT NULL REFERENCES run,
      name TEXT NOT NULL,
      kind TEXT NOT NULL CHECK (kind IN ('text', 'integer', 'number', 'boolean')),
      value TEXT NOT NULL,
      PRIMARY KEY (run, name)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE metric (
      run INTEGER NOT NULL REFERENCES run,
      name TEXT NOT NULL,
      step INTEGER NOT NULL,
      value REAL,
      PRIMARY KEY (run, name, step)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE artifact (
      run INTEGER NOT NULL REFERENCES run,
      name TEXT NOT NULL,
      checksum TEXT NOT NULL,
      PRIMARY KEY (run, name)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE version (
      model TEXT NOT NULL,
      number INTEGER NOT NULL CHECK (number > 0),
      stage TEXT NOT NULL CHECK (stage IN ('candidate', 'staging', 'production', 'archived')),
      run INTEGER REFERENCES run,
      package_checksum TEXT NOT NULL,
      registered_at INTEGER NOT NULL,
      PRIMARY KEY (model, number)
    ) STRICT;

    CREATE TABLE alias (
      model TEXT NOT NULL,
      name TEXT NOT NULL,
      version INTEGER NOT NULL,
      PRIMARY KEY (model, name),
      FOREIGN KEY (model, version) REFERENCES version
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE audit (
      number INTEGER PRIMARY KEY AUTOINCREMENT,
      date INTEGER NOT NULL,
      author TEXT NOT NULL,
      reason TEXT NOT NULL,
      model TEXT NOT NULL,
      kind TEXT NOT NULL CHECK (kind IN ('registered', 'aliasMoved', 'stageChanged')),
      version INTEGER,
      alias TEXT,
      from_version INTEGER,
      to_version INTEGER,
      from_stage TEXT,
      to_stage TEXT,
      run INTEGER REFERENCES run
    ) STRICT;
    CREATE INDEX audit_by_model ON audit (model, number);

    CREATE TRIGGER parameter_stays BEFORE UPDATE ON parameter
    BEGIN SELECT RAISE(ABORT, 'parameters are set once'); END;
    CREATE TRIGGER version_stays
    BEFORE UPDATE OF model, number, run, package_checksum, registered_at ON version
    BEGIN SELECT RAISE(ABORT, 'versions are immutable'); END;
    CREATE TRIGGER version_is_kept BEFORE DELETE ON version
    BEGIN SELECT RAISE(ABORT, 'versions are kept'); END;
    CREATE TRIGGER audit_stays BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit trail only grows'); END;
    CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit trail only grows'); END;
    """
}
