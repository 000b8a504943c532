import Foundation
import SQLite
import TestSupport
import Testing

@testable import EventStore

extension TestStore {
  var copyPath: String { folder.path("copy.ledger") }

  /// Copies the store to `destination`; `check` sees the draft.
  @discardableResult
  func copy(
    to destination: String? = nil, for purpose: EventStore.CopyPurpose = .backup,
    progress: (Int64, Int64) -> Void = { _, _ in }, check: (String) throws -> Void = { _ in }
  ) throws -> Int64 {
    try EventStore.copy(
      path, to: destination ?? copyPath, for: purpose, configuration: configuration(),
      progress: progress, check: check
    ).bytes
  }

  func openCopy(_ access: EventStore.Access = .readOnly) throws -> EventStore {
    try EventStore(path: copyPath, access: access, configuration: configuration())
  }
}

@Suite("A copy of a store")
struct StoreCopyTests {
  let file: TestStore

  init() throws {
    file = try TestStore(projections: [Tally.self])
    for number in 1...3 { try file.open().append([.numbered(number)], to: "a") }
  }

  private func permissions(of path: String) throws -> Int16? {
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    return (attributes[.posixPermissions] as? NSNumber)?.int16Value
  }

  @Test("is one file, its owner's alone, with the same history and no log of writes")
  func plain() throws {
    let bytes = try file.copy()
    #expect(try permissions(of: file.copyPath) == 0o600)
    #expect(try file.openCopy().verify() == file.verify())
    #expect(try RawConnection(file.copyPath).value("PRAGMA journal_mode") == "delete")
    #expect(try file.folder.names().filter { $0.hasPrefix("copy") } == ["copy.ledger"])
    #expect(FileManager.default.contents(atPath: file.copyPath)?.count == Int(bytes))
  }

  @Test("that is to be written to has a log of writes")
  func restored() throws {
    try file.copy()
    let third = file.folder.path("third.ledger")
    _ = try EventStore.copy(
      file.copyPath, to: third, for: .restore, configuration: file.configuration(),
      progress: { _, _ in }, check: { _ in })
    #expect(try permissions(of: third) == 0o600)
    #expect(try RawConnection(third).value("PRAGMA journal_mode") == "wal")
    let store = try EventStore(path: third, access: .readWrite, configuration: file.configuration())
    #expect(try store.append([.numbered(4)], to: "a").map(\.position) == [4])
    #expect(try store.verify().commits == 4)
    #expect(try file.openCopy().verify().commits == 3)
  }

  @Test("has what was there when it began, whatever others record meanwhile")
  func oneMoment() throws {
    let store = try file.open()
    let text = String(repeating: "x", count: 100_000)
    for _ in 1...100 {
      try store.append(
        [NewEvent(type: "Long", version: 1, data: Array("{\"text\":\"\(text)\"}".utf8))], to: "b")
    }
    let head = try store.head()
    var steps = 0
    try file.copy { _, _ in
      steps += 1
      _ = try? store.append([.numbered(steps)], to: "a")
    }
    #expect(steps > 1)
    #expect(try store.head().commitNumber == head.commitNumber + Int64(steps))
    #expect(try file.openCopy().head() == head)
    #expect(try file.openCopy().verify().headHash == head.hash)
  }

