import EventStore
import LedgerDomain
import LedgerKit
import Testing

@testable import LedgerImport

@Suite("CSVImport: opening accounts")
struct OpenAccountsTests {
  @Test("an unknown account is opened at the instant of its first row, with the limit")
  func opensAtFirstRow() throws {
    let desk = try ImportDesk(accounts: [])
    let outcome = try desk.run(
      "Account,Date,Amount\na,2026-03-05,-20.00\na,2026-03-02,-5.00\nb,2026-03-04,1.00\n",
      .manyAccounts.opening(limit: "25.00"))
    #expect(outcome.result.accountsOpened == 2)
    let summary = try desk.ledger.balance(of: try AccountID("a"))
    #expect(summary.overdraftLimit.decimal == "25.00")
    #expect(summary.balance.text == "-25.00 USD")
    let events = try desk.events()
    let openings = events.filter { $0.streamPosition == 0 }
    #expect(
      openings.map { "\(Instant(micros: $0.commit.header.effectiveAtMicros))" } == [
        "2026-03-02T00:00:00.000000Z", "2026-03-04T00:00:00.000000Z",
      ])
    #expect(events.map(\.streamPosition) == [0, 1, 0, 1, 2])
  }

  @Test("an opened account isn't there before its first row")
  func isNotThereBefore() throws {
    let desk = try ImportDesk(accounts: [])
    try desk.run("Account,Date,Amount\na,2026-03-02,5.00\n", .manyAccounts.opening())
    let account = try AccountID("a")
    let before = try Instant(parsing: "2026-03-01", edge: .end, now: .earliest)
    #expect(throws: Rejection.accountNotThereYet(account)) {
      try desk.ledger.balance(of: account, at: .instants(effective: before, known: nil))
    }
  }

  @Test("a known account keeps its limit")
  func keepsKnownAccount() throws {
    let desk = try ImportDesk(accounts: ["a"], limit: "1.00")
    let refusal = try desk.refusal(
      "Account,Date,Amount\na,2026-03-01,-2.00\n", .manyAccounts.opening(limit: "50.00"))
    #expect(refusal.rejection?.code == "insufficient_funds")
  }

  @Test("a second import opens nothing")
  func opensOnce() throws {
    let desk = try ImportDesk(accounts: [])
    let mapping = CSVMapping.manyAccounts.opening()
    let statement = "Account,Date,Amount\na,2026-03-01,5.00\nb,2026-03-01,5.00\n"
    #expect(try desk.run(statement, mapping).result.accountsOpened == 2)
    #expect(try desk.run(statement, mapping).result.accountsOpened == 0)
    let later = try desk.run("Account,Date,Amount\na,2026-03-02,5.00\nc,2026-03-02,1.00\n", mapping)
    #expect(later.result.accountsOpened == 1)
  }

  @Test("both accounts of a transfer are opened, before it")
  func opensBothOfTransfer() throws {
    let desk = try ImportDesk(accounts: [])
    let outcome = try desk.run(
      "From,To,Date,Amount\na,b,2026-03-02,5.00\nb,a,2026-03-01,5.00\n",
      .transfers.opening(limit: "5.00"))
    #expect(outcome.result.accountsOpened == 2)
    #expect(try desk.balances() == ["a": "0.00", "b": "0.00"])
    #expect(try desk.events().map(\.streamPosition) == [0, 0, 1, 1, 2, 2])
  }

  @Test("a closed account is not opened again")
  func leavesClosedAccount() throws {
    let desk = try ImportDesk(accounts: ["a"])
    try desk.perform(.close(try AccountID("a")))
    let refusal = try desk.refusal(
      "Account,Date,Amount\na,2026-03-01,5.00\n", .manyAccounts.opening())
    #expect(refusal.rejection?.code == "account_closed")
  }

  @Test("without it, an unknown account is refused and none is opened")
  func opensNoneUnasked() throws {
    let desk = try ImportDesk(accounts: [])
    let refusal = try desk.refusal("Account,Date,Amount\na,2026-03-01,5.00\n", .manyAccounts)
    #expect(refusal.rejection?.code == "account_not_found")
    #expect(try desk.events().isEmpty)
  }
}
