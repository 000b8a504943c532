import EventStore
import LedgerDomain
import LedgerKit
import Testing

@testable import LedgerImport

@Suite("CSVImport: the same rows again")
struct CSVImportRepeatTests {
  private static let statement = """
    Date,Text,Amount,Ref
    2026-03-01,Salary,100.00,r1
    2026-03-02,Coffee,-3.50,r2

    """

  @Test("importing a file again books nothing", arguments: [CSVImport.Mode.allOrNothing, .each])
  func booksNothingAgain(_ mode: CSVImport.Mode) throws {
    let desk = try ImportDesk()
    let first = try desk.run(Self.statement, .withIDs(), mode)
    let events = try desk.events()
    let second = try desk.run(Self.statement, .withIDs(), mode)
    #expect(first.result.booked == 2)
    #expect(second.result.booked == 0)
    #expect(second.result.replayed == 2)
    #expect(second.result.position == first.result.position)
    #expect(second.receipts.map(\.receipt.isReplay) == [true, true])
    #expect(try desk.events() == events)
  }

  @Test("an overlapping statement books only what is new")
  func booksOnlyNewRows() throws {
    let desk = try ImportDesk()
    try desk.run(Self.statement, .withIDs())
    let outcome = try desk.run(
      "Date,Text,Amount,Ref\n2026-03-03,Tea,-2.00,r3\n2026-03-02,Coffee,-3.50,r2\n", .withIDs())
    #expect(outcome.result.booked == 1)
    #expect(outcome.result.replayed == 1)
    #expect(try desk.balances() == ["checking": "94.50"])
  }

  @Test(
    "changed content under a known id is refused, naming line and field",
    arguments: [
      ("2026-03-02,Coffee,-3.60,r2", "amount"), ("2026-03-02,Tea,-3.50,r2", "description"),
      ("2026-03-03,Coffee,-3.50,r2", "effectiveAt"), ("2026-03-02,Coffee,3.50,r2", "command"),
      ("2026-03-02,,-3.50,r2", "description"),
    ])
  func refusesChangedContent(_ row: String, _ field: String) throws {
    let desk = try ImportDesk()
    try desk.run(Self.statement, .withIDs())
    let refusal = try desk.refusal(
      "Date,Text,Amount,Ref\n2026-03-01,Salary,100.00,r1\n\(row)\n", .withIDs())
    #expect(refusal.line == 3)
    guard case .idempotencyKeyConflict(let key, _, let differing) = refusal.rejection else {
      Issue.record("\(String(describing: refusal.rejection)) is no conflict of keys")
      return
    }
    #expect(key == "bank:r2")
    #expect(differing == [field])
    #expect(refusal.problem.contains(field))
  }

  @Test("another account under a known id is refused")
  func refusesChangedAccount() throws {
    let desk = try ImportDesk(accounts: ["a", "b"])
    var mapping = CSVMapping.manyAccounts
    mapping.idColumn = "Ref"
    try desk.run("Account,Date,Amount,Ref\na,2026-03-01,5.00,1\n", mapping)
    let refusal = try desk.refusal("Account,Date,Amount,Ref\nb,2026-03-01,5.00,1\n", mapping)
    #expect(refusal.problem.contains("account"))
    #expect(try desk.balances() == ["a": "5.00", "b": "0.00"])
  }

  @Test("one id twice in a file books once if the rows are the same, and is refused if not")
  func meetsIDTwice() throws {
    let desk = try ImportDesk()
    let header = "Date,Text,Amount,Ref\n2026-03-01,a,5.00,1\n"
    let outcome = try desk.run(header + "2026-03-01,a,5.00,1\n", .withIDs())
    #expect(outcome.result.booked == 1)
    #expect(outcome.result.replayed == 1)
    let refusal = try ImportDesk().refusal(header + "2026-03-01,a,6.00,1\n", .withIDs())
    #expect(refusal.line == 3)
  }

  @Test("the same id of another bank is another row")
  func separatesSources() throws {
    let desk = try ImportDesk()
    var other = try CSVMapping.withIDs()
    other.source = "savings-bank"
    try desk.run(Self.statement, .withIDs())
    #expect(try desk.run(Self.statement, other).result.booked == 2)
    #expect(try desk.balances() == ["checking": "193.00"])
  }

  @Test("two identical coffees both survive, and a second import books neither")
  func keepsIdenticalRows() throws {
    let desk = try ImportDesk(limit: "50.00")
    let coffee = "2026-03-01,Coffee,-3.50\n"
    let statement = "Date,Text,Amount\n\(coffee)2026-03-01,Tea,-2.00\n\(coffee)"
    #expect(try desk.run(statement, .plain()).result.booked == 3)
    #expect(try desk.balances() == ["checking": "-9.00"])
    let again = try desk.run(statement, .plain())
    #expect(again.result.booked == 0)
    #expect(again.result.replayed == 3)
    #expect(try desk.run(statement + coffee, .plain()).result.booked == 1)
    #expect(try desk.balances() == ["checking": "-12.50"])
  }

  @Test("rows whose id is empty are told apart by their content")
  func keysRowsWithoutID() throws {
    let desk = try ImportDesk()
    let statement = """
      Date,Text,Amount,Ref
      2026-03-01,a,5.00,
      2026-03-01,a,5.00,
      2026-03-01,a,5.00,1
      """
    #expect(try desk.run(statement, .withIDs()).result.booked == 3)
    #expect(try desk.run(statement, .withIDs()).result.replayed == 3)
    #expect(try desk.balances() == ["checking": "15.00"])
  }

  @Test(
    "a row without an id that differs in one field is another row",
    arguments: [
      "a,2026-03-01,x,5.01", "a,2026-03-01,x,-5.00", "a,2026-03-01,y,5.00", "a,2026-03-01,,5.00",
      "a,2026-03-02,x,5.00", "b,2026-03-01,x,5.00",
    ])
  func keysRowsByEveryField(_ row: String) throws {
    let desk = try ImportDesk(accounts: ["a", "b"])
    var mapping = CSVMapping.manyAccounts
    mapping.descriptionColumn = "Text"
    let header = "Account,Date,Text,Amount\n"
    try desk.run(header + "a,2026-03-01,x,5.00\n", mapping)
    let outcome = try desk.run(header + row + "\n", mapping)
    #expect(outcome.result.booked == 1)
    #expect(outcome.result.replayed == 0)
  }

  @Test("undated rows are booked once, too")
  func keysUndatedRows() throws {
    let desk = try ImportDesk()
    var mapping = try CSVMapping.plain()
    mapping.dateColumn = nil
    let statement = "Text,Amount\na,5.00\na,5.00\nb,-1.00\n"
    #expect(try desk.run(statement, mapping).result.booked == 3)
    #expect(try desk.run(statement, mapping).result.replayed == 3)
    #expect(try desk.balances() == ["checking": "9.00"])
  }

  @Test("a statement without ids in another order books nothing again")
  func recognisesReorderedRows() throws {
    let desk = try ImportDesk()
    let rows = ["2026-03-01,a,5.00", "2026-03-01,a,5.00", "2026-03-02,b,-1.00", "2026-03-03,c,2"]
    let header = ["Date,Text,Amount"]
    try desk.run((header + rows).joined(separator: "\n"), .plain())
    let again = try desk.run((header + rows.reversed()).joined(separator: "\n"), .plain())
    #expect(again.result.replayed == 4)
    #expect(try desk.balances() == ["checking": "11.00"])
  }
}
