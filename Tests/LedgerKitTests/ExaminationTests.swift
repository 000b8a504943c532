import Foundation
import LedgerDomain
import TestSupport
import Testing

@testable import EventStore
@testable import LedgerKit

@Suite("An examination of a ledger")
struct ExaminationTests {
  let book: Book

  init() throws {
    book = try Book()
    let account = try book.open("a")
    try book.perform(.deposit(Amount("5"), to: account))
  }

  private func findings(_ examination: Examination) throws -> [Finding] {
    let ledger = try book.reopened()
    var findings: [Finding] = []
    try ledger.examine(examination) { findings.append($0) }
    return findings
  }

  private func change(_ sql: String) throws { try RawFile(book.path).run(sql) }

  @Test("of a sound one finds no problem, wherever it looks, and says so at each place")
  func sound() throws {
    for examination in Examination.allCases {
      let found = try findings(examination)
      #expect(!found.isEmpty, "\(examination)")
      #expect(!found.contains { $0.severity == .problem }, "\(examination): \(found)")
      #expect(found.allSatisfy { $0.check == examination })
    }
  }

  @Test("finds what SQLite finds, and how its writes are kept")
  func file() throws {
    #expect(try findings(.file).map(\.severity) == [.none, .none, .none])
    // An index that its table knows nothing of.
    try change(
      """
      PRAGMA writable_schema = ON;
      UPDATE sqlite_schema SET rootpage = 2 WHERE name = 'commits_by_idempotency_key';
      """)
    let found = try findings(.file)
    #expect(found.first?.severity == .problem, "\(found)")
    #expect(found.first?.text.contains("restore a backup") == true)
  }

  @Test("warns of a journal that makes readers and writers wait for each other")
  func journal() throws {
    #expect(Finding(ofJournal: "wal", path: "l.db").severity == .none)
    let found = Finding(ofJournal: "delete", path: "l.db")
    #expect(found.severity == .warning)
    #expect(found.text.hasSuffix("sqlite3 l.db 'PRAGMA journal_mode = WAL'"))
  }

  @Test("warns of a log of writes that has outgrown its limit, and names who holds it back")
  func log() throws {
    func file(logBytes: Int64) -> StoreStatistics {
      StoreStatistics(
        format: 5, fileBytes: 1, logBytes: logBytes, pageBytes: 8_192, freePages: 0,
        journalMode: "wal", durability: .full, logPagesBeforeCheckpoint: 2_000,
        logBytesKept: 33_554_432)
    }
    #expect(Finding(ofLog: file(logBytes: 16_000_000), readers: [7]).severity == .none)
    let held = Finding(ofLog: file(logBytes: 17_000_000), readers: [7, 12])
    #expect(held.severity == .warning)
    #expect(held.text.contains("process 7, 12 reads an older state"))
    #expect(Finding(ofLog: file(logBytes: 17_000_000), readers: []).severity == .none)
    let free = Finding(ofLog: file(logBytes: 40_000_000), readers: [])
    #expect(free.severity == .warning)
    #expect(free.text.contains("has ended"))
  }

  #if os(Linux)
    @Test("knows readers by their locks on the log's index")
    func readers() throws {
      let locks = """
        1: POSIX  ADVISORY  READ 4711 fe:00:131074 124 124
        2: POSIX  ADVISORY  READ 4711 fe:00:131074 128 128
        3: POSIX  ADVISORY  WRITE 4712 fe:00:131074 120 120
        3: -> POSIX  ADVISORY  READ 4716 fe:00:131074 124 124
        4: POSIX  ADVISORY  READ 4713 fe:00:131074 127 127
        5: POSIX  ADVISORY  READ 4714 fe:00:131075 124 124
        6: FLOCK  ADVISORY  READ 4715 fe:00:131074 0 EOF
        """
      #expect(LogReaders.processes(readingInode: 131_074, in: locks) == [4711, 4713])
      let ledger = try book.reopened()
      try ledger.store.read { _ in
        // This process is none of the others.
        #expect(ledger.store.otherReaders() == [])
        let status = try FileManager.default.attributesOfItem(atPath: book.path + "-shm")
        let inode = try #require(status[.systemFileNumber] as? NSNumber).uint64Value
        let all = try #require(SystemText.ofFile("/proc/locks"))
        #expect(LogReaders.processes(readingInode: inode, in: all) == [getpid()])
      }
    }
  #endif

