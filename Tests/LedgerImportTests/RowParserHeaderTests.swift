import LedgerDomain
import Testing

@testable import LedgerImport

@Suite("RowParser: headers")
struct RowParserHeaderTests {
  @Test("a missing column is named with the header's line and what it has")
  func namesMissingColumn() throws {
    var mapping = try CSVMapping.plain()
    mapping.skippedLines = 1
    let refusal = try ImportDesk().refusal("x\n\nDate,Text,Amt\n2026-03-01,x,1.00\n", mapping)
    #expect(refusal.line == 3)
    #expect(refusal.problem.contains("'Amount'"))
    #expect(refusal.problem.contains("Date, Text, Amt"))
  }

  @Test("names of columns are compared exactly", arguments: ["date", "DATE", "Datum", "Date x"])
  func comparesExactly(_ name: String) throws {
    let refusal = try ImportDesk().refusal("\(name),Text,Amount\n", .plain())
    #expect(refusal.line == 1)
    #expect(refusal.problem.contains("'Date'"))
  }

  @Test("a wrong delimiter makes one column, and the message says so")
  func hintsAtDelimiter() throws {
    let refusal = try ImportDesk().refusal("Date;Text;Amount\n2026-03-01;x;1.00\n", .plain())
    #expect(refusal.line == 1)
    #expect(refusal.problem.contains("the header has 1"))
    #expect(refusal.problem.contains("--delimiter"))
  }

  @Test("a mapped column that is there twice is named with line and column")
  func namesDuplicate() throws {
    let refusal = try ImportDesk().refusal("Date,Amount,Text,Amount\n", .plain())
    #expect(refusal.place == "1:4")
    #expect(refusal.problem.contains("'Amount' twice"))
  }

  @Test("every mapped column must be there", arguments: 0..<10)
  func needsEveryColumn(_ index: Int) throws {
    var many = CSVMapping.manyAccounts
    (many.idColumn, many.descriptionColumn, many.balanceColumn) = ("Ref", "Text", "Balance")
    var typed = many
    typed.amounts = .typed(amount: "Amount", type: "Type", credit: ["c"], debit: ["d"])
    var split = many
    split.amounts = .split(credit: "In", debit: "Out")
    let needed: [(column: String, mapping: CSVMapping)] = [
      ("Account", many), ("Date", many), ("Amount", many), ("Ref", many), ("Text", many),
      ("Balance", many), ("Type", typed), ("In", split), ("Out", split), ("To", .transfers),
    ]
    let (column, mapping) = needed[index]
    let all = [
      "Account", "From", "To", "Date", "Amount", "Type", "In", "Out", "Ref", "Text", "Balance",
    ]
    let desk = try ImportDesk()
    let header = all.filter { $0 != column }.joined(separator: ",")
    #expect(try desk.refusal(header, mapping).problem.contains("no column '\(column)'"))
    #expect(try desk.run(all.joined(separator: ","), mapping).result.rows == 0)
  }

  @Test("a file without a header is refused", arguments: ["", "\n\n", "\u{FEFF}"])
  func refusesEmptyFile(_ text: String) throws {
    #expect(try ImportDesk().refusal(text, .plain()).problem.contains("empty"))
  }

  @Test("a header without rows imports nothing", arguments: ["", "\n", "\r\n\r\n"])
  func importsNothing(_ end: String) throws {
    let outcome = try ImportDesk().run("Date,Text,Amount" + end, .plain())
    #expect(outcome.result == ImportResult())
  }
}