  @Test("made again and again beside two writers is always what the log was at some position")
  func busyWriters() throws {
    let (path, clock) = (file.path, file.clock.micros)
    let folder = file.folder.url.path
    let heads = onThreads(3) { index -> [LogHead] in
      var configuration = TestStore.configuration(clockMicros: clock)
      configuration.projections = [Tally.self]
      configuration.busyTimeoutMilliseconds = 60_000
      do {
        if index > 0 {
          let store = try EventStore(path: path, access: .readWrite, configuration: configuration)
          for number in 1...150 { try store.append([.numbered(number)], to: "stream \(index)") }
          return []
        }
        return try (1...15).map { number in
          let copy = "\(folder)/copy-\(number)"
          _ = try EventStore.copy(
            path, to: copy, for: .backup, configuration: configuration, progress: { _, _ in },
            check: { _ in })
          let store = try EventStore(path: copy, access: .readOnly, configuration: configuration)
          let found = try store.verify()
          let head = try store.head()
          return head.hash == found.headHash ? head : nil
        }.compactMap(\.self)
      } catch {
        Issue.record("\(error)")
        return []
      }
    }.flatMap(\.self)
    #expect(heads.count == 15)
    var hashes: [Int64: Digest256] = [:]
    for event in try file.open().events() { hashes[event.position] = event.commit.hash }
    for head in heads { #expect(hashes[head.position] == head.hash) }
    #expect(heads.map(\.position) == heads.map(\.position).sorted())
    #expect(try file.verify().commits == 303)
  }

  @Test("that does not pass its check is none: nothing is left, and the error is the check's")
  func unchecked() throws {
    struct Bad: Error {}
    let before = try file.folder.names()
    #expect(throws: Bad.self) {
      try file.copy(check: { draft in
        #expect(try permissions(of: draft) == 0o600)
        #expect(StoreDraft.isName(String(draft.split(separator: "/").last ?? "")))
        // A reader leaves nothing behind either.
        let store = try EventStore(
          path: draft, access: .readOnly, configuration: file.configuration())
        #expect(try store.verify().commits == 3)
        throw Bad()
      })
    }
    #expect(try file.folder.names().filter { !before.contains($0) && !$0.contains("-") } == [])
    #expect(try !file.folder.names().contains { $0.hasPrefix("copy") })
  }

