import EventStore
import LedgerDomain
import LedgerKit
import Testing

/// Events that version 1 of the program stored, on every path of this one.
@Suite("Events of version 1")
struct Version1EventTests {
  @Test("are in balances and lists of accounts, the holder's name too")
  func balances() throws {
    let book = try Book()
    let ada = try book.openOldAccount()
    #expect(try book.balance(ada) == "74.50")
    let summary = try #require(try book.accounts().first)
    #expect(summary.holder == "Ada Lovelace")
    #expect(summary.version == 2)
    #expect(summary.overdraftLimit.text == "0.00 USD")
    #expect(!summary.isClosed)
    #expect(try book.reopened().balance(of: ada).holder == "Ada Lovelace")
    try book.perform(.change(ada, holder: "Ada King"))
    #expect(try book.ledger.balance(of: ada).holder == "Ada King")
  }

  @Test("are in histories, in effective order and with their descriptions")
  func histories() throws {
    let book = try Book()
    let ada = try book.openOldAccount()
    try book.perform(
      .deposit(Amount("1"), to: ada, description: "Found later"),
      at: Instant(micros: book.clockMicros - 1_200_000_000))
    #expect(
      try book.history(ada) == [
        "100.00 100.00 Payroll", "1.00 101.00 Found later", "-25.50 75.50",
      ])
  }

  @Test("are in balances of the past on every cut")
  func timeTravel() throws {
    let book = try Book()
    let start = book.clockMicros
    let ada = try book.openOldAccount()
    try book.perform(.deposit(Amount("0.50"), to: ada))
    func balance(_ cut: Cut) throws -> String {
      try book.ledger.balance(of: ada, at: cut).balance.decimal
    }
    #expect(try (0...3).map { try balance(.version($0)) } == ["0.00", "100.00", "74.50", "75.00"])
    #expect(try (1...4).map { try balance(.position($0)) } == ["0.00", "100.00", "74.50", "75.00"])
    func secondsAgo(_ seconds: Int64) -> Instant { Instant(micros: start - seconds * 1_000_000) }
    let effective = [(1_500, "100.00"), (1_499, "100.00"), (1_000, "74.50"), (1_501, "0.00")]
    for (seconds, expected) in effective {
      let cut = Cut.instants(effective: secondsAgo(Int64(seconds)), known: nil)
      #expect(try balance(cut) == expected, "\(seconds) seconds ago")
    }
    let times = try book.events().map(\.commit.header.recordedAtMicros)
    for (time, expected) in zip(times, ["0.00", "100.00", "74.50", "75.00"]) {
      let known = Instant(micros: time)
      #expect(try balance(.instants(effective: nil, known: known)) == expected)
    }
    let both = Cut.instants(effective: secondsAgo(1_200), known: Instant(micros: times[2]))
    #expect(try balance(both) == "100.00")
    #expect(throws: Rejection.accountNotThereYet(ada)) {
      try balance(.instants(effective: secondsAgo(2_001), known: nil))
    }
  }

  @Test("come in the current version to readers, and as stored to those who ask for that")
  func reading() throws {
    let book = try Book()
    let ada = try book.openOldAccount()
    let events = try book.events(try book.ledger.query(of: ada))
    #expect(
      events.map(\.text) == [
        #"{"accountId":"ada","currency":"USD","overdraftLimit":"0.00"}"#,
        #"{"amount":"100.00","currency":"USD"}"#, #"{"amount":"25.50","currency":"USD"}"#,
      ])
    #expect(events.map(\.version) == [2, 2, 2])
    #expect(events.map { $0.personalText?.field } == ["holder", "description", nil])
    #expect(events.map { $0.personalText?.text } == ["Ada Lovelace", "Payroll", nil])
    var query = EventQuery()
    query.isRaw = true
    let stored = try book.events(query)
    #expect(stored.map(\.version) == [1, 1, 1])
    #expect(
      stored.map(\.text) == [
        #"{"accountId": "ada", "currency": "USD", "name": "Ada Lovelace"}"#,
        #"{"amount": 100.00, "currency": "USD", "description": "Payroll"}"#,
        #"{"amount": 2.55e1, "currency": "USD"}"#,
      ])
    #expect(stored.allSatisfy { $0.personalText == nil })
  }

  @Test("are counted by type and version, and the dry run reads all of them")
  func examination() throws {
    let book = try Book()
    let ada = try book.openOldAccount()
    try book.perform(.deposit(Amount("1"), to: ada))
    let found = try book.ledger.examineEvents { Issue.record("\($0)") }
    #expect(
      found.map { "\($0.eventType) \($0.version): \($0.events)" } == [
        "AccountCreated 1: 1", "MoneyDeposited 1: 1", "MoneyDeposited 2: 1", "MoneyWithdrawn 1: 1",
      ])
    #expect(found.allSatisfy { $0.unreadable == 0 })
  }
}
