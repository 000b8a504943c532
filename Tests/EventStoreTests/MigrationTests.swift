import Foundation
import Testing
import TestSupport

@testable import EventStore

@Suite("A file of an older format")
struct MigrationTests {
  let old: FormatOneStore
  let file: TestStore

  init() throws {
    old = try FormatOneStore()
    file = old.file
  }

  /// The bytes of the file and of its log, which may be missing.
  private func bytes() -> [Data?] {
    ["", "-wal"].map { FileManager.default.contents(atPath: file.path + $0) }
  }

  private func permissions(of path: String) throws -> Int16? {
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    return (attributes[.posixPermissions] as? NSNumber)?.int16Value
  }

  @Test("is too old to be read, and stays as it is to the byte")
  func readOnly() throws {
    let before = bytes()[0]
    let error = StoreFileError.tooOld(path: file.path, format: 1, current: StoreSchema.format)
    for _ in 1...2 { #expect(throws: error) { try file.open(.readOnly) } }
    #expect(bytes()[0] == before)
    #expect(bytes()[1]?.isEmpty ?? true)
    #expect(try old.format(of: file.path) == "1")
    #expect(file.notices.all == [])
    #expect(!FileManager.default.fileExists(atPath: old.copy))
  }

  @Test("is brought up to date when it is opened for writing, and the user is told")
  func migrated() throws {
    let store = try file.open()
    #expect(
      file.notices.all == [
        .migrated(path: file.path, from: 1, to: StoreSchema.format, copy: old.copy)
      ])
    #expect(try old.format(of: file.path) == "\(StoreSchema.format)")
    #expect(try old.contents(of: file.path) == old.contents)
    #expect(try store.head().hash == old.headHash)
    #expect(try file.verify().events == 5)
    #expect(try file.raw().value("SELECT count(*) FROM snapshots") == "0")
    #expect(try store.read { try $0.snapshotPolicy() } == SnapshotPolicy())
  }

  @Test("has the same tables then as a new one")
  func schema() throws {
    let sql = "SELECT type, name, sql FROM sqlite_schema ORDER BY type, name"
    let fresh = try TestStore(projections: [Tally.self])
    #expect(try file.raw().rows(sql) != (try fresh.raw().rows(sql)))
    _ = try file.open()
    #expect(try file.raw().rows(sql) == (try fresh.raw().rows(sql)))
  }

  @Test("is kept beside it as it was: whole, in its old format, and its owner's alone")
  func copied() throws {
    _ = try file.open()
    #expect(try permissions(of: old.copy) == 0o600)
    #expect(try old.format(of: old.copy) == "1")
    #expect(try old.contents(of: old.copy) == old.contents)
    let copy = try RawConnection(old.copy)
    #expect(try copy.value("PRAGMA application_id") == "\(TestStore.applicationID)")
    #expect(try copy.value("PRAGMA integrity_check") == "ok")
    #expect(throws: StoreFileError.tooOld(path: old.copy, format: 1, current: StoreSchema.format)) {
      try EventStore(path: old.copy, access: .readOnly, configuration: file.configuration())
    }
    let again = try EventStore(
      path: old.copy, access: .readWrite, configuration: file.configuration())
    #expect(try again.verify().headHash == old.headHash)
    #expect(try old.format(of: old.copy + ".format-1") == "1")
  }

  @Test("is brought up to date once: later opens change and tell nothing")
  func once() throws {
    let store = try file.open()
    try store.append([.numbered(6)], to: "a")
    let copy = FileManager.default.contents(atPath: old.copy)
    for access in [EventStore.Access.readWrite, .readOnly, .readWrite] {
      #expect(try file.open(access).events().count == 6)
    }
    #expect(file.notices.all.count == 1)
    #expect(FileManager.default.contents(atPath: old.copy) == copy)
    #expect(try old.contents(of: old.copy) == old.contents)
  }

  @Test("takes commands and snapshots from then on")
  func goesOn() throws {
    let store = try file.open()
    try store.setSnapshotPolicy { $0.everyEvents = 2 }
    try store.addOnes(2, to: "new")
    #expect(try file.snapshots(of: "new") == [1])
    #expect(try file.open().counter("new").eventsFolded == 0)
    #expect(try file.verify().events == 7)
  }

  @Test("leaves an earlier copy alone, and takes the place of one that was never finished")
  func earlierCopy() throws {
    for path in [old.copy, old.copy + ".part"] {
      try Data("left behind".utf8).write(to: URL(fileURLWithPath: path))
    }
    _ = try file.open()
    #expect(try String(contentsOfFile: old.copy, encoding: .utf8) == "left behind")
    #expect(try old.contents(of: old.copy + ".2") == old.contents)
    #expect(try permissions(of: old.copy + ".2") == 0o600)
    #expect(!FileManager.default.fileExists(atPath: old.copy + ".part"))
  }

  @Test("opened by eight threads at once is brought up to date by one of them; all go on")
  func race() throws {
    let (path, copy) = (file.path, old.copy)
    let outcomes = onThreads(8) { index -> Result<[StoreNotice], StoreFileError> in
      do {
        let notices = Notices()
        var configuration = TestStore.configuration(clockMicros: 1_800_000_000_000_000)
        configuration.projections = [Tally.self]
        configuration.busyTimeoutMilliseconds = 60_000
        configuration.onNotice = { notices.all.append($0) }
        let store = try EventStore(path: path, access: .readWrite, configuration: configuration)
        try store.append([.numbered(index)], to: "raced")
        return .success(notices.all)
      } catch {
        return .failure(.cannotCreate(path: path, cause: "\(error)"))
      }
    }
    let notices = try outcomes.flatMap { try $0.get() }
    #expect(outcomes.count == 8)
    #expect(notices == [.migrated(path: path, from: 1, to: StoreSchema.format, copy: copy)])
    #expect(try file.verify().events == 13)
    #expect(try old.contents(of: copy) == old.contents)
    #expect(
      Set(try file.folder.names()).isSubset(
        of: ["", "-shm", "-wal", ".format-1"].map { "test.ledger" + $0 }))
  }
}
