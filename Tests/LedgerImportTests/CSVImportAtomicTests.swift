import EventStore
import LedgerDomain
import LedgerKit
import Testing

@testable import LedgerImport

@Suite("CSVImport: all or nothing")
struct CSVImportAtomicTests {
  @Test(
    "one bad row leaves nothing of the file behind",
    arguments: ["2026-03-03,x,abc", "2026-13-01,x,1.00", "2026-03-03,x", "2026-03-03,\"x,1.00"])
  func writesNothingForBadRow(_ bad: String) throws {
    let desk = try ImportDesk()
    let before = try desk.events()
    let refusal = try desk.refusal(
      "Date,Text,Amount\n2026-03-01,a,5.00\n2026-03-02,b,6.00\n\(bad)\n", .plain())
    #expect(refusal.line == 4)
    #expect(refusal.rejection == nil)
    #expect(try desk.events() == before)
  }

  @Test("a byte that the encoding doesn't have leaves nothing of the file behind")
  func writesNothingForForeignByte() throws {
    let desk = try ImportDesk()
    var mapping = try CSVMapping.plain()
    mapping.encoding = "US-ASCII"
    let statement = "Date,Text,Amount\n2026-03-01,a,5.00\n2026-03-02,\u{161},6.00\n"
    #expect(try desk.refusal(statement, mapping).rejection == nil)
    #expect(try desk.movements().isEmpty)
  }

  @Test("one refused row leaves nothing of the file behind and is named with its line")
  func writesNothingForRefusedRow() throws {
    let desk = try ImportDesk()
    let before = try desk.events()
    let refusal = try desk.refusal(
      "Date,Text,Amount\n2026-03-04,a,5.00\n2026-03-03,b,-6.00\n2026-03-01,c,5.00\n", .plain())
    #expect(refusal.line == 3)
    #expect(refusal.rejection?.code == "insufficient_funds")
    #expect(try desk.events() == before)
  }

  @Test("accounts that the file opened are gone with it")
  func opensNothing() throws {
    let desk = try ImportDesk(accounts: [])
    let refusal = try desk.refusal(
      "Account,Date,Amount\na,2026-03-01,5.00\nb,2026-03-02,-6.00\n",
      .manyAccounts.opening())
    #expect(refusal.line == 3)
    #expect(try desk.balances() == [:])
    #expect(try desk.events().isEmpty)
  }

  @Test("after a refused file the ledger takes the corrected one")
  func takesCorrectedFile() throws {
    let desk = try ImportDesk(accounts: [])
    let mapping = CSVMapping.manyAccounts.opening()
    let rows = "Account,Date,Amount\na,2026-03-01,5.00\na,2026-03-02,"
    _ = try desk.refusal(rows + "-6.00\n", mapping)
    let outcome = try desk.run(rows + "-4.00\n", mapping)
    #expect(outcome.result.booked == 2)
    #expect(outcome.result.accountsOpened == 1)
    #expect(try desk.balances() == ["a": "1.00"])
    #expect(try desk.ledger.verify().events == 3)
  }

  @Test("an unknown account refuses the file, as do another currency and the future")
  func refusesByRule() throws {
    let desk = try ImportDesk()
    var euros = try CSVMapping.plain()
    euros.currency = Currency(code: "EUR")
    let statement = "Date,Text,Amount\n2026-03-01,x,1.00\n"
    let samples: [(String, CSVMapping, String)] = [
      (statement, try .plain(account: "ghost"), "account_not_found"),
      (statement, euros, "currency_mismatch"),
      ("Date,Text,Amount\n2026-06-02,x,1.00\n", try .plain(), "effective_in_future"),
    ]
    for (statement, mapping, code) in samples {
      let refusal = try desk.refusal(statement, mapping)
      #expect(refusal.line == 2)
      #expect(refusal.rejection?.code == code)
    }
    #expect(try desk.movements().isEmpty)
  }

  @Test("a row that would have overdrawn a day in the past is refused")
  func refusesPastOverdraft() throws {
    let desk = try ImportDesk()
    try desk.deposit("10.00", to: "checking")
    let refusal = try desk.refusal("Date,Text,Amount\n2026-03-01,x,-5.00\n", .plain())
    #expect(refusal.line == 2)
    #expect(refusal.rejection?.code == "past_overdraft")
  }

  @Test("every event of the import, openings too, has one correlation id and its actor")
  func sharesCorrelationID() throws {
    let desk = try ImportDesk(accounts: [])
    try desk.run(
      "Account,Date,Amount\na,2026-03-01,5.00\nb,2026-03-02,6.00\na,2026-03-03,-1.00\n",
      .manyAccounts.opening())
    let headers = try desk.events().map(\.commit.header)
    #expect(headers.count == 5)
    #expect(Set(headers.map(\.correlationID)) == ["import"])
    #expect(Set(headers.map(\.actor)) == ["clerk"])
  }

  @Test("each row is a commit of its own, and the result knows the last position")
  func commitsEachRow() throws {
    let desk = try ImportDesk()
    let outcome = try desk.run(
      "Date,Text,Amount\n2026-03-02,a,5.00\n2026-03-01,b,6.00\n", .plain())
    let events = try desk.events()
    #expect(Set(events.map(\.commit.header.number)).count == 3)
    #expect(outcome.result.position == events.last?.position)
    #expect(outcome.receipts.map(\.line) == [3, 2])
  }
}
