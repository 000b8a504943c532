import SQLite
import Testing
import TestSupport

@Suite("Code stored in a stranger's file")
struct StoredSchemaTests {
  let folder: TemporaryFolder
  let database: Database

  init() throws {
    folder = try TemporaryFolder()
    database = try Database(path: folder.path("stranger.db"), mode: .create)
    try database.execute(
      """
      CREATE TABLE kept (value TEXT);
      CREATE TABLE log (what TEXT);
      INSERT INTO kept VALUES ('first');
      CREATE TRIGGER on_insert AFTER INSERT ON kept BEGIN INSERT INTO log VALUES ('ran'); END;
      CREATE TRIGGER on_update AFTER UPDATE ON kept BEGIN INSERT INTO log VALUES ('ran'); END;
      CREATE TRIGGER on_delete BEFORE DELETE ON kept BEGIN SELECT RAISE(ABORT, 'refused'); END;
      CREATE VIEW shown AS SELECT value FROM kept;
      """)
  }

  @Test(
    "triggers in the file never run on our connection",
    arguments: [
      "INSERT INTO kept VALUES ('second')", "UPDATE kept SET value = 'x'", "DELETE FROM kept",
    ])
  func triggers(_ sql: String) throws {
    try database.execute(sql)
    #expect(try database.first("SELECT count(*) FROM log") { $0.int64(0) } == 0)
  }

  @Test("triggers stay off on a connection that is opened later, and whatever a pragma says")
  func laterConnection() throws {
    let later = try Database(path: folder.path("stranger.db"), mode: .readWrite)
    try later.execute("PRAGMA recursive_triggers = ON; PRAGMA trusted_schema = OFF")
    try later.execute("DELETE FROM kept")
    #expect(try later.first("SELECT count(*) FROM kept") { $0.int64(0) } == 0)
  }

  @Test("views in the file are not read")
  func views() {
    #expect(throws: DatabaseError.self) { try database.run("SELECT * FROM shown") }
  }

  @Test("the schema can't be written as a table")
  func defensive() throws {
    try database.execute("PRAGMA writable_schema = ON")
    #expect(throws: DatabaseError.self) {
      try database.execute("UPDATE sqlite_schema SET sql = 'CREATE TABLE kept (other)'")
    }
  }
}