  @Test("warns of a file that others may read, and of a folder in which they may replace it")
  func permissions() throws {
    #expect(try findings(.permissions).map(\.severity) == [.none, .none])
    #expect(Finding(ofPermissions: 0o640, path: "l.db").text.hasPrefix("its group may read it"))
    #expect(Finding(ofPermissions: 0o660, path: "l.db").text.contains("may read or change it"))
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: book.path)
    let folder = URL(fileURLWithPath: book.path).deletingLastPathComponent().path
    try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: folder)
    let found = try findings(.permissions)
    #expect(found.map(\.severity) == [.warning, .warning])
    #expect(
      found[0].text
        == "everybody may read it (644); unless that is meant: chmod 600 \(book.path)")
    #expect(found[1].text.hasPrefix("everybody may put another file in its place"))
  }

  @Test("warns of disks that forget, and of disks that other machines share")
  func fileSystems() {
    #expect(Finding(on: FileSystemKind(name: "ext4")).severity == .none)
    #expect(Finding(on: nil).severity == .none)
    for (name, words) in [
      ("tmpfs", "gone after a restart"), ("nfs4", "shared with other machines"),
    ] {
      let found = Finding(on: FileSystemKind(name: name))
      #expect(found.severity == .warning)
      #expect(found.subject == name)
      #expect(found.text.contains(words))
    }
  }

  @Test("warns of a clock that is behind the last commit; a day behind, nothing can be recorded")
  func clock() throws {
    #expect(try findings(.clock).map(\.severity) == [.none])
    book.clockMicros -= 3_600_000_000
    #expect(try findings(.clock).map(\.severity) == [.warning])
    book.clockMicros -= 24 * 3_600_000_000
    let found = try findings(.clock)
    #expect(found.map(\.severity) == [.problem])
    #expect(found[0].text.contains("--accept-clock"))
    #expect(throws: Rejection.self) { try book.open("b") }
  }

  @Test("warns of subscriptions with events that could not be delivered")
  func subscriptions() throws {
    for name in ["good", "bad"] {
      _ = try book.ledger.createSubscription(name, from: .start)
    }
    #expect(try findings(.subscriptions).map(\.text) == ["2 of 2 without dead letters"])
    try book.ledger.store.bury(1, of: "bad", expecting: 0, attempts: 1, problem: "no")
    let found = try findings(.subscriptions)
    #expect(found.map(\.severity) == [.warning, .none])
    #expect(found[0].subject == "bad")
    #expect(found[0].text.contains("1 of its events could not be delivered"))
    #expect(found[1].text == "1 of 2 without dead letters")
  }

  @Test("warns of what killed commands and migrations left in the folder")
  func leftovers() throws {
    #expect(try findings(.leftovers).map(\.text) == ["none"])
    let draft = "monday.db.backup-draft-Ab12yZ"
    let folder = URL(fileURLWithPath: book.path).deletingLastPathComponent()
    for path in [folder.appendingPathComponent(draft).path, book.path + ".format-4"] {
      try Data().write(to: URL(fileURLWithPath: path))
    }
    let found = try findings(.leftovers)
    #expect(found.map(\.severity) == [.warning, .warning])
    #expect(found[0].text.hasSuffix("rm \(book.path).format-4"))
    #expect(found[1].text.hasPrefix(draft))
  }

  @Test("of what is outdated, cannot be read or is wrong in it is a problem")
  func content() throws {
    try change("UPDATE projections SET checkpoint = 1 WHERE name = 'account_balances'")
    #expect(try findings(.projections).map(\.severity) == [.problem])
    try change("INSERT INTO settings VALUES ('nonsense', 1)")
    #expect(try findings(.settings).map(\.severity) == [.problem])
  }
}
