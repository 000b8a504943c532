import EventStore
import LedgerDomain
import Testing

@testable import LedgerKit

@Suite("When snapshots are taken")
struct SnapshotSettingsTests {
  private func count(_ book: Book) throws -> Int { try book.snapshotVersions().count }

  private func policy(_ change: (inout SnapshotPolicy) -> Void) -> SnapshotPolicy {
    var policy = SnapshotPolicy()
    policy.everyEvents = nil
    change(&policy)
    return policy
  }

  @Test("is kept in the file, and known to every handle at once")
  func kept() throws {
    let book = try Book()
    let other = try book.reopened(.readWrite)
    #expect(try other.snapshotPolicy() == SnapshotPolicy())
    let changed = policy { ($0.everyEvents, $0.maxAgeMicros, $0.onLoadEvents) = (7, 8, 9) }
    try book.ledger.setSnapshotPolicy(changed)
    #expect(try other.snapshotPolicy() == changed)
    #expect(try book.reopened().snapshotPolicy() == changed)
    try other.setSnapshotPolicy(SnapshotPolicy())
    #expect(try book.ledger.snapshotPolicy() == SnapshotPolicy())
    #expect(try book.ledger.verify().events == 0)
  }

  @Test("by age: a command takes one once the first event since the last is that old")
  func byAge() throws {
    let book = try Book()
    let account = try book.open("a")
    try book.ledger.setSnapshotPolicy(policy { $0.maxAgeMicros = 1_000_000 })
    book.clockMicros += 999_000
    try book.perform(.deposit(Amount("1"), to: account))
    #expect(try count(book) == 0)
    book.clockMicros += 1_000
    try book.perform(.deposit(Amount("1"), to: account))
    #expect(try count(book) == 1)
    try book.perform(.deposit(Amount("1"), to: account))
    #expect(try count(book) == 1)
  }

  @Test("by load: a command takes one if it had to fold more than so many events")
  func byLoad() throws {
    let book = try Book()
    let account = try book.open("a")
    for _ in 0..<9 { try book.perform(.deposit(Amount("1"), to: account)) }
    try book.ledger.setSnapshotPolicy(policy { $0.onLoadEvents = 10 })
    let options = CommandOptions(actor: "t")
    // Ten events are not more than ten; then eleven.
    _ = try book.reopened(.readWrite).perform(.deposit(Amount("1"), to: account), options)
    #expect(try count(book) == 0)
    _ = try book.reopened(.readWrite).perform(.deposit(Amount("1"), to: account), options)
    #expect(try count(book) == 1)
    _ = try book.reopened(.readWrite).perform(.deposit(Amount("1"), to: account), options)
    #expect(try count(book) == 1)
  }

  @Test("switched off, none is taken and those that are there are ignored")
  func off() throws {
    let book = try Book()
    let account = try book.open("a")
    #expect(try book.ledger.takeSnapshot(of: account))
    try book.ledger.setSnapshotPolicy(policy { ($0.isEnabled, $0.everyEvents) = (false, 1) })
    try book.perform(.deposit(Amount("1"), to: account))
    #expect(try count(book) == 1)
    #expect(try book.reopened().loaded(account, through: 1).snapshotVersion == nil)
    try book.ledger.setSnapshotPolicy(policy { $0.everyEvents = 1 })
    #expect(try book.reopened().loaded(account, through: 1).snapshotVersion == 0)
    try book.perform(.deposit(Amount("1"), to: account))
    #expect(try count(book) == 2)
  }

  @Test("pruning keeps the newest so many, or what is not older, and leaves other accounts alone")
  func pruning() throws {
    let book = try Book()
    let (a, b) = (try book.open("a"), try book.open("b"))
    try book.ledger.setSnapshotPolicy(policy { _ in })
    var times: [Int64] = []
    for account in [a, b] {
      for _ in 0..<4 {
        try book.perform(.deposit(Amount("1"), to: account))
        #expect(try book.ledger.takeSnapshot(of: account))
      }
    }
    try book.ledger.forEachSnapshot(of: a) { times.append($0.takenAtMicros) }
    let third = Instant(micros: times[2])
    #expect(try book.ledger.pruneSnapshots(of: a, keep: 4, takenBefore: nil) == 0)
    #expect(try book.ledger.pruneSnapshots(of: a, keep: 3, takenBefore: third) == 1)
    #expect(try book.snapshotVersions(of: a) == [2, 3, 4])
    // What was taken just then is not older.
    #expect(try book.ledger.pruneSnapshots(of: a, keep: 0, takenBefore: third) == 1)
    #expect(try book.snapshotVersions(of: a) == [3, 4])
    #expect(try book.ledger.pruneSnapshots(of: a, keep: 1, takenBefore: nil) == 1)
    #expect(try book.snapshotVersions(of: b) == [1, 2, 3, 4])
    #expect(try book.reopened().balance(of: a, at: .version(3)).balance.decimal == "3.00")
    #expect(try book.snapshotResults() == [String](repeating: "ok", count: 5))
  }

  @Test("all accounts at once: those with events since their newest one, and no other")
  func background() throws {
    let book = try Book()
    let accounts = try (0..<300).map { try book.open("a\($0)") }
    #expect(try book.ledger.takeSnapshots() == 300)
    #expect(try book.ledger.takeSnapshots() == 0)
    try book.perform(.deposit(Amount("1"), to: accounts[7]))
    #expect(try book.ledger.takeSnapshots(takenBefore: Instant(micros: 0)) == 0)
    #expect(try book.ledger.takeSnapshots() == 1)
    #expect(try book.ledger.pruneSnapshots(keep: 1, takenBefore: nil) == 1)
    #expect(try book.ledger.pruneSnapshots(of: accounts[7], keep: 0, takenBefore: nil) == 1)
    #expect(try book.ledger.pruneSnapshots(keep: 0, takenBefore: Instant(micros: 0)) == 0)
    #expect(try count(book) == 299)
    #expect(throws: Rejection.accountNotFound(try AccountID("x"))) {
      try book.ledger.pruneSnapshots(of: try AccountID("x"), keep: 0, takenBefore: nil)
    }
    #expect(try book.ledger.verify().events == 301)
  }
}
