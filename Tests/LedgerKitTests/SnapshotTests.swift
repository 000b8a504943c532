import EventStore
import LedgerDomain
import Testing

@testable import LedgerKit

@Suite("Snapshots")
struct SnapshotTests {
  private func deposit(_ count: Int, to account: AccountID, _ book: Book) throws {
    for _ in 0..<count { try book.perform(.deposit(Amount("1"), to: account)) }
  }

  @Test("are taken every 100 events of an account, and never in between")
  func everyHundred() throws {
    let book = try Book()
    let (a, b) = (try book.open("a"), try book.open("b"))
    try deposit(98, to: a, book)
    #expect(try book.snapshotVersions(of: a) == [])
    try deposit(1, to: a, book)
    #expect(try book.snapshotVersions(of: a) == [99])
    try deposit(99, to: a, book)
    #expect(try book.snapshotVersions(of: a) == [99])
    try deposit(52, to: a, book)
    #expect(try book.snapshotVersions(of: a) == [99, 199])
    #expect(try book.snapshotVersions(of: b) == [])
    #expect(try book.balance(a) == "250.00")
  }

  @Test("spare a fresh handle all but the newest events")
  func freshHandle() throws {
    let book = try Book()
    let account = try book.open("a")
    try deposit(250, to: account, book)
    let fresh = try book.reopened(.readWrite)
    let receipt = try fresh.perform(
      .deposit(Amount("1"), to: account), CommandOptions(actor: "t"))
    #expect(receipt.accounts.map(\.balance.decimal) == ["251.00"])
    #expect(fresh.store.eventsFolded == 51)
    let another = try book.reopened(.readWrite)
    let past = try another.loaded(account, through: 199)
    #expect(past.snapshotVersion == 199)
    #expect(past.eventsFolded == 0)
    #expect(try another.loaded(account, through: 198).snapshotVersion == 99)
    #expect(try another.loaded(account, through: 98).snapshotVersion == nil)
    #expect(another.store.eventsFolded == 99 + 99)
    try book.ledger.setSnapshotPolicy(off)
    let slow = try book.reopened(.readWrite)
    _ = try slow.perform(.deposit(Amount("1"), to: account), CommandOptions(actor: "t"))
    #expect(slow.store.eventsFolded == 252)
  }

  @Test("are not needed for what others recorded a moment ago: only that is folded")
  func movedOn() throws {
    let book = try Book()
    var policy = SnapshotPolicy()
    policy.onLoadEvents = nil
    try book.ledger.setSnapshotPolicy(policy)
    let account = try book.open("a")
    let other = try book.reopened(.readWrite)
    let deposit = Command.deposit(Amount("1"), to: account)
    _ = try other.perform(deposit, CommandOptions(actor: "t"))
    let folded = other.store.eventsFolded
    try self.deposit(64, to: account, book)
    _ = try other.perform(deposit, CommandOptions(actor: "t"))
    #expect(other.store.eventsFolded == folded + 64)
    // Further behind, it starts anew: here from the beginning, as there is no snapshot.
    try self.deposit(32, to: account, book)
    #expect(try book.snapshotVersions(of: account) == [])
    try self.deposit(33, to: account, book)
    #expect(try book.snapshotVersions(of: account) == [99])
    _ = try other.perform(deposit, CommandOptions(actor: "t"))
    #expect(other.store.eventsFolded == folded + 64 + 32)
    #expect(try book.balance(account) == "132.00")
  }

  @Test("of two handles that take turns, one takes the snapshot that is due")
  func takenOnce() throws {
    let book = try Book()
    let account = try book.open("a")
    let other = try book.reopened(.readWrite)
    for _ in 0..<120 {
      try deposit(1, to: account, book)
      _ = try other.perform(.deposit(Amount("1"), to: account), CommandOptions(actor: "t"))
    }
    #expect(try book.snapshotVersions(of: account) == [99, 199])
    #expect(try book.balance(account) == "240.00")
  }

  @Test("are taken by default of an account that handle after handle has to find in the file")
  func byFreshHandles() throws {
    let book = try Book()
    let account = try book.open("a")
    for _ in 0..<50 {
      _ = try book.reopened(.readWrite).perform(
        .deposit(Amount("1"), to: account), CommandOptions(actor: "t"))
    }
    #expect(try book.snapshotVersions(of: account) == [21, 43])
    // Whoever has known the account before folds what is new, and needs none.
    try deposit(1, to: account, book)
    #expect(try book.snapshotVersions(of: account) == [21, 43])
    #expect(try book.balance(account) == "51.00")
  }

