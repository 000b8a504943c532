import EventStore
import LedgerDomain
import Testing

@testable import LedgerKit

/// Histories that no command makes, written below the rules.
@Suite("The replay of a wrong history")
struct ReplayBugTests {
  private let book: Book
  private let account: AccountID

  /// Opened in USD, then 100.00 in and 40.00 out: version 2.
  init() throws {
    book = try Book()
    account = try book.open("a")
    try book.perform(.deposit(Amount("100"), to: account, description: "Pay"))
    try book.perform(.withdraw(Amount("40"), from: account))
  }

  /// Records an event with neither rules, catalog nor projections.
  private func append(
    _ type: String, _ data: String, version: Int64 = 2, to account: AccountID? = nil,
    at effectiveAt: Instant? = nil
  ) throws {
    let clock = book.clockMicros + 1_000
    book.clockMicros = clock
    let store = try EventStore(
      path: book.path, access: .readWrite,
      configuration: .init(applicationID: Ledger.applicationID, clockMicros: { clock }))
    _ = try store.write { transaction in
      try transaction.append(
        Book.commit(type, version, data, account ?? self.account, effectiveAt))
    }
  }

  private static func movement(
    _ amount: String, _ balanceAfter: String, _ currency: String = "USD"
  ) -> String {
    #"{"amount":"\#(amount)","currency":"\#(currency)","balanceAfter":"\#(balanceAfter)"}"#
  }

