/// Every change of the schema, and of what the file says of itself.
enum SchemaTampering {
  /// A row of `sqlite_schema`.
  private struct Entry {
    let type: String
    let name: String
    let table: String
    /// NULL for the indexes that SQLite makes by itself.
    let sql: StoredValue
  }

  static func all(_ raw: RawLedger) throws -> [Tampering] {
    let entries = try raw.rows("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name")
      .map { Entry(type: $0[0].text, name: $0[1].text, table: $0[2].text, sql: $0[3]) }
    let tables = entries.filter { $0.type == "table" }
    return try entries.flatMap { dropped($0) + altered($0) } + tables.flatMap(altering)
      + tables.flatMap { added(to: $0.name) } + added() + rootsSwapped(tables) + pragmas(raw)
  }

  private static func schema(_ kind: Tampering.Kind, _ table: String, _ sql: String) -> Tampering {
    Tampering(table, nil, kind, sql)
  }

  /// SQL that writes the schema itself.
  private static func written(_ sql: String) -> String {
    "PRAGMA writable_schema = ON; \(sql); PRAGMA writable_schema = OFF"
  }

  private static func dropped(_ entry: Entry) -> [Tampering] {
    let behindSQLite = schema(
      .dropped, "\(entry.type)s",
      written("DELETE FROM sqlite_schema WHERE type = '\(entry.type)' AND name = '\(entry.name)'"))
    guard entry.sql != .null else { return [behindSQLite] }
    return [schema(.dropped, "\(entry.type)s", "DROP \(entry.type) \(entry.name)"), behindSQLite]
  }

  /// What is written in the schema about one thing, changed in a way that SQLite still reads.
  private static func altered(_ entry: Entry) -> [Tampering] {
    let changes: [(from: String, to: String)] = [
      ("CREATE ", "CREATE  "), (" STRICT", " "), ("NOT NULL", "        "), (" UNIQUE", ""),
      ("REFERENCES", "CHECK (1) --"), ("ABORT", "IGNORE"), ("SELECT RAISE", "SELECT 1 OR RAISE"),
      ("BEFORE", "AFTER"), ("-- ", "--  "), ("TEXT   ", "BLOB   "), ("LEFT JOIN", "JOIN"),
      ("IS NOT NULL", "IS NULL"), ("UNIQUE INDEX", "INDEX"),
    ]
    let sql = entry.sql.text
    let edits = changes.filter { sql.contains($0.from) }.map { change in
      let other = StoredValue.text(Array(sql.replacing(change.from, with: change.to).utf8))
      return "SET sql = \(other.literal)"
    }
    return (edits + ["SET tbl_name = 'actors'", "SET name = name || '_'"])
      .filter { $0 != "SET tbl_name = 'actors'" || entry.table != "actors" }
      .map { edit in
        schema(
          .altered, "\(entry.type)s",
          written(
            "UPDATE sqlite_schema \(edit) WHERE type = '\(entry.type)' AND name = '\(entry.name)'"))
      }
  }

  private static func altering(_ table: Entry) -> [Tampering] {
    [
      schema(.altered, "tables", "ALTER TABLE \(table.name) ADD COLUMN extra TEXT"),
      schema(.altered, "tables", "ALTER TABLE \(table.name) RENAME TO \(table.name)_2"),
    ]
  }

  private static func added(to table: String) -> [Tampering] {
    let body = "BEGIN SELECT 1; END"
    let triggers = ["BEFORE INSERT", "AFTER UPDATE", "AFTER DELETE"].map { event in
      schema(.added, "triggers", "CREATE TRIGGER extra \(event) ON \(table) \(body)")
    }
    let hidden = "CREATE TRIGGER sqlite_stat9 AFTER INSERT ON \(table) \(body)"
    return triggers + [
      schema(
        .hidden, "triggers",
        written(
          "INSERT INTO sqlite_schema VALUES ('trigger', 'sqlite_stat9', '\(table)', 0, '\(hidden)')"
        )
      ),
      schema(.added, "indexes", "CREATE INDEX extra ON \(table) (1)"),
      schema(.added, "tables", "CREATE TABLE \"\(table) \" AS SELECT * FROM \(table)"),
      schema(.added, "views", "CREATE VIEW extra AS SELECT * FROM \(table)"),
    ]
  }

  private static func added() -> [Tampering] {
    [
      schema(.added, "tables", "CREATE TABLE extra (x)"),
      schema(.added, "tables", "CREATE TABLE sqlitestat1 (tbl, idx, stat)"),
      schema(
        .hidden, "tables",
        "CREATE TABLE extra (x); "
          + written(
            """
            UPDATE sqlite_schema SET name = 'sqlite_stat9', tbl_name = 'sqlite_stat9',
                   sql = 'CREATE TABLE sqlite_stat9 (x)' WHERE name = 'extra'
            """)),
      schema(
        .hidden, "views",
        written(
          """
          INSERT INTO sqlite_schema
          VALUES ('view', 'sqlite_stat9', 'sqlite_stat9', 0, 'CREATE VIEW sqlite_stat9 AS SELECT 1')
          """)),
      schema(.added, "tables", "CREATE VIRTUAL TABLE extra USING fts5(x)"),
    ]
  }

  /// Each two tables exchange where their rows are.
  private static func rootsSwapped(_ tables: [Entry]) -> [Tampering] {
    tables.indices.flatMap { first in
      tables[(first + 1)...].map { second in
        let (one, two) = (tables[first].name, second.name)
        let root = "(SELECT rootpage FROM sqlite_schema WHERE name = "
        return schema(
          .altered, "tables",
          written(
            """
            UPDATE sqlite_schema SET rootpage = CASE name
                   WHEN '\(one)' THEN \(root)'\(two)') ELSE \(root)'\(one)') END
             WHERE name IN ('\(one)', '\(two)')
            """))
      }
    }
  }

  private static func pragmas(_ raw: RawLedger) throws -> [Tampering] {
    try [("user_version", Array(-1...9) + [99, .max]), ("application_id", [0, 1, .max])].flatMap {
      (name: String, others: [Int32]) in
      let current = try raw.integers("PRAGMA \(name)")
      let near = current.flatMap { [Int32(clamping: $0 - 1), Int32(clamping: $0 + 1)] }
      return Set(others + near).filter { !current.contains(Int64($0)) }.sorted()
        .map { schema(.altered, "pragmas", "PRAGMA \(name) = \($0)") }
    }
  }
}