  @Test("that others have taken count for the age of the last one, too")
  func byAge() throws {
    let book = try Book()
    var policy = SnapshotPolicy()
    (policy.everyEvents, policy.onLoadEvents, policy.maxAgeMicros) = (nil, nil, 1_000_000)
    try book.ledger.setSnapshotPolicy(policy)
    let account = try book.open("a")
    book.clockMicros += 2_000_000
    _ = try book.reopened(.readWrite).perform(
      .deposit(Amount("1"), to: account), CommandOptions(actor: "t"))
    #expect(try book.snapshotVersions(of: account) == [1])
    try deposit(1, to: account, book)
    #expect(try book.snapshotVersions(of: account) == [1])
    book.clockMicros += 2_000_000
    try deposit(1, to: account, book)
    #expect(try book.snapshotVersions(of: account) == [1, 3])
  }

  private var off: SnapshotPolicy {
    var policy = SnapshotPolicy()
    policy.isEnabled = false
    return policy
  }

  @Test("of a transfer are taken of both accounts")
  func transfer() throws {
    let book = try Book()
    let (a, b) = (try book.open("a"), try book.open("b"))
    try deposit(98, to: a, book)
    try deposit(98, to: b, book)
    try book.perform(.transfer(Amount("8"), from: a, to: b))
    #expect(try book.snapshotVersions(of: a) == [99])
    #expect(try book.snapshotVersions(of: b) == [99])
    #expect(try book.reopened().balance(of: a, at: .version(99)).balance.decimal == "90.00")
    #expect(try book.reopened().balance(of: b, at: .version(99)).balance.decimal == "106.00")
    #expect(try book.ledger.verify().commits == 199)
  }

  @Test("of a closed account say that it is closed")
  func closed() throws {
    let book = try Book()
    let account = try book.open("a")
    try book.perform(.close(account))
    #expect(try book.ledger.takeSnapshot(of: account))
    let past = try book.reopened().balance(of: account, at: .version(1))
    #expect(past.isClosed)
    #expect(try book.reopened().loaded(account, through: 1).snapshotVersion == 1)
    let fresh = try book.reopened(.readWrite)
    #expect(throws: Rejection.accountClosed(account)) {
      try fresh.perform(.deposit(Amount("1"), to: account), CommandOptions(actor: "t"))
    }
    #expect(fresh.store.eventsFolded == 0)
  }

  @Test("are not written by queries, nor by rehearsals, nor by refused commands")
  func readersWriteNone() throws {
    let book = try Book()
    let account = try book.open("a")
    try deposit(98, to: account, book)
    let options = CommandOptions(actor: "t")
    _ = try book.ledger.rehearse(.deposit(Amount("1"), to: account), options)
    #expect(throws: Rejection.self) { try book.perform(.withdraw(Amount("99"), from: account)) }
    try book.ledger.setSnapshotPolicy(off)
    try deposit(50, to: account, book)
    try book.ledger.setSnapshotPolicy(SnapshotPolicy())
    let before = try RawFile(book.path).contents(of: ["snapshots"])
    for ledger in [try book.reopened(), try book.reopened(.readWrite)] {
      for version in 0...148 { _ = try ledger.balance(of: account, at: .version(Int64(version))) }
      try ledger.forEachMovement(of: account) { _ in }
      _ = try ledger.verify()
    }
    #expect(try RawFile(book.path).contents(of: ["snapshots"]) == before)
    #expect(before == ["snapshots": []])
    try deposit(1, to: account, book)
    #expect(try book.snapshotVersions(of: account) == [149])
  }

  @Test("of a command that is repeated under its key are taken once")
  func replay() throws {
    let book = try Book()
    let account = try book.open("a")
    try deposit(98, to: account, book)
    let first = try book.perform(.deposit(Amount("1"), to: account)) { $0.idempotencyKey = "k" }
    try book.ledger.setSnapshotPolicy(off)
    _ = try book.ledger.pruneSnapshots(keep: 0, takenBefore: nil)
    try book.ledger.setSnapshotPolicy(SnapshotPolicy())
    var again = try book.perform(.deposit(Amount("1"), to: account)) { $0.idempotencyKey = "k" }
    again.isReplay = false
    #expect(again == first)
    #expect(try book.snapshotVersions(of: account) == [])
  }
}