  @Test("takes nobody's place", arguments: ["text", "folder", "link", "link to nowhere", "store"])
  func occupied(_ kind: String) throws {
    let manager = FileManager.default
    switch kind {
    case "text": try Data("text".utf8).write(to: URL(fileURLWithPath: file.copyPath))
    case "folder":
      try manager.createDirectory(atPath: file.copyPath, withIntermediateDirectories: false)
    case "link":
      try manager.createSymbolicLink(atPath: file.copyPath, withDestinationPath: file.path)
    case "link to nowhere":
      try manager.createSymbolicLink(
        atPath: file.copyPath, withDestinationPath: file.folder.path("nowhere"))
    default: break
    }
    let destination = kind == "store" ? file.path : file.copyPath
    let names = try file.folder.names().filter { !$0.hasPrefix("test.ledger-") }
    #expect(throws: StoreFileError.alreadyExists(path: destination)) {
      try file.copy(to: destination)
    }
    #expect(try file.folder.names().filter { !$0.hasPrefix("test.ledger-") } == names)
    #expect(try file.verify().commits == 3)
  }

  @Test("takes no place that somebody takes while it is made")
  func overtaken() throws {
    #expect(throws: StoreFileError.alreadyExists(path: file.copyPath)) {
      try file.copy(check: { _ in
        try Data("text".utf8).write(to: URL(fileURLWithPath: file.copyPath))
      })
    }
    #expect(try String(contentsOfFile: file.copyPath, encoding: .utf8) == "text")
    #expect(try !file.folder.names().contains { StoreDraft.isName($0) })
  }

  @Test("takes none of the names that SQLite may want beside the store", arguments: ["wal", "shm"])
  func ownNames(_ suffix: String) throws {
    let alias = file.folder.path("alias")
    try FileManager.default.createSymbolicLink(
      atPath: alias, withDestinationPath: file.folder.url.path)
    // Once nobody has it open, the files are gone.
    try file.raw().run("PRAGMA wal_checkpoint(TRUNCATE)")
    let name = "\(alias)/test.ledger-\(suffix)"
    let error = StoreFileError.cannotCreate(path: name, cause: "that name is the ledger's own")
    #expect(throws: error) { try file.copy(to: name) }
    #expect(try file.verify().commits == 3)
  }

  @Test("is not put beside a log that would be taken for its own; nor is a new store")
  func foreignLog() throws {
    for suffix in ["-wal", "-journal"] {
      let log = file.copyPath + suffix
      try Data("what was written to another file".utf8).write(to: URL(fileURLWithPath: log))
      for attempt in [
        { _ = try file.copy() },
        {
          try EventStore.create(
            at: file.copyPath, storeID: "new", configuration: file.configuration())
        },
      ] {
        let error = #expect(throws: StoreFileError.self) { try attempt() }
        #expect("\(String(describing: error))".contains("\(log) is left from a file of that name"))
      }
      #expect(!FileManager.default.fileExists(atPath: file.copyPath))
      // An empty one says nothing.
      try Data().write(to: URL(fileURLWithPath: log))
    }
    try file.copy()
    #expect(try file.openCopy().verify().commits == 3)
  }

  @Test("is not made in a folder that is not there, nor of what is no store")
  func impossible() throws {
    let path = file.folder.path("missing/copy.ledger")
    #expect(throws: StoreFileError.cannotCreate(path: path, cause: "No such file or directory")) {
      try file.copy(to: path)
    }
    try Data("dear diary".utf8).write(to: URL(fileURLWithPath: file.folder.path("diary")))
    #expect(throws: StoreFileError.self) {
      try EventStore.copy(
        file.folder.path("diary"), to: file.copyPath, for: .backup,
        configuration: file.configuration(), progress: { _, _ in }, check: { _ in })
    }
    #expect(throws: StoreFileError.missing(path: file.folder.path("x"))) {
      try EventStore.copy(
        file.folder.path("x"), to: file.copyPath, for: .backup,
        configuration: file.configuration(), progress: { _, _ in }, check: { _ in })
    }
    #expect(!FileManager.default.fileExists(atPath: file.copyPath))
  }

  @Test("can be written to as it is, stays without a log of writes, and is as durable")
  func written() throws {
    try file.copy()
    let store = try file.openCopy(.readWrite)
    #expect(try store.append([.numbered(4)], to: "a").map(\.position) == [4])
    #expect(try RawConnection(file.copyPath).value("PRAGMA journal_mode") == "delete")
    // EXTRA: without a log, FULL leaves it open whether a deleted journal stays deleted.
    #expect(try store.database.first("PRAGMA synchronous") { $0.int64(0) } == 3)
    #expect(try store.verify().commits == 4)
    #expect(try file.verify().commits == 3)
  }

  @Test("can be made on a file system that knows no second name for a file")
  func withoutLinks() throws {
    let draft = try StoreDraft(beside: file.copyPath, for: .backup)
    try Data("text".utf8).write(to: URL(fileURLWithPath: draft.path))
    try draft.replaceClaim()
    #expect(try String(contentsOfFile: file.copyPath, encoding: .utf8) == "text")
    #expect(!FileManager.default.fileExists(atPath: draft.path))
    let second = try StoreDraft(beside: file.copyPath, for: .backup)
    defer { second.remove() }
    #expect(throws: StoreFileError.alreadyExists(path: file.copyPath)) {
      try second.replaceClaim()
    }
    #expect(try String(contentsOfFile: file.copyPath, encoding: .utf8) == "text")
  }

  @Test("has a draft that is known by its name")
  func draftNames() {
    for name in [
      "a.db.backup-draft-Ab12yZ", "a.restore-draft-000000-wal", "x.init-draft-aaaaaa",
      "a.backup-draft-Ab12yZ.trial-draft-111111.format-2",
    ] {
      #expect(StoreDraft.isName(name), "\(name)")
    }
    for name in [
      "a.db", "a.backup", "a.backup-draft-", "a.backup-draft-Ab12y", "a.backup-draft-Ab12yZ7",
      "a.backup-draft-Ab12y_", "backup-draft-Ab12yZ", "a.db-wal", "a.db.format-4",
    ] {
      #expect(!StoreDraft.isName(name), "\(name)")
    }
  }
}
