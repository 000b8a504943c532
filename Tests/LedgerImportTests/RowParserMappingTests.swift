import LedgerDomain
import Testing

@testable import LedgerImport

@Suite("RowParser: mappings")
struct RowParserMappingTests {
  @Test("one account and signed amounts")
  func mapsOneAccount() throws {
    let desk = try ImportDesk()
    let outcome = try desk.run(
      "Date,Text,Amount\n2026-03-01,Salary,+100.00\n2026-03-02,Coffee,-3.50\n2026-03-03,,7\n",
      .plain())
    #expect(outcome.result.booked == 3)
    #expect(
      try desk.movements() == [
        "2026-03-01 100.00 Salary", "2026-03-02 -3.50 Coffee", "2026-03-03 7.00",
      ])
  }

  @Test("an account column")
  func mapsAccountColumn() throws {
    let desk = try ImportDesk(accounts: ["a", "b"])
    try desk.run("Account,Date,Amount\na,2026-03-01,5.00\nb,2026-03-01,7.00\n", .manyAccounts)
    #expect(try desk.balances() == ["a": "5.00", "b": "7.00"])
  }

  @Test("transfer columns")
  func mapsTransfers() throws {
    let desk = try ImportDesk(accounts: ["a", "b"], limit: "100.00")
    try desk.run("From,To,Date,Amount\na,b,2026-03-01,5.00\nb,a,2026-03-02,1.50\n", .transfers)
    #expect(try desk.balances() == ["a": "-3.50", "b": "3.50"])
    #expect(try desk.movements(of: "a") == ["2026-03-01 -5.00", "2026-03-02 1.50"])
  }

  @Test("a type column with several words for each way")
  func mapsTypes() throws {
    let desk = try ImportDesk()
    var mapping = try CSVMapping.plain()
    mapping.amounts = .typed(
      amount: "Amount", type: "Type", credit: ["CR", "PRIJEM"], debit: ["DR", "VYDAJ"])
    try desk.run(
      """
      Date,Text,Amount,Type
      2026-03-01,a,100.00,CR
      2026-03-02,b,20.00, PRIJEM
      2026-03-03,c,30.00,DR
      2026-03-04,d,4.00,VYDAJ
      """, mapping)
    #expect(
      try desk.movements() == [
        "2026-03-01 100.00 a", "2026-03-02 20.00 b", "2026-03-03 -30.00 c", "2026-03-04 -4.00 d",
      ])
  }

  @Test("a credit and a debit column, of which the other is empty or zero")
  func mapsSplitAmounts() throws {
    let desk = try ImportDesk()
    var mapping = try CSVMapping.plain()
    mapping.amounts = .split(credit: "In", debit: "Out")
    try desk.run(
      """
      Date,Text,In,Out
      2026-03-01,a,100.00,
      2026-03-02,b,50.00,0.00
      2026-03-03,c,,30.00
      2026-03-04,d,0,4.00
      """, mapping)
    #expect(
      try desk.movements() == [
        "2026-03-01 100.00 a", "2026-03-02 50.00 b", "2026-03-03 -30.00 c", "2026-03-04 -4.00 d",
      ])
  }

  @Test("columns are found by name, wherever they stand and whatever else there is")
  func findsColumns() throws {
    let desk = try ImportDesk()
    try desk.run(
      "Bank,\" Amount \",Other,Other,\tText,Date\nx,5.00,,,  Rent  ,2026-03-01\n", .plain())
    #expect(try desk.movements() == ["2026-03-01 5.00 Rent"])
  }

  @Test("a decimal comma, in amounts and in the bank's balances")
  func readsDecimalComma() throws {
    let desk = try ImportDesk()
    var mapping = try CSVMapping.plain()
    (mapping.delimiter, mapping.decimalMark) = (UInt8(ascii: ";"), ",")
    mapping.balanceColumn = "Balance"
    let outcome = try desk.run(
      "Date;Text;Amount;Balance\n2026-03-01;a;1234,50;1234,50\n2026-03-02;b;-0,5;1234,00\n", mapping
    )
    #expect(outcome.result.balanceDifferences == 0)
    #expect(try desk.movements() == ["2026-03-01 1234.50 a", "2026-03-02 -0.50 b"])
  }

  @Test("a date format, an encoding and skipped lines together")
  func mapsAll() throws {
    let desk = try ImportDesk()
    var mapping = try CSVMapping.plain()
    mapping.dateFormat = DateFormat("%d.%m.%Y")
    (mapping.encoding, mapping.skippedLines) = ("UTF-8", 2)
    try desk.run("Statement \"x\n\nDate,Text,Amount\n1.3.2026,Žluť,5\n", mapping)
    #expect(try desk.movements() == ["2026-03-01 5.00 Žluť"])
  }

  @Test("without a date column, rows count when they are booked")
  func mapsNoDate() throws {
    let desk = try ImportDesk()
    var mapping = try CSVMapping.plain()
    mapping.dateColumn = nil
    try desk.run("Text,Amount\nb,5.00\na,-2.00\n", mapping)
    #expect(try desk.movements() == ["2026-06-01 5.00 b", "2026-06-01 -2.00 a"])
  }

  @Test("a description keeps its quotes, delimiters and line breaks")
  func keepsDescription() throws {
    let desk = try ImportDesk()
    try desk.run("Date,Text,Amount\n2026-03-01,\"a, \"\"b\"\"\nc\",5.00\n", .plain())
    #expect(try desk.movements() == ["2026-03-01 5.00 a, \"b\"\nc"])
  }
}
