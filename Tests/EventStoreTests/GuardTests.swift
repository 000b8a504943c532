import Testing

@testable import EventStore

@Suite("The file refuses other programs' changes")
struct GuardTests {
  let file: TestStore

  init() throws {
    file = try TestStore()
    let event = NewEvent(
      type: "Noted", version: 1, data: Array("{}".utf8), personalText: .sample("text"))
    let append = StreamAppend(streamID: "a", expectedVersion: .any, events: [event])
    for key in ["k", "l"] { try file.open().append(NewCommit([append], key: key)) }
  }

  /// For each append-only table a column that is no key, and the columns of its primary key.
  static let columns: [(table: String, column: String, key: String)] = [
    ("store", "store_id", "rowid"), ("streams", "stream_id", "stream_key"),
    ("event_types", "event_type", "type_key"), ("actors", "actor", "actor_key"),
    ("commits", "metadata", "commit_number"), ("recorded_events", "data", "position"),
    ("personal_texts", "text", "position, field"),
  ]

  static let statements: [(table: String, sql: String)] = columns.flatMap { columns in
    statements(on: columns.table, column: columns.column, key: columns.key).map {
      (table: columns.table, sql: $0)
    }
  }

  private static func statements(on table: String, column: String, key: String) -> [String] {
    let row = "SELECT * FROM \(table) WHERE true LIMIT 1"
    let statements = [
      "UPDATE \(table) SET \(column) = \(column)",
      "UPDATE OR REPLACE \(table) SET \(column) = \(column)",
      "UPDATE OR IGNORE \(table) SET \(column) = \(column)",
      "DELETE FROM \(table)",
      "DELETE FROM \(table) WHERE \(column) = \(column) OR true",
      "INSERT INTO \(table) \(row)",
      "INSERT OR REPLACE INTO \(table) \(row)",
      "REPLACE INTO \(table) \(row)",
      "INSERT OR IGNORE INTO \(table) \(row)",
      "INSERT OR FAIL INTO \(table) \(row)",
      "INSERT OR ROLLBACK INTO \(table) \(row)",
      "INSERT INTO \(table) \(row) ON CONFLICT DO NOTHING",
    ]
    // A table without a declared key has nothing to conflict with.
    guard table != "store" else { return statements }
    return statements + [
      "INSERT INTO \(table) \(row) ON CONFLICT (\(key)) DO UPDATE SET \(column) = \(column)"
    ]
  }

  @Test(
    "nothing changes an append-only table, recursive triggers on or off",
    arguments: statements, [true, false])
  func refused(_ statement: (table: String, sql: String), _ recursive: Bool) throws {
    let before = try file.raw().contents(of: StoreSchema.appendOnlyTables)
    let raw = try file.raw()
    try raw.run("PRAGMA recursive_triggers = \(recursive)")
    let error = #expect(throws: RawError.self) { try raw.run(statement.sql) }
    #expect(
      error?.message
        == "\(statement.table) is append-only: nothing but the ledger program writes it")
    #expect(try file.raw().contents(of: StoreSchema.appendOnlyTables) == before)
  }

  @Test(
    "a row that conflicts by another unique key replaces nothing either",
    arguments: [
      """
      INSERT OR REPLACE INTO recorded_events
      SELECT 99, commit_number, stream_key, stream_position, type_key, 1, '{}', NULL
        FROM recorded_events WHERE position = 1
      """,
      "INSERT OR REPLACE INTO streams VALUES (99, 'a')",
      "INSERT OR REPLACE INTO actors VALUES (99, 'tester')",
      "REPLACE INTO event_types VALUES (99, 'Noted')",
      "REPLACE INTO streams VALUES (1, 'other')",
      "REPLACE INTO streams VALUES (99, 'brand new')",
    ], [true, false])
  func replaced(_ sql: String, _ recursive: Bool) throws {
    let before = try file.raw().contents(of: StoreSchema.appendOnlyTables)
    let raw = try file.raw()
    try raw.run("PRAGMA recursive_triggers = \(recursive)")
    #expect(throws: RawError.self) { try raw.run(sql) }
    #expect(try file.raw().contents(of: StoreSchema.appendOnlyTables) == before)
  }

  @Test("every append-only table has its three guards, and our own writes still pass")
  func guards() throws {
    let rows = try file.raw().rows(
      "SELECT tbl_name, count(*) FROM sqlite_schema WHERE type = 'trigger' GROUP BY 1 ORDER BY 1")
    #expect(rows.map { $0[0] } == StoreSchema.appendOnlyTables.sorted())
    #expect(rows.allSatisfy { $0[1] == "3" })
    #expect(try file.open().append([.numbered(1)], to: "a").map(\.position) == [3])
  }

  @Test("every table of the log is declared append-only")
  func allTables() throws {
    let tables = try file.raw().rows("SELECT name FROM sqlite_schema WHERE type = 'table'")
    let names = Set(tables.compactMap { $0[0] })
    #expect(names == Set(StoreSchema.tableNames))
  }
}
