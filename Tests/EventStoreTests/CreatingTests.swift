import Foundation
import Testing
import TestSupport

@testable import EventStore

@Suite("Making a store")
struct CreatingTests {
  let file: TestStore

  init() throws { file = try TestStore(isCreated: false) }

  @Test("a new store is empty, keeps its id and verifies")
  func empty() throws {
    try file.create()
    let store = try file.open()
    #expect(store.storeID == TestStore.storeID)
    #expect(store.path == file.path)
    let head = try store.head()
    #expect(head.commitNumber == 0)
    #expect(head.position == 0)
    #expect(head.recordedAtMicros == nil)
    #expect(try store.events() == [])
    #expect(try file.verify().events == 0)
  }

  @Test("a second store at the same place is refused and the first one stays")
  func twice() throws {
    try file.create()
    try file.open().append([.numbered(1)], to: "a")
    #expect(throws: StoreFileError.alreadyExists(path: file.path)) { try file.create() }
    #expect(try file.open().events().count == 1)
  }

  @Test("whatever stands at the path is left alone", arguments: ["", "text"])
  func occupied(_ content: String) throws {
    try content.write(toFile: file.path, atomically: true, encoding: .utf8)
    #expect(throws: StoreFileError.alreadyExists(path: file.path)) { try file.create() }
    #expect(try String(contentsOfFile: file.path, encoding: .utf8) == content)
    #expect(try file.folder.names() == ["test.ledger"])
  }

  @Test("a link to nowhere stands at its path too")
  func danglingLink() throws {
    try FileManager.default.createSymbolicLink(
      atPath: file.path, withDestinationPath: file.folder.path("nowhere"))
    #expect(throws: StoreFileError.alreadyExists(path: file.path)) { try file.create() }
    #expect(try file.folder.names() == ["test.ledger"])
  }

  @Test("without its folder a store cannot be made")
  func noFolder() throws {
    let path = file.folder.path("missing/test.ledger")
    let error = #expect(throws: StoreFileError.self) {
      try EventStore.create(at: path, storeID: "x", configuration: file.configuration())
    }
    guard case .cannotCreate(let found, let cause) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(found == path)
    #expect(cause == "No such file or directory")
  }

  @Test("only its owner may read it")
  func mode() throws {
    try file.create()
    let attributes = try FileManager.default.attributesOfItem(atPath: file.path)
    #expect((attributes[.posixPermissions] as? NSNumber)?.int16Value == 0o600)
  }

  @Test("nothing else is left in the folder")
  func noDrafts() throws {
    try file.create()
    #expect(try file.folder.names() == ["test.ledger"])
  }

  @Test("the log of the file system's writes is kept ahead (WAL)")
  func writeAheadLog() throws {
    try file.create()
    #expect(try file.raw().value("PRAGMA journal_mode") == "wal")
    #expect(try file.raw().value("PRAGMA application_id") == "\(TestStore.applicationID)")
    #expect(try file.raw().value("PRAGMA user_version") == "\(StoreSchema.format)")
  }

  @Test("of several threads that make it at once, one succeeds, and it is whole")
  func race() throws {
    let (path, clock) = (file.path, file.clock.micros)
    let outcomes = onThreads(8) { index -> StoreFileError? in
      do {
        try EventStore.create(
          at: path, storeID: "store-\(index)",
          configuration: TestStore.configuration(clockMicros: clock))
        return nil
      } catch {
        return error as? StoreFileError ?? .cannotCreate(path: path, cause: "\(error)")
      }
    }
    #expect(outcomes.count { $0 == nil } == 1)
    #expect(outcomes.count { $0 == .alreadyExists(path: path) } == 7)
    #expect(try file.folder.names() == ["test.ledger"])
    try file.verify()
  }
}
