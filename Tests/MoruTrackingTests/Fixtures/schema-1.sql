-- A database as the first schema wrote it (sqlite3's .dump). It must open for ever: leave it as it is,
-- and add a file like it for each schema that is released.
PRAGMA application_id = 1299149429;
PRAGMA foreign_keys = OFF;
BEGIN TRANSACTION;
CREATE TABLE alias (
  model TEXT NOT NULL,
  name TEXT NOT NULL,
  version INTEGER NOT NULL,
  PRIMARY KEY (model, name),
  FOREIGN KEY (model, version) REFERENCES version
) STRICT, WITHOUT ROWID;
INSERT INTO "alias" VALUES('digits','champion',1);
CREATE TABLE artifact (
  run INTEGER NOT NULL REFERENCES run,
  name TEXT NOT NULL,
  checksum TEXT NOT NULL,
  PRIMARY KEY (run, name)
) STRICT, WITHOUT ROWID;
INSERT INTO "artifact" VALUES(1,'curve.svg','e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
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
INSERT INTO "audit" VALUES(1,1795233792000,'mina','first try','digits','registered',1,NULL,NULL,NULL,NULL,NULL,1);
INSERT INTO "audit" VALUES(2,1795233792000,'mina','first try','digits','aliasMoved',NULL,'champion',NULL,1,NULL,NULL,1);
INSERT INTO "audit" VALUES(3,1795233792000,'mina','first try','digits','stageChanged',1,NULL,NULL,NULL,'candidate','production',1);
CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
INSERT INTO "grdb_migrations" VALUES('runs and registry');
CREATE TABLE metric (
  run INTEGER NOT NULL REFERENCES run,
  name TEXT NOT NULL,
  step INTEGER NOT NULL,
  value REAL,
  PRIMARY KEY (run, name, step)
) STRICT, WITHOUT ROWID;
INSERT INTO "metric" VALUES(1,'loss',0,0.25);
INSERT INTO "metric" VALUES(1,'loss',1,NULL);
CREATE TABLE parameter (
  run INTEGER NOT NULL REFERENCES run,
  name TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('text', 'integer', 'number', 'boolean')),
  value TEXT NOT NULL,
  PRIMARY KEY (run, name)
) STRICT, WITHOUT ROWID;
INSERT INTO "parameter" VALUES(1,'epochs','integer','5');
INSERT INTO "parameter" VALUES(1,'rate','number','0.5');
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
INSERT INTO "run" VALUES(1,'20261121-040312-t9mujq','mlp','finished','session-71A57B91-401B-4DC9-9CEB-1EBA986382FC','cc6b6bad31a0ff4d6dfd4953a6346a1c463d884723898a2af964b998e5499e22','7','0.1.0',1795233792000,1795233792000,NULL);
CREATE TABLE version (
  model TEXT NOT NULL,
  number INTEGER NOT NULL CHECK (number > 0),
  stage TEXT NOT NULL CHECK (stage IN ('candidate', 'staging', 'production', 'archived')),
  run INTEGER REFERENCES run,
  package_checksum TEXT NOT NULL,
  registered_at INTEGER NOT NULL,
  PRIMARY KEY (model, number)
) STRICT;
INSERT INTO "version" VALUES('digits',1,'production',1,'0e4e36b646330def7daa0ce784279165722850bd79d2ae6c0f034f3bbc94e75d',1795233792000);
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
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('audit',3);
COMMIT;
