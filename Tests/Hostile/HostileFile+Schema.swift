import Foundation
import Tampering

/// Files whose schema a stranger wrote: what would run his code if it ran, and what would mislead.
extension HostileFile {
  /// The table that shows that a stranger's trigger ran.
  package static let witness = "stranger_was_here"

  static let schemas: [HostileFile] = (triggers + views + definitions + misleading).map {
    name, sql in
    HostileFile(.schema, name) { pristine, path in
      try Data(pristine.bytes).write(to: URL(fileURLWithPath: path))
      try RawLedger(path).run(sql + "; PRAGMA wal_checkpoint(TRUNCATE)")
    }
  }

  private static let logTables = ["commits", "recorded_events", "personal_texts", "streams"]

  private static let triggers: [(String, String)] =
    (logTables + ["account_balances", "snapshots", "subscriptions", "projections"]).flatMap {
      table in
      ["INSERT", "UPDATE", "DELETE"].map { operation in
        (
          "a trigger after \(operation) of \(table)",
          """
          CREATE TABLE \(witness) (x);
          CREATE TRIGGER stranger AFTER \(operation) ON \(table)
          BEGIN INSERT INTO \(witness) VALUES (1); END
          """
        )
      }
    } + [
      (
        "a trigger that calls a function of extensions",
        """
        CREATE TRIGGER stranger BEFORE INSERT ON commits
        BEGIN SELECT load_extension('/nowhere/stranger'); END
        """
      )
    ]

  private static let endless =
    "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n"

  private static let views: [(String, String)] =
    logTables.map { table in
      (
        "a view in place of \(table)",
        """
        PRAGMA foreign_keys = OFF; ALTER TABLE \(table) RENAME TO hidden;
        CREATE VIEW \(table) AS SELECT * FROM hidden
        """
      )
    } + [
      ("an endless view of events", "DROP VIEW events; CREATE VIEW events AS \(endless)"),
      (
        "an endless view in place of commits",
        "ALTER TABLE commits RENAME TO hidden; CREATE VIEW commits AS \(endless)"
      ),
      (
        "a view that reads itself",
        rewritten("CREATE VIEW events AS SELECT * FROM events", of: "events")
      ),
      (
        "a view of ten thousand parentheses",
        rewritten(
          "CREATE VIEW events AS SELECT " + String(repeating: "(", count: 10_000) + "1"
            + String(repeating: ")", count: 10_000), of: "events")
      ),
    ]

  /// The schema's own words for `name` replaced.
  private static func rewritten(_ sql: String, of name: String) -> String {
    """
    PRAGMA writable_schema = ON;
    UPDATE sqlite_schema SET sql = '\(sql.replacing("'", with: "''"))' WHERE name = '\(name)';
    PRAGMA writable_schema = OFF
    """
  }

  /// A change of the schema's own words for a table.
  private static func edited(_ table: String, _ old: String, _ new: String) -> String {
    """
    PRAGMA writable_schema = ON;
    UPDATE sqlite_schema SET sql = replace(sql, '\(old)', '\(new.replacing("'", with: "''"))')
     WHERE name = '\(table)';
    PRAGMA writable_schema = OFF
    """
  }

