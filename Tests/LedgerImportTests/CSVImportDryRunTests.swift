import EventStore
import LedgerDomain
import LedgerKit
import Testing

@testable import LedgerImport

@Suite("CSVImport: dry run")
struct CSVImportDryRunTests {
  private static let statement = """
    Account,Date,Amount
    a,2026-03-02,-4.00
    a,2026-03-01,10.00
    b,2026-03-01,-1.00
    b,2026-03-01,x
    c,2026-03-03,3.00

    """

  @Test("a dry run writes nothing, opens nothing and reports everything")
  func writesNothing() throws {
    let desk = try ImportDesk(accounts: ["other"])
    let events = try desk.events()
    let outcome = try desk.run(Self.statement, .manyAccounts.opening(), .dryRun)
    #expect(outcome.result.rows == 5)
    #expect(outcome.result.booked == 3)
    #expect(outcome.result.refused == 1)
    #expect(outcome.result.malformed == 1)
    #expect(outcome.result.accountsOpened == 2)
    #expect(outcome.problems.map(\.line).sorted { ($0 ?? 0) < ($1 ?? 0) } == [4, 5])
    #expect(outcome.receipts.map(\.line) == [3, 2, 6])
    #expect(try desk.events() == events)
    #expect(try desk.balances() == ["other": "0.00"])
  }

  @Test("the import after a dry run comes to the same counts")
  func foretellsImport() throws {
    let desk = try ImportDesk(accounts: [])
    let mapping = CSVMapping.manyAccounts.opening()
    let rehearsed = try desk.run(Self.statement, mapping, .dryRun)
    let imported = try desk.run(Self.statement, mapping, .each)
    #expect(rehearsed.result == imported.result)
    #expect(try desk.balances() == ["a": "6.00", "c": "3.00"])
    #expect(try desk.ledger.verify().events == 5)
  }

  @Test("a dry run of what was imported says that all of it is there")
  func recognisesImportedRows() throws {
    let desk = try ImportDesk()
    let statement = "Date,Text,Amount\n2026-03-01,a,5.00\n2026-03-02,b,-1.00\n"
    try desk.run(statement, .plain())
    let outcome = try desk.run(statement, .plain(), .dryRun)
    #expect(outcome.result.replayed == 2)
    #expect(outcome.result.booked == 0)
  }

  @Test("a dry run reports differences to the bank's balance")
  func reportsDifferences() throws {
    let desk = try ImportDesk()
    var mapping = try CSVMapping.plain()
    mapping.balanceColumn = "Balance"
    let outcome = try desk.run(
      "Date,Text,Amount,Balance\n2026-03-01,a,5.00,6.00\n", mapping, .dryRun)
    #expect(outcome.result.balanceDifferences == 1)
    #expect(try desk.movements().isEmpty)
  }
}
