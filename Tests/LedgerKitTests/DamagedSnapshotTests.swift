import EventStore
import LedgerDomain
import Testing

@testable import LedgerKit

/// Snapshots that somebody edited.
@Suite("A damaged snapshot")
struct DamagedSnapshotTests {
  private static let edits: [(sql: String, problem: String)] = [
    ("state = replace(state, '8.00', '9.00')", "its checksum is wrong"),
    ("state = 'garbage'", "its checksum is wrong"),
    ("state = ''", "its checksum is wrong"),
    ("checksum = zeroblob(32)", "its checksum is wrong"),
    ("checksum = x'00'", "its checksum is wrong"),
    ("taken_at_us = 0", "its checksum is wrong"),
    ("state_version = 2", "its checksum is wrong"),
    ("position = position - 1", "it names another event"),
    ("stream_position = 99", "it is ahead of its stream"),
    ("stream_position = 9", "it names another event"),
    // The state of another moment, with its checksum: genuine, but not of this one.
    ("(state, checksum) = (SELECT state, checksum FROM snapshots)", "its checksum is wrong"),
  ]

  @Test(
    "is ignored with one notice, is what verify finds, and is replaced by the next command",
    arguments: edits)
  func damaged(_ edit: String, _ problem: String) throws {
    let (book, account) = try Book.withSnapshots()
    try RawFile(book.path).run("UPDATE snapshots SET \(edit) WHERE stream_position = 8")
    #expect(try book.snapshotResults().filter { $0 != "ok" } == [problem])
    let damage = try #require(throws: StoreFileError.self) { try book.reopened().verify() }
    guard case .damaged(_, _, let found) = damage else {
      Issue.record("\(damage)")
      return
    }
    #expect(found.hasPrefix("the snapshot of 'BankAccount-a' at version"))
    #expect(found.hasSuffix(" is wrong: \(problem)"))

    var notices: [StoreNotice] = []
    let reader = try book.reopened { notices.append($0) }
    for _ in 0..<3 {
      let loaded = try reader.loaded(account)
      #expect(loaded.balance == "10.00")
      #expect(loaded.snapshotVersion == 4)
      #expect(loaded.eventsFolded == 6)
    }
    #expect(notices.count == 1)
    guard case .snapshotIgnored("BankAccount-a", let version, problem) = notices.first else {
      Issue.record("\(notices)")
      return
    }
    #expect(try book.snapshotVersions().contains(version))

    let fresh = try book.reopened(.readWrite)
    let receipt = try fresh.perform(
      .deposit(Amount("1"), to: account), CommandOptions(actor: "t"))
    #expect(receipt.accounts.map(\.balance.decimal) == ["11.00"])
    #expect(try book.snapshotVersions() == [4, 11])
    #expect(try book.snapshotResults() == ["ok", "ok"])
    #expect(try book.reopened().verify().events == 12)
  }

  @Test("is no trouble to a snapshot that is taken while others write: it is of what was read")
  func overtaken() throws {
    let (book, account) = try Book.withSnapshots()
    try RawFile(book.path).run("UPDATE snapshots SET state = '' WHERE stream_position = 8")
    let other = try book.reopened(.readWrite)
    // The notice comes in the middle of reading: just then another handle deposits.
    var receipts: [Receipt] = []
    let ledger = try book.reopened(.readWrite) { _ in
      let options = CommandOptions(actor: "other")
      let receipt = try? other.perform(.deposit(Amount("1"), to: account), options)
      receipts += [receipt].compactMap(\.self)
    }
    #expect(try ledger.takeSnapshot(of: account))
    #expect(receipts.flatMap(\.accounts).map(\.version) == [11])
    // The other command has replaced the damaged one by its own.
    #expect(try book.snapshotVersions() == [4, 10, 11])
    #expect(try book.snapshotResults() == ["ok", "ok", "ok"])
    #expect(try ledger.verify().events == 12)
  }

  @Test("of a stream that is not there, or of no account, is found")
  func stray() throws {
    let (book, _) = try Book.withSnapshots()
    let raw = try RawFile(book.path)
    try raw.run(
      "INSERT INTO snapshots SELECT 99, 0, 1, 1, 0, state, checksum FROM snapshots LIMIT 1")
    #expect(throws: StoreFileError.self) { try book.reopened().verify() }
    try raw.run("DELETE FROM snapshots WHERE stream_key = 99")
    #expect(try book.reopened().verify().events == 11)
  }

  @Test("can be thrown away: without any snapshot the answers are the same")
  func deleted() throws {
    let (book, account) = try Book.withSnapshots()
    try RawFile(book.path).run("DELETE FROM snapshots WHERE stream_position = 8")
    #expect(try book.reopened().loaded(account, through: 10).snapshotVersion == 4)
    try RawFile(book.path).run("DELETE FROM snapshots")
    let loaded = try book.reopened().loaded(account, through: 10)
    #expect(loaded.balance == "10.00")
    #expect(loaded.snapshotVersion == nil)
    #expect(loaded.eventsFolded == 11)
    #expect(try book.reopened().verify().events == 11)
  }
}
