import EventStore
import LedgerDomain
import LedgerKit
import Testing

@testable import LedgerImport

@Suite("CSVImport: each row by itself")
struct CSVImportEachTests {
  private static let statement = """
    Date,Text,Amount,Ref
    2026-03-01,in,10.00,1
    2026-03-02,too much,-50.00,2
    2026-03-03,bad,x,3
    2026-03-04,out,-4.00,4
    2026-03-05,short,-1.00
    2026-07-01,future,1.00,6

    """

  @Test("the other rows are booked, and what is refused or malformed is counted and named")
  func booksOthers() throws {
    let desk = try ImportDesk()
    let outcome = try desk.run(Self.statement, .withIDs(), .each)
    #expect(outcome.result.rows == 6)
    #expect(outcome.result.booked == 2)
    #expect(outcome.result.refused == 2)
    #expect(outcome.result.malformed == 2)
    #expect(try desk.movements() == ["2026-03-01 10.00 in", "2026-03-04 -4.00 out"])
    let refused = outcome.problems.filter { $0.rejection != nil }
    #expect(refused.map(\.line) == [3, 7])
    #expect(refused.map(\.rejection?.code) == ["insufficient_funds", "effective_in_future"])
    let malformed = outcome.problems.filter { $0.rejection == nil }
    #expect(malformed.map(\.place) == ["4:3", "6:4"])
  }

  @Test("a refused row opens no account")
  func opensNoAccountForRefusedRow() throws {
    let desk = try ImportDesk(accounts: [])
    let outcome = try desk.run(
      """
      Account,Date,Amount
      poor,2026-03-01,-1.00
      rich,2026-03-02,5.00
      late,2026-07-01,5.00
      odd,2026-03-02,0.00
      """, .manyAccounts.opening(), .each)
    #expect(outcome.result.booked == 1)
    #expect(outcome.result.refused == 2)
    #expect(outcome.result.malformed == 1)
    #expect(outcome.result.accountsOpened == 1)
    #expect(try desk.balances() == ["rich": "5.00"])
    #expect(try desk.events().count == 2)
  }

  @Test("a refused transfer opens neither account, and one account is opened if the other is there")
  func opensAccountsOfTransfers() throws {
    let desk = try ImportDesk(accounts: ["a"], limit: "5.00")
    let outcome = try desk.run(
      """
      From,To,Date,Amount
      x,y,2026-03-01,1.00
      a,b,2026-03-02,5.00
      a,c,2026-03-03,5.00
      z,z,2026-03-03,1.00
      """, .transfers.opening(), .each)
    #expect(outcome.result.booked == 1)
    #expect(outcome.problems.map(\.line) == [2, 4, 5])
    #expect(outcome.result.accountsOpened == 1)
    #expect(try desk.balances() == ["a": "-5.00", "b": "5.00"])
  }

  @Test("rows that were refused before are tried again")
  func triesRefusedRowsAgain() throws {
    let desk = try ImportDesk()
    let first = try desk.run(Self.statement, .withIDs(), .each)
    #expect(first.result.booked == 2)
    var earlier = CommandOptions(actor: "clerk")
    earlier.effectiveAt = try Instant(parsing: "2026-02-01", edge: .start, now: .earliest)
    _ = try desk.ledger.perform(
      .deposit(Amount("100.00"), to: try AccountID("checking")), earlier)
    let second = try desk.run(Self.statement, .withIDs(), .each)
    #expect(second.result.booked == 1)
    #expect(second.result.replayed == 2)
    #expect(second.result.refused == 1)
    #expect(try desk.balances() == ["checking": "56.00"])
  }

  @Test("rows that were malformed before are booked once they are right")
  func booksCorrectedRows() throws {
    let desk = try ImportDesk()
    try desk.run("Date,Text,Amount\n2026-03-01,a,5.00\n2026-03-02,b,x\n", .plain(), .each)
    let again = try desk.run(
      "Date,Text,Amount\n2026-03-01,a,5.00\n2026-03-02,b,7.00\n", .plain(), .each)
    #expect(again.result.booked == 1)
    #expect(again.result.replayed == 1)
    #expect(try desk.balances() == ["checking": "12.00"])
  }

  @Test("a malformed row doesn't count among identical ones")
  func countsIdenticalRowsWithoutBadOnes() throws {
    let desk = try ImportDesk()
    let good = "2026-03-01,a,5.00\n"
    try desk.run("Date,Text,Amount\n\(good)2026-03-01,a,x\n\(good)", .plain(), .each)
    #expect(try desk.run("Date,Text,Amount\n\(good)\(good)", .plain()).result.replayed == 2)
  }

  @Test(
    "what can't be told apart to the end of a file is one malformed row; those before are booked",
    arguments: [true, false])
  func booksUpToUnreadableEnd(_ isDated: Bool) throws {
    let desk = try ImportDesk()
    var mapping = try CSVMapping.plain()
    if !isDated { mapping.dateColumn = nil }
    let rows = "2026-03-01,a,5.00\n2026-03-01,b,6.00\n2026-03-01,\"c,1.00\n"
    let outcome = try desk.run("Date,Text,Amount\n" + rows, mapping, .each)
    #expect(outcome.result.rows == 3)
    #expect(outcome.result.booked == 2)
    #expect(outcome.result.malformed == 1)
    #expect(outcome.problems.map(\.place) == ["4:2"])
    #expect(try desk.balances() == ["checking": "11.00"])
  }

  @Test("a file of more rows than a transaction takes is booked as one of few")
  func spansTransactions() throws {
    let rows = 8_193
    var mapping = try CSVMapping.plain()
    mapping.balanceColumn = "Balance"
    let days = (1...rows).map { "2026-03-01,\($0),1.00,\($0 == rows ? "\(rows).00" : "")\n" }
    let statement =
      "Date,Text,Amount,Balance\n" + days.joined() + "2026-03-01,out,-9000.00,\n"
    let desk = try ImportDesk()
    let outcome = try desk.run(statement, mapping, .each)
    #expect(outcome.result.booked == Int64(rows))
    #expect(outcome.result.balanceDifferences == 0)
    #expect(outcome.problems.map(\.line) == [rows + 2])
    #expect(try desk.balances() == ["checking": "\(rows).00"])
    #expect(try desk.run(statement, mapping, .each).result.replayed == Int64(rows))
  }

  @Test("a file without the mapped columns is an error in any mode")
  func needsColumns() throws {
    for mode in [CSVImport.Mode.each, .dryRun, .allOrNothing] {
      #expect(try ImportDesk().refusal("Date,Text\n2026-03-01,a\n", .plain(), mode).line == 1)
    }
  }
}
