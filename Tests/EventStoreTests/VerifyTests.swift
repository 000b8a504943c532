import EventStore
import Foundation
import Testing
import TestSupport

@Suite("Verifying an intact store, and one that was cut off or hit by chance")
struct VerifyTests {
  let file: TestStore

  init() throws { file = try TestStore() }

  @Test("an intact store verifies, on new handles and on used ones, again and again")
  func intact() throws {
    let store = try file.open()
    try SampleLog.write(to: store)
    for handle in [store, store, try file.open(.readOnly)] {
      let verified = try handle.verify()
      #expect((verified.commits, verified.events) == (3, 5))
      #expect(verified.headHash == (try store.head().hash))
    }
    try store.append([.numbered(6)], to: "a")
    #expect(try store.verify().events == 6)
  }

  @Test("putting the guards back after looking changes nothing")
  func tamperedWithNothing() throws {
    try SampleLog.write(to: file.open())
    try file.tamper("SELECT 1")
    try file.verify()
  }

  @Test(
    "what SQLite does to its own file is no damage", arguments: ["VACUUM", "ANALYZE", "REINDEX"])
  func maintenance(_ sql: String) throws {
    try SampleLog.write(to: file.open())
    let before = try file.open().events()
    try file.raw().run(sql)
    #expect(try file.verify().events == 5)
    #expect(try file.open().events() == before)
  }

  @Test("every commit is checked, whole and in order")
  func check() throws {
    try SampleLog.write(to: file.open())
    var seen: [[Int64]] = []
    _ = try file.open(.readOnly).read { log in
      try log.verifyWithoutRules { seen.append($0.map(\.position)) }
    }
    #expect(seen == [[1, 2], [3], [4, 5]])
  }

  @Test("a tail cut off between commits shows in nothing but a seal or a projection")
  func truncatedBetweenCommits() throws {
    try SampleLog.write(to: file.open())
    let head = try file.open().head().hash
    try file.tamper(
      """
      DELETE FROM personal_texts WHERE position > 3;
      DELETE FROM recorded_events WHERE position > 3;
      DELETE FROM commits WHERE commit_number > 2;
      """)
    let verified = try file.verify()
    #expect(verified.events == 3)
    #expect(verified.headHash != head)
  }

  @Test("whichever bit flips, verify reports the file, or every event is what it was")
  func flippedBits() throws {
    do {
      let store = try file.open()
      try SampleLog.write(to: store)
      for number in 0..<100 { try store.append([.numbered(number)], to: "c\(number % 7)") }
    }
    let events = try file.open().events()
    let original = try Data(contentsOf: URL(fileURLWithPath: file.path))
    #expect(try file.folder.names() == ["test.ledger"], "everything is in the file itself")
    var reported = 0
    for offset in stride(from: 0, to: original.count, by: 397) {
      var changed = original
      changed[offset] ^= 1 << (offset % 8)
      try changed.write(to: URL(fileURLWithPath: file.path))
      switch Result(catching: { try file.verify() }) {
      case .success:
        #expect(try file.open(.readOnly).events() == events, "offset \(offset)")
      case .failure(let error):
        #expect(error is StoreFileError, "offset \(offset): \(error)")
        reported += 1
      }
      for suffix in ["-wal", "-shm"] {
        try? FileManager.default.removeItem(atPath: file.path + suffix)
      }
    }
    #expect(reported > 10)
  }
}