  private static let wrong: [(type: String, data: String, version: Int64, problem: String)] = [
    (
      "MoneyWithdrawn", movement("100.00", "-40.00"), 2,
      "it should have been refused: insufficient_funds: a has 60.00 USD available, 100.00"
    ),
    (
      "AccountCreated", #"{"accountId":"a","currency":"USD","overdraftLimit":"0.00"}"#, 2,
      "it should have been refused: account_exists: "
    ),
    (
      "MoneyDeposited", movement("5.00", "65.00", "EUR"), 2,
      "it should have been refused: currency_mismatch: "
    ),
    (
      "MoneyDeposited", movement("92233720368547758.07", "92233720368547758.07"), 2,
      "it should have been refused: amount_overflow: "
    ),
    ("AccountClosed", "{}", 2, "it should have been refused: balance_not_zero: "),
    (
      "MoneyDeposited", movement("5.00", "66.00"), 2,
      "its balanceAfter is 66.00 USD, but the events up to it add up to 65.00 USD"
    ),
    ("MoneyBurnt", movement("5.00", "55.00"), 2, "the event type 'MoneyBurnt' is unknown"),
    ("MoneyDeposited", movement("5.00", "65.00"), 3, "version 3 of 'MoneyDeposited' is unknown"),
    ("MoneyDeposited", #"{"amount":5}"#, 2, "its currency is missing, or is no text"),
    ("MoneyDeposited", #"{"amount":"5"}"#, 1, "version 1 of 'MoneyDeposited' can't be upcast"),
  ]

  @Test("stops at the wrong event, shows it, and says what is wrong", arguments: wrong)
  func wrongEvent(_ type: String, _ data: String, _ version: Int64, _ problem: String) throws {
    try append(type, data, version: version)
    try append("MoneyDeposited", Self.movement("1.00", "61.00"))
    let (found, course) = try book.replay(account)
    let bug = try #require(found.bug)
    #expect(bug.version == 3 && bug.position == 4)
    #expect(bug.problem.hasPrefix(problem), "\(bug.problem)")
    #expect(bug.event?.text == data && bug.event?.commit.header.actor == "teller")
    #expect(course.count == 4 && course.last?.hasPrefix("#3 \(type) ") == true)
    #expect(found.events == 3 && found.balance?.text == "60.00 USD")
    #expect(try book.replay(account, through: 2).found.bug == nil)
    #expect(throws: (any Error).self) { try book.reopened().verify() }
  }

  @Test("shows no balance after an event where there is none")
  func noBalance() throws {
    try append("MoneyDeposited", Self.movement("92233720368547758.07", "0.00"))
    #expect(
      try book.replay(account).course.last
        == "#3 MoneyDeposited 92233720368547758.07 60.00 -")
  }

  @Test("finds what happened after the close")
  func afterClose() throws {
    try book.perform(.withdraw(Amount("60"), from: account))
    try book.perform(.close(account))
    try append("MoneyDeposited", Self.movement("1.00", "1.00"))
    let bug = try #require(try book.replay(account).found.bug)
    #expect(bug.version == 5)
    #expect(bug.problem.hasPrefix("it should have been refused: account_closed: "))
  }

  @Test("finds what happened before the opening")
  func beforeOpening() throws {
    let ghost = try AccountID("ghost")
    try append("MoneyDeposited", Self.movement("1.00", "1.00"), to: ghost)
    let (found, course) = try book.replay(ghost)
    #expect(found.bug?.version == 0 && found.events == 0 && found.balance == nil)
    #expect(found.bug?.problem.hasPrefix("it should have been refused: account_not_found") == true)
    #expect(course == ["#0 MoneyDeposited 1.00 - 1.00"])
  }

  @Test("finds a late event that overdraws what came before another")
  func pastOverdraft() throws {
    let opening = try #require(try book.events().first).commit.header.effectiveAtMicros
    try append(
      "MoneyWithdrawn", Self.movement("10.00", "50.00"), at: Instant(micros: opening))
    let bug = try #require(try book.replay(account).found.bug)
    #expect(bug.version == 3)
    #expect(bug.problem.hasPrefix("it should have been refused: past_overdraft: "))
  }

  private static let edits: [(table: String, edit: String, version: Int64?, problem: String)] = [
    (
      "recorded_events", "UPDATE recorded_events SET stream_position = 7 WHERE position = 3", 7,
      "its stream position is 7, expected 2"
    ),
    (
      "recorded_events", "DELETE FROM recorded_events WHERE position = 2", 2,
      "its stream position is 2, expected 1"
    ),
    (
      "recorded_events", "UPDATE recorded_events SET position = -1 WHERE position = 2", 1,
      "its position is not above 1, that of the event before it"
    ),
    (
      "commits",
      """
      UPDATE commits SET recorded_at_us =
        (SELECT recorded_at_us FROM commits WHERE commit_number = 1) WHERE commit_number = 2
      """, 1, "it was recorded at 2027-01-15T08:00:00.00000"
    ),
    (
      "commits",
      "UPDATE commits SET effective_at_us = recorded_at_us + 1 WHERE commit_number = 2", 1,
      "it counts from 2027-01-15T08:00:00.00000"
    ),
    (
      "commits", "UPDATE commits SET effective_at_us = 9223372036854775807", nil,
      "its commit has an impossible number, position or time"
    ),
    (
      "recorded_events",
      "UPDATE recorded_events SET data = replace(data, '100.00', '900.00') WHERE position = 2", 2,
      "its balanceAfter is 60.00 USD, but the events up to it add up to 860.00 USD"
    ),
  ]

  @Test("finds what somebody changed in the file", arguments: edits)
  func changedFile(_ table: String, _ edit: String, _ version: Int64?, _ problem: String) throws {
    try book.drop(guardsOf: table)
    try RawFile(book.path).run(edit)
    let bug = try #require(try book.replay(account).found.bug)
    #expect(bug.version == version)
    #expect((bug.event == nil) == (version == nil))
    #expect(bug.problem.hasPrefix(problem), "\(bug.problem)")
  }

  @Test(
    "compares what is kept of the account after its last event",
    arguments: [
      ("SET balance_minor = 6100", "has balance 61.00 USD for a, but its events make 60.00 USD"),
      ("SET currency = 'EUR'", "has balance 60.00 EUR for a, but its events make 60.00 USD"),
      ("SET currency = 'ZZZ'", "can't be read: the currency 'ZZZ' is unknown"),
      ("SET overdraft_limit_minor = 1", "has overdraft limit 0.01 USD for a, but its events make"),
      ("SET is_closed = 1", "has closed = true for a, but its events make false"),
      ("SET version = 1", "has version 1 for a, but its events make 2"),
      ("SET last_position = 2", "has position 2 for a, but its events make 3"),
      ("SET last_position = 99", "has no row for a at any event"),
    ])
  func storedBalance(_ edit: String, _ problem: String) throws {
    try RawFile(book.path).run("UPDATE account_balances \(edit)")
    let (found, course) = try book.replay(account)
    let bug = try #require(found.bug)
    #expect(bug.version == 2 && bug.position == 3 && bug.event == nil)
    #expect(bug.problem.hasPrefix("account_balances \(problem)"), "\(bug.problem)")
    #expect(found.events == 3 && course.count == 3)
  }
}
