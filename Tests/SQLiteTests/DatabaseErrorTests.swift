import Foundation
import SQLite
import Testing
import TestSupport

@Suite("What SQLite reports when it fails")
struct DatabaseErrorTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A database with one table in the folder.
  private func database(_ mode: Database.Mode = .create) throws -> Database {
    let database = try Database(path: folder.path("file.db"), mode: mode)
    if mode == .create { try database.execute("CREATE TABLE kept (value TEXT UNIQUE NOT NULL)") }
    return database
  }

  @Test("a text file is not a database")
  func notADatabase() throws {
    let path = folder.path("notes.txt")
    try String(repeating: "not a database ", count: 500).write(
      toFile: path, atomically: true, encoding: .utf8)
    let error = #expect(throws: DatabaseError.self) {
      try Database(path: path, mode: .readWrite).execute("SELECT * FROM sqlite_schema")
    }
    #expect(error?.kind == .notADatabase)
    #expect(error?.path == path)
  }

  @Test(
    "a missing file cannot be opened and is not made",
    arguments: [Database.Mode.readOnly, .readWrite])
  func missing(_ mode: Database.Mode) throws {
    let error = #expect(throws: DatabaseError.self) {
      try Database(path: folder.path("missing.db"), mode: mode)
    }
    #expect(error?.kind == .cannotOpen)
    #expect(error?.sql == nil)
    #expect(try folder.names() == [])
  }

  @Test("a directory cannot be opened")
  func directory() {
    let error = #expect(throws: DatabaseError.self) {
      try Database(path: folder.url.path, mode: .readWrite)
    }
    #expect(error?.kind == .cannotOpen)
  }

  @Test("a constraint says which statement it refused, and never with which values")
  func constraint() throws {
    let database = try database()
    let (sql, secret) = ("INSERT INTO kept VALUES (?)", "somebody's secret")
    try database.run(sql, secret)
    let error = try #require(
      #expect(throws: DatabaseError.self) { try database.run(sql, secret) })
    #expect(error.kind == .constraint)
    #expect(error.code == 2067, "the extended code: SQLITE_CONSTRAINT_UNIQUE")
    #expect(error.message == "UNIQUE constraint failed: kept.value")
    #expect(error.sql == sql)
    #expect("\(error)".contains(sql))
    #expect(!"\(error)".contains(secret))
  }

  @Test("a second writer finds the file busy, at once without a timeout")
  func busy() throws {
    let (first, second) = (try database(), try database(.readWrite))
    second.setBusyTimeout(milliseconds: 0)
    try first.execute("BEGIN IMMEDIATE")
    let error = #expect(throws: DatabaseError.self) { try second.execute("BEGIN IMMEDIATE") }
    #expect(error?.kind == .busy)
    try first.execute("COMMIT")
    try second.execute("BEGIN IMMEDIATE; COMMIT")
  }

  @Test("a busy timeout is waited out")
  func busyTimeout() throws {
    let (first, second) = (try database(), try database(.readWrite))
    second.setBusyTimeout(milliseconds: 150)
    try first.execute("BEGIN IMMEDIATE")
    let start = ContinuousClock.now
    let error = #expect(throws: DatabaseError.self) { try second.execute("BEGIN IMMEDIATE") }
    #expect(error?.kind == .busy)
    #expect(ContinuousClock.now - start >= .milliseconds(100))
  }

  @Test(
    "a connection that only reads refuses to write",
    arguments: [Database.Mode.readOnly, .immutable])
  func readOnly(_ mode: Database.Mode) throws {
    do { _ = try database() }
    let reader = try database(mode)
    #expect(try reader.first("SELECT count(*) FROM kept") { $0.int64(0) } == 0)
    let error = #expect(throws: DatabaseError.self) {
      try reader.execute("INSERT INTO kept VALUES ('x')")
    }
    #expect(error?.kind == .readOnly)
  }

  @Test("a limit on the number of pages is a full disk")
  func full() throws {
    let database = try database()
    try database.execute("PRAGMA max_page_count = 4")
    let error = #expect(throws: DatabaseError.self) {
      try database.run("INSERT INTO kept VALUES (?)", String(repeating: "x", count: 100_000))
    }
    #expect(error?.kind == .full)
  }

  @Test("of a schema that can't be read it quotes nothing")
  func malformedSchema() throws {
    do { _ = try database() }
    let url = folder.url.appending(path: "file.db")
    var bytes = try Data(contentsOf: url)
    let name = try #require(bytes.range(of: Data("kept (value".utf8)))
    // A quotation mark that is never closed: all that follows is one unknown word.
    bytes.replaceSubrange(name, with: Data("kept '(alue".utf8))
    try bytes.write(to: url)
    let error = #expect(throws: DatabaseError.self) {
      try Database(path: url.path, mode: .readOnly).execute("SELECT * FROM kept")
    }
    #expect(error?.kind == .damaged)
    #expect(error?.message == "malformed database schema")
  }

  @Test("a file that was cut off is damaged")
  func damaged() throws {
    do {
      let database = try database()
      try database.run("INSERT INTO kept VALUES (?)", String(repeating: "x", count: 100_000))
    }
    let handle = try #require(FileHandle(forUpdatingAtPath: folder.path("file.db")))
    try handle.truncate(atOffset: 8_192)
    try handle.close()
    let error = #expect(throws: DatabaseError.self) {
      _ = try database(.readWrite).first("SELECT value FROM kept") { $0.text(0) }
    }
    #expect(error?.kind == .damaged)
  }

  @Test("a mistake in SQL is another error, and carries the SQL")
  func mistake() throws {
    let error = #expect(throws: DatabaseError.self) { try database().run("SELEKT 1") }
    #expect(error?.kind == .other)
    #expect(error?.sql == "SELEKT 1")
    #expect(error?.message.contains("SELEKT") == true)
  }
}
