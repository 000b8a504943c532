import Foundation
import SQLite
import Testing

@testable import EventStore

@Suite("A migration that fails")
struct FailedMigrationTests {
  let old: FormatOneStore
  let file: TestStore

  init() throws {
    old = try FormatOneStore()
    file = old.file
  }

  /// Nothing has changed, and nobody was told otherwise.
  private func checkUntouched() throws {
    #expect(try old.format(of: file.path) == "1")
    #expect(try old.contents(of: file.path) == old.contents)
    #expect(try file.raw().value("PRAGMA integrity_check") == "ok")
    #expect(file.notices.all == [])
    #expect(!FileManager.default.fileExists(atPath: old.copy + ".part"))
    // The file is its own copy still.
    #expect(!FileManager.default.fileExists(atPath: old.copy))
    #expect(throws: StoreFileError.tooOld(path: file.path, format: 1, current: StoreSchema.format))
    {
      try file.open(.readOnly)
    }
  }

  /// What stood in the way is gone.
  private func checkMigrates() throws {
    let store = try file.open()
    #expect(try store.verify().headHash == old.headHash)
    #expect(file.notices.all.count == 1)
    #expect(try old.contents(of: old.copy) == old.contents)
  }

  @Test(
    "half-way, at its first or its second table, leaves the old format with every row",
    arguments: ["snapshots", "settings"])
  func halfWay(_ table: String) throws {
    try file.raw().run("CREATE TABLE \(table) (mine TEXT); INSERT INTO \(table) VALUES ('here')")
    for _ in 1...2 {
      let error = #expect(throws: DatabaseError.self) { try file.open() }
      #expect(error?.message == "table \(table) already exists")
    }
    try checkUntouched()
    #expect(try file.raw().rows("SELECT * FROM \(table)") == [["here"]])
    let tables = try file.raw().rows(
      "SELECT name FROM sqlite_schema WHERE name IN ('snapshots', 'settings')")
    #expect(tables == [[table]])
    try file.raw().run("DROP TABLE \(table)")
    try checkMigrates()
  }

  @Test("because its copy can't even be begun leaves the old format too")
  func copyNotBegun() throws {
    let draft = old.copy + ".part"
    try FileManager.default.createDirectory(atPath: draft, withIntermediateDirectories: false)
    #expect(throws: (any Error).self) { try file.open() }
    #expect(try old.format(of: file.path) == "1")
    #expect(try old.contents(of: file.path) == old.contents)
    #expect(file.notices.all == [])
    try FileManager.default.removeItem(atPath: draft)
    try checkMigrates()
  }

  @Test("because another program writes for too long leaves the old format too")
  func busy() throws {
    let raw = try file.raw()
    try raw.run("BEGIN IMMEDIATE")
    var configuration = file.configuration()
    configuration.busyTimeoutMilliseconds = 20
    let error = #expect(throws: DatabaseError.self) {
      try EventStore(path: file.path, access: .readWrite, configuration: configuration)
    }
    #expect(error?.kind == .busy)
    try raw.run("ROLLBACK")
    try checkUntouched()
    #expect(!FileManager.default.fileExists(atPath: old.copy))
    try checkMigrates()
  }

  @Test("because the file was damaged before says so")
  func damaged() throws {
    try file.raw().run("DROP TRIGGER store_refuses_delete; DELETE FROM store")
    let error = #expect(throws: StoreFileError.self) { try file.open() }
    guard case .damaged(file.path, nil, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }
}
