import EventStore
import Foundation
import Testing
import TestSupport

@Suite("Opening what is not a store")
struct OpeningTests {
  let file: TestStore

  init() throws { file = try TestStore(isCreated: false) }

  /// The error of opening the file, the same for reading and for writing.
  private func openingError() throws -> StoreFileError {
    let writing = #expect(throws: StoreFileError.self) { try file.open(.readWrite) }
    let reading = #expect(throws: StoreFileError.self) { try file.open(.readOnly) }
    #expect(reading == writing)
    return try #require(writing)
  }

  @Test("a missing file is missing, and is not made")
  func missing() throws {
    #expect(try openingError() == .missing(path: file.path))
    #expect(try file.folder.names() == [])
  }

  @Test("a file inside a file is missing")
  func insideAFile() throws {
    try Data("x".utf8).write(to: URL(fileURLWithPath: file.path))
    let path = file.path + "/test.ledger"
    #expect(throws: StoreFileError.missing(path: path)) {
      try EventStore(path: path, access: .readOnly, configuration: file.configuration())
    }
  }

  @Test("a directory")
  func directory() throws {
    try FileManager.default.createDirectory(
      atPath: file.path, withIntermediateDirectories: false)
    #expect(try openingError() == .notAStore(path: file.path, found: "a directory"))
  }

  @Test("a device")
  func device() {
    let error = #expect(throws: StoreFileError.self) {
      try EventStore(path: "/dev/null", access: .readOnly, configuration: file.configuration())
    }
    guard case .notAStore("/dev/null", _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test("an empty file")
  func empty() throws {
    try Data().write(to: URL(fileURLWithPath: file.path))
    #expect(try openingError() == .notAStore(path: file.path, found: "an empty file"))
  }

  @Test("a text file, short or long", arguments: [1, 10_000])
  func text(_ lines: Int) throws {
    let text = String(repeating: "2026-01-31,groceries,-12.50\n", count: lines)
    try Data(text.utf8).write(to: URL(fileURLWithPath: file.path))
    let error = try openingError()
    guard case .notAStore(file.path, _) = error else {
      Issue.record("\(error)")
      return
    }
    #expect(try String(contentsOfFile: file.path, encoding: .utf8) == text)
    #expect(try file.folder.names() == ["test.ledger"])
  }

  @Test("another application's database")
  func otherApplication() throws {
    try file.raw().run("PRAGMA application_id = 42; CREATE TABLE x (y)")
    let found = "another application's SQLite file"
    #expect(try openingError() == .notAStore(path: file.path, found: found))
  }

  @Test("a database without tables")
  func emptyDatabase() throws {
    try file.raw().run("PRAGMA user_version = 3")
    #expect(try openingError() == .notAStore(path: file.path, found: "an empty database"))
  }

  @Test("a store of a later format is too new")
  func tooNew() throws {
    try file.create()
    try file.raw().run("PRAGMA user_version = 6")
    #expect(try openingError() == .tooNew(path: file.path, format: 6, newestKnown: 5))
  }

  @Test("a store of a later format stays as it is, to the byte")
  func tooNewIsLeftAlone() throws {
    try file.create()
    try file.open().append([.numbered(1)], to: "a")
    try file.raw().run("PRAGMA user_version = 6")
    let before = try Data(contentsOf: URL(fileURLWithPath: file.path))
    for _ in 0..<2 {
      #expect(try openingError() == .tooNew(path: file.path, format: 6, newestKnown: 5))
    }
    #expect(throws: StoreFileError.alreadyExists(path: file.path)) { try file.create() }
    #expect(try Data(contentsOf: URL(fileURLWithPath: file.path)) == before)
    // A reader may leave the files of the log behind, but nothing in them.
    let log = FileManager.default.contents(atPath: file.path + "-wal")
    #expect(log?.isEmpty ?? true)
  }

  @Test("a format that never existed is damage", arguments: [0, -1])
  func oldFormat(_ format: Int) throws {
    try file.create()
    try file.raw().run("PRAGMA user_version = \(format)")
    #expect(isDamaged(try openingError()))
  }

  @Test(
    "a store without its table of the same name is damaged",
    arguments: [
      "DROP TABLE store", "DELETE FROM store",
    ])
  func withoutID(_ sql: String) throws {
    try file.create()
    try file.raw().run("DROP TRIGGER store_refuses_delete; \(sql)")
    #expect(isDamaged(try openingError()))
  }

  @Test(
    "a store that was cut off is damaged or no store",
    arguments: [1, 16, 50, 99, 100, 511, 512, 4_096, 8_191, 8_192, 8_193, 40_000])
  func truncated(_ bytes: UInt64) throws {
    try file.create()
    let handle = try #require(FileHandle(forUpdatingAtPath: file.path))
    try handle.truncate(atOffset: bytes)
    try handle.close()
    switch try openingError() {
    case .notAStore, .damaged: break
    case let other: Issue.record("\(other)")
    }
  }

  @Test("a handle that only reads refuses to write")
  func readOnly() throws {
    try file.create()
    let store = try file.open(.readOnly)
    #expect(throws: (any Error).self) { try store.append([.numbered(1)], to: "a") }
    #expect(try file.open().events() == [])
  }

  /// Whether `error` says that the content breaks a promise of the format.
  private func isDamaged(_ error: StoreFileError) -> Bool {
    if case .damaged = error { true } else { false }
  }
}
