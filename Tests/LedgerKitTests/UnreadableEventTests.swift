import EventStore
import LedgerDomain
import LedgerKit
import Testing

/// An event that only a newer version of the program can read.
@Suite("An event of an unknown type or version")
struct UnreadableEventTests {
  /// An account whose event at position 3, of four, this build can't read; another one without.
  private func book(_ type: String, _ version: Int64) throws -> (Book, AccountID) {
    let book = try Book()
    let account = try book.open("a")
    try book.perform(.deposit(Amount("5"), to: account))
    try book.storeUnreadable(type, version: version, of: account)
    book.clockMicros = 1_900_000_000_000_001
    _ = try book.open("b")
    return (book, account)
  }

  private static let unreadable: [(type: String, version: Int64, problem: String)] = [
    ("MoneyBurnt", 1, "the event type 'MoneyBurnt' is unknown to this version, which knows: Acc"),
    ("MoneyBurnt", 2, "the event type 'MoneyBurnt' is unknown to this version, which knows: Acc"),
    ("moneyDeposited", 2, "the event type 'moneyDeposited' is unknown to this version"),
    ("MoneyDeposited", 3, "version 3 of 'MoneyDeposited' is unknown to this version, which"),
    ("AccountChanged", 1, "version 1 of 'AccountChanged' is unknown to this version"),
    ("AccountClosed", 0, "version 0 of 'AccountClosed' is unknown to this version"),
    ("AccountCreated", -1, "version -1 of 'AccountCreated' is unknown to this version"),
  ]

  @Test(
    "stops every path with its name and its position", arguments: unreadable)
  func stops(_ type: String, _ version: Int64, _ problem: String) throws {
    let (book, account) = try book(type, version)
    let ledger = try book.reopened(.readWrite)
    func expectStop(_ path: String, _ body: () throws -> Void) {
      let error = #expect(throws: EventDecodingError.self, "\(path)") { try body() }
      #expect(error?.position == 3, "\(path)")
      #expect(error?.problem.hasPrefix(problem) == true, "\(path): \(error?.problem ?? "")")
    }
    for cut in [Cut.version(2), .position(4), .instants(effective: nil, known: .latest)] {
      expectStop("balance at \(cut)") { _ = try ledger.balance(of: account, at: cut) }
    }
    expectStop("history") { try ledger.forEachMovement(of: account) { _ in } }
    expectStop("events") { try ledger.forEachEvent(EventQuery()) { _ in } }
    expectStop("audit") { try ledger.forEachEvent(ledger.query(of: account)) { _ in } }
    expectStop("export") { try ledger.forEachStoredCommit { _ in } }
    expectStop("snapshot") { _ = try ledger.takeSnapshot(of: account) }
    expectStop("command") {
      _ = try ledger.perform(.deposit(Amount("1"), to: account), CommandOptions(actor: "t"))
    }
    let damage = try #require(throws: StoreFileError.self) { try ledger.verify() }
    guard case .damaged(_, 3, let found) = damage else {
      Issue.record("\(damage)")
      return
    }
    #expect(found.hasPrefix(problem))
  }

  @Test("stops a projection from being built again", arguments: unreadable)
  func stopsRebuild(_ type: String, _ version: Int64, _ problem: String) throws {
    let (book, _) = try book(type, version)
    try RawFile(book.path).run("DELETE FROM projections")
    let ledger = try book.reopened(.readWrite)
    let other = try AccountID("b")
    let error = try #require(throws: EventDecodingError.self) {
      try ledger.perform(.deposit(Amount("1"), to: other), CommandOptions(actor: "t"))
    }
    #expect(error.problem.hasPrefix(problem))
  }

  @Test("is never skipped: what comes before it is handed out, and nothing after")
  func isNotSkipped() throws {
    let (book, account) = try book("MoneyBurnt", 1)
    var seen: [Int64] = []
    _ = try? book.ledger.forEachEvent(EventQuery()) { seen.append($0.position) }
    #expect(seen == [1, 2])
    seen = []
    _ = try? book.ledger.forEachStoredCommit { seen += $0.map(\.position) }
    #expect(seen == [1, 2] || seen == [1])
    #expect(try book.ledger.balance(of: account, at: .version(1)).balance.decimal == "5.00")
    #expect(try book.ledger.balance(of: account, at: .position(2)).balance.decimal == "5.00")
  }

  @Test("does not concern other accounts, and is shown to those who ask for what is stored")
  func others() throws {
    let (book, _) = try book("MoneyBurnt", 7)
    let other = try AccountID("b")
    try book.perform(.deposit(Amount("1"), to: other))
    #expect(try book.ledger.balance(of: other, at: .version(1)).balance.decimal == "1.00")
    var query = EventQuery()
    query.isRaw = true
    let stored = try book.events(query)
    #expect(stored.map(\.version) == [2, 2, 7, 2, 2])
    #expect(stored[2].text == #"{"amount":"1.00","currency":"USD","balanceAfter":"1.00"}"#)
  }

  @Test("is counted and listed by the dry run, which goes on")
  func examination() throws {
    let (book, account) = try book("MoneyBurnt", 1)
    try book.storeUnreadable("MoneyDeposited", version: 3, of: account)
    try book.storeUnreadable("MoneyBurnt", version: 1, of: account)
    var problems: [Int64] = []
    let found = try book.ledger.examineEvents { problems.append($0.position) }
    #expect(problems == [3, 5, 6])
    #expect(
      found.map { "\($0.eventType) \($0.version): \($0.unreadable) of \($0.events)" } == [
        "AccountCreated 2: 0 of 2", "MoneyBurnt 1: 2 of 2", "MoneyDeposited 2: 0 of 1",
        "MoneyDeposited 3: 1 of 1",
      ])
  }
}
