import CSQLite
import Testing
import TestSupport

@testable import SQLite

/// What a connection refuses a file that a stranger made.
@Suite("A stranger's file")
struct StrangersFileTests {
  private func database() throws -> Database {
    let folder = try TemporaryFolder()
    return try Database(path: folder.path("db"), mode: .create)
  }

  private func setting(_ option: Int32, _ database: Database) -> Int32 {
    csqlite_db_config_value(database.handle, option)
  }

  @Test("can't have triggers or views run, its schema changed by SQL, or unsafe functions called")
  func settings() throws {
    let database = try database()
    #expect(setting(SQLITE_DBCONFIG_ENABLE_TRIGGER, database) == 0)
    #expect(setting(SQLITE_DBCONFIG_ENABLE_VIEW, database) == 0)
    #expect(setting(SQLITE_DBCONFIG_DEFENSIVE, database) == 1)
    #expect(setting(SQLITE_DBCONFIG_TRUSTED_SCHEMA, database) == 0)
    #expect(setting(SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, database) == 0)
    database.undefended { #expect(setting(SQLITE_DBCONFIG_DEFENSIVE, database) == 0) }
    #expect(setting(SQLITE_DBCONFIG_DEFENSIVE, database) == 1)
  }

  @Test("has its cells checked, and is never mapped into memory, where its end may move")
  func pages() throws {
    let database = try database()
    #expect(try database.first("PRAGMA cell_size_check") { $0.int64(0) } == 1)
    #expect(try database.first("PRAGMA mmap_size") { $0.int64(0) } ?? 0 == 0)
  }

  @Test("can ask for so much and no more")
  func limits() throws {
    let database = try database()
    for (limit, value) in Database.limits {
      #expect(sqlite3_limit(database.handle, limit, -1) == value, "limit \(limit)")
    }
    let deep = String(repeating: "(1 + ", count: 200) + "1" + String(repeating: ")", count: 200)
    #expect(throws: DatabaseError.self) { try database.execute("SELECT \(deep)") }
    #expect(throws: DatabaseError.self) { try database.execute("SELECT zeroblob(1000000000)") }
    try database.execute("ATTACH ':memory:' AS one")
    #expect(throws: DatabaseError.self) { try database.execute("ATTACH ':memory:' AS two") }
  }
}
