import EventStore
import LedgerDomain
import TestSupport
import Testing

@testable import LedgerKit

@Suite("The replay of an account")
struct AccountReplayTests {
  private let book: Book
  private let account: AccountID

  init() throws {
    book = try Book()
    account = try book.open("a")
  }

  @Test("shows each event with the balance before and after it, in order of recording")
  func course() throws {
    let other = try book.open("b", limit: "50")
    try book.perform(.deposit(Amount("100"), to: account, description: "Pay"))
    try book.perform(.transfer(Amount("30"), from: account, to: other))
    try book.perform(.change(account, overdraftLimit: Amount("5")))
    try book.perform(.withdraw(Amount("70"), from: account))
    try book.perform(.close(account))
    #expect(
      try book.replay(account).course == [
        "#0 AccountCreated - - 0.00", "#1 MoneyDeposited 100.00 0.00 100.00",
        "#2 MoneyWithdrawn -30.00 100.00 70.00", "#3 AccountChanged - 70.00 70.00",
        "#4 MoneyWithdrawn -70.00 70.00 0.00", "#5 AccountClosed - 0.00 0.00",
      ])
    let found = try book.replay(account).found
    #expect(found.bug == nil && found.events == 6 && found.balance?.text == "0.00 USD")
  }

  @Test("goes up to a version and no further")
  func range() throws {
    for _ in 0..<4 { try book.perform(.deposit(Amount("1"), to: account)) }
    try RawFile(book.path).run("UPDATE account_balances SET balance_minor = 7")
    for version in 0...3 as ClosedRange<Int64> {
      let (found, course) = try book.replay(account, through: version)
      #expect(found.bug == nil && found.events == version + 1 && course.count == found.events)
    }
    #expect(try book.replay(account, through: 4).found.bug?.version == 4)
    #expect(try book.replay(account, through: .max).found.bug?.version == 4)
  }

  @Test("of nobody is refused")
  func nobody() throws {
    let nobody = try AccountID("nobody")
    #expect(throws: Rejection.accountNotFound(nobody)) { try book.replay(nobody) }
  }

  @Test("finds nothing wrong in events of version 1, nor where text was erased")
  func soundOddities() throws {
    let old = try book.openOldAccount()
    #expect(try book.replay(old).found.bug == nil)
    #expect(try book.replay(old).course.last == "#2 MoneyWithdrawn -25.50 100.00 74.50")
    try book.perform(.deposit(Amount("1"), to: account, description: "Secret"))
    _ = try book.ledger.erase(.init(.positions([5]), actor: "tester", reason: "asked"))
    #expect(try book.replay(account).found.bug == nil)
  }

  @Test("takes the past's overdraft for right only where leave was given")
  func pastOverdraft() throws {
    let past = Instant(micros: book.clockMicros - 60_000_000)
    try book.perform(.deposit(Amount("100"), to: account))
    try book.perform(.withdraw(Amount("40"), from: account), at: past) {
      $0.allowsPastOverdraft = true
      $0.reason = "found late"
    }
    #expect(try book.replay(account).found.bug == nil)
    try book.drop(guardsOf: "commits")
    try RawFile(book.path).run("UPDATE commits SET metadata = NULL")
    let bug = try #require(try book.replay(account).found.bug)
    #expect(bug.version == 2)
    #expect(bug.problem.hasPrefix("it should have been refused: past_overdraft: "))
  }

  @Test("finds nothing wrong in 400 random commands, late ones too, on three accounts")
  func random() throws {
    var random = SeededRandom(seed: 20)
    let accounts = [account, try book.open("b", limit: "20"), try book.open("c")]
    var done = 0
    for _ in 0..<400 {
      let amount = Amount("\(Int.random(in: 1...40, using: &random))")
      let pair = accounts.shuffled(using: &random)
      let command: Command =
        switch Int.random(in: 0..<4, using: &random) {
        case 0: .deposit(amount, to: pair[0])
        case 1: .withdraw(amount, from: pair[0])
        case 2: .transfer(amount, from: pair[0], to: pair[1])
        default: .change(pair[0], overdraftLimit: amount)
        }
      let late = Int64.random(in: 0...2_000, using: &random)
      let at = Instant(micros: book.clockMicros - late)
      let outcome = try book.attempt(command, at: late % 3 == 0 ? at : nil) {
        $0.allowsPastOverdraft = late % 2 == 0
        $0.reason = "test"
      }
      if case .success = outcome { done += 1 }
    }
    #expect(done > 200)
    for account in accounts { #expect(try book.replay(account).found.bug == nil) }
  }
}

extension Book {
  /// What a replay found, and what it showed: `#2 MoneyWithdrawn -30.00 100.00 70.00`.
  @discardableResult
  func replay(
    _ account: AccountID, through version: Int64? = nil
  ) throws -> (found: Replay, course: [String]) {
    var course: [String] = []
    let found = try reopened().replay(account, through: version) { event in
      let amounts = [event.amount, event.balanceBefore, event.balanceAfter]
      let texts = amounts.map { $0?.decimal ?? "-" }.joined(separator: " ")
      course.append("#\(event.recorded.streamPosition) \(event.recorded.type) \(texts)")
    }
    return (found, course)
  }

  /// Takes the guards off `table`.
  func drop(guardsOf table: String) throws {
    for operation in ["insert", "update", "delete"] {
      try RawFile(path).run("DROP TRIGGER \(table)_refuses_\(operation)")
    }
  }
}
