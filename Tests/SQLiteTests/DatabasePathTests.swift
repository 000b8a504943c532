import Foundation
import SQLite
import Testing
import TestSupport

@Suite("Names of files that SQLite could take for something else")
struct DatabasePathTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test(
    "a name with a meaning to SQLite is a plain file, here a missing one",
    arguments: [
      ":memory:", "file::memory:", "file:none?mode=memory", "file:none?mode=memory&x",
    ])
  func special(_ name: String) {
    for mode in [Database.Mode.readWrite, .readOnly] {
      let error = #expect(throws: DatabaseError.self) { try Database(path: name, mode: mode) }
      #expect(error?.kind == .cannotOpen)
    }
  }

  @Test(
    "an empty name is no file, and no database either",
    arguments: [
      Database.Mode.readOnly, .readWrite, .create,
    ])
  func empty(_ mode: Database.Mode) {
    #expect(throws: DatabaseError.self) {
      try Database(path: "", mode: mode).execute("SELECT * FROM sqlite_schema")
    }
  }

  @Test(
    "odd names are kept letter for letter, also on media that nobody writes",
    arguments: [
      ":memory:", "file:x?mode=memory", "a b", "50%", "%41", "who?", "x?immutable=0", "a#b",
      "naïve 💶",
      "a&b=c", "\"quoted\"", "back\\slash", "+plus",
    ])
  func odd(_ name: String) throws {
    do {
      let writer = try Database(path: folder.path(name), mode: .create)
      try writer.execute("CREATE TABLE kept (value TEXT); INSERT INTO kept VALUES ('here')")
    }
    #expect(try folder.names() == [name])
    for mode in [Database.Mode.readOnly, .immutable] {
      let reader = try Database(path: folder.path(name), mode: mode)
      #expect(try reader.first("SELECT value FROM kept") { $0.text(0) } == "here")
    }
  }

  @Test(
    "a path that begins with two slashes is the same file",
    arguments: [Database.Mode.readOnly, .immutable])
  func doubleSlash(_ mode: Database.Mode) throws {
    do {
      let writer = try Database(path: folder.path("x.db"), mode: .create)
      try writer.execute("CREATE TABLE kept (value TEXT); INSERT INTO kept VALUES ('here')")
    }
    let reader = try Database(path: "/" + folder.path("x.db"), mode: mode)
    #expect(try reader.first("SELECT value FROM kept") { $0.text(0) } == "here")
  }

  @Test("a temporary database leaves no file behind and shares nothing")
  func temporary() throws {
    let first = try Database(path: folder.path("ignored"), mode: .temporary)
    let second = try Database(path: folder.path("ignored"), mode: .temporary)
    try first.execute("CREATE TABLE kept (value TEXT)")
    try second.execute("CREATE TABLE kept (value TEXT)")
    #expect(try folder.names() == [])
  }
}