  private static let definitions: [(String, String)] = [
    (
      "a check that calls a function of extensions",
      edited(
        "commits", "correlation_id  TEXT    NOT NULL",
        "correlation_id TEXT NOT NULL CHECK (load_extension('/nowhere/stranger'))")
    ),
    (
      "a check that never ends",
      edited(
        "recorded_events", "data            TEXT    NOT NULL",
        "data TEXT NOT NULL CHECK (length(hex(zeroblob(400000000))) > 0)")
    ),
    (
      "a generated column of a table that is written",
      edited(
        "commits", "causation_id    TEXT",
        "causation_id TEXT GENERATED ALWAYS AS (hex(zeroblob(400000000)))")
    ),
    (
      "a default value of a function",
      edited(
        "commits", "causation_id    TEXT",
        "causation_id TEXT DEFAULT (load_extension('/nowhere/stranger'))")
    ),
    (
      "an unknown function in a check",
      edited(
        "streams", "stream_id       TEXT    NOT NULL UNIQUE",
        "stream_id TEXT NOT NULL UNIQUE CHECK (stranger(stream_id))")
    ),
    (
      "an unknown collation",
      edited(
        "streams", "stream_id       TEXT    NOT NULL UNIQUE",
        "stream_id TEXT NOT NULL COLLATE stranger UNIQUE")
    ),
    (
      "a collation that ignores case",
      edited(
        "streams", "stream_id       TEXT    NOT NULL UNIQUE",
        "stream_id TEXT NOT NULL COLLATE NOCASE UNIQUE")
    ),
    (
      "columns in another order",
      edited(
        "commits",
        "last_position   INTEGER NOT NULL,     -- global position of the commit''s last event\n  recorded_at_us  INTEGER NOT NULL",
        "recorded_at_us INTEGER NOT NULL, last_position INTEGER NOT NULL")
    ),
    ("a log that is no longer strict", edited("recorded_events", ") STRICT", ")")),
    (
      "a key that is none",
      edited("recorded_events", "position        INTEGER PRIMARY KEY", "position INT PRIMARY KEY")
    ),
    ("a virtual table of every page", "CREATE VIRTUAL TABLE stranger USING dbstat"),
    (
      "a virtual table of an unknown module",
      """
      PRAGMA writable_schema = ON;
      INSERT INTO sqlite_schema VALUES ('table', 'stranger', 'stranger', 0,
        'CREATE VIRTUAL TABLE stranger USING stranger(x)');
      PRAGMA writable_schema = OFF
      """
    ),
    (
      "a full-text index of the log",
      "CREATE VIRTUAL TABLE stranger USING fts5(data, content='recorded_events')"
    ),
    (
      "an index over an expression",
      "CREATE INDEX stranger ON recorded_events (json_extract(data, '$.amount'))"
    ),
    (
      "statistics that mislead",
      "ANALYZE; UPDATE sqlite_stat1 SET stat = '9223372036854775807 1 1 unordered sz=1'"
    ),
    (
      "statistics that are no numbers",
      "ANALYZE; UPDATE sqlite_stat1 SET stat = hex(zeroblob(100000))"
    ),
    (
      "a table of five thousand columns",
      "CREATE TABLE stranger (" + (0..<1_900).map { "c\($0)" }.joined(separator: ",") + ")"
    ),
    (
      "a table with a name of a million letters",
      "CREATE TABLE \"" + String(repeating: "x", count: 1_000_000) + "\" (x)"
    ),
    (
      "a table whose name would steer a terminal",
      "CREATE TABLE \"\u{1B}]0;owned\u{7}\u{9B}31m\u{202E}\" (x)"
    ),
    (
      "a rebuild's table with SQL for a name",
      "CREATE TABLE \"rebuild_1; DROP TABLE commits; --\" (x)"
    ),
    (
      "a thousand tables",
      (0..<1_000).map { "CREATE TABLE stranger\($0) (x)" }.joined(separator: ";")
    ),
  ]

  private static let misleading: [(String, String)] = [
    "rootpage = 0", "rootpage = -1", "rootpage = 2147483647", "rootpage = 1",
    "rootpage = (SELECT rootpage FROM sqlite_schema WHERE name = 'commits')",
    "sql = NULL", "sql = 'stranger'", "sql = ''", "sql = hex(zeroblob(1000000))", "type = 'view'",
    "type = 'index'", "name = 'commits'", "name = ''", "tbl_name = 'stranger'",
  ].flatMap { change in
    ["recorded_events", "streams", "account_balances", "commits_by_idempotency_key"].map { name in
      (
        "the schema says of \(name): \(change)",
        """
        PRAGMA writable_schema = ON; UPDATE sqlite_schema SET \(change) WHERE name = '\(name)';
        PRAGMA writable_schema = OFF
        """
      )
    }
  }
}
