import LedgerDomain
import Testing

@testable import LedgerImport

@Suite("RowParser: rows that are none")
struct RowParserRefusalTests {
  struct Sample: Sendable, CustomTestStringConvertible {
    let row: String
    let place: String
    let problem: String

    init(_ row: String, _ place: String, _ problem: String) {
      (self.row, self.place, self.problem) = (row, place, problem)
    }

    var testDescription: String { row.debugDescription }
  }

  /// Imports `sample` as line 3, after a good row.
  private func check(_ sample: Sample, header: String, good: String, _ mapping: CSVMapping) throws {
    let desk = try ImportDesk()
    let refusal = try desk.refusal("\(header)\n\(good)\n\(sample.row)\n", mapping)
    #expect(refusal.place == sample.place)
    #expect(refusal.problem.contains(sample.problem), "\(refusal.problem)")
    #expect(refusal.rejection == nil)
    #expect(refusal.kind == .malformed)
    #expect(try desk.movements().isEmpty)
  }

  @Test(
    "a bad date is named with line and column",
    arguments: [
      Sample("2026-02-30,x,1.00", "3:1", "no day of the calendar (or name a --date-format)"),
      Sample("01.03.2026,x,1.00", "3:1", "'01.03.2026'"),
      Sample(",x,1.00", "3:1", "there is no date"),
      Sample("  ,x,1.00", "3:1", "there is no date"),
      Sample("today,x,1.00", "3:1", "'today'"),
      Sample("yesterday,x,1.00", "3:1", "'yesterday'"),
      Sample("now,x,1.00", "3:1", "'now'"),
    ])
  func namesBadDate(_ sample: Sample) throws {
    try check(sample, header: "Date,Text,Amount", good: "2026-03-01,x,1.00", .plain())
  }

  @Test(
    "a date that doesn't follow the format is named with line and column",
    arguments: [
      Sample("2026-03-01,x,1.00", "3:1", "'2026-03-01' is no date in the format %d.%m.%Y"),
      Sample("30.02.2026,x,1.00", "3:1", "'30.02.2026'"),
      Sample(",x,1.00", "3:1", "there is no date"),
    ])
  func namesOtherFormat(_ sample: Sample) throws {
    var mapping = try CSVMapping.plain()
    mapping.dateFormat = DateFormat("%d.%m.%Y")
    try check(sample, header: "Date,Text,Amount", good: "1.3.2026,x,1.00", mapping)
  }

  @Test(
    "an amount that the currency doesn't allow is malformed, with line, column and its name",
    arguments: ["1.001", "0.00", "92233720368547758.08"])
  func namesImpossibleAmount(_ amount: String) throws {
    let desk = try ImportDesk()
    let refusal = try desk.refusal("Date,Text,Amount\n2026-03-01,x,\(amount)\n", .plain())
    #expect(refusal.place == "2:3")
    #expect(refusal.columnName == "Amount")
    #expect(refusal.rejection == nil)
    #expect(try desk.movements().isEmpty)
  }

  @Test(
    "a bad amount is named with line and column",
    arguments: [
      "\"1,000.00\"", "1 000.00", "1'000.00", "1_000", "$5", "5 USD", "--5", "-+5", "- 5", "-", "+",
      "1e3", "0x10", "NaN", "abc", "٣", "(5.00)", "5-",
    ])
  func namesBadAmount(_ amount: String) throws {
    let sample = Sample("2026-03-01,x,\(amount)", "3:3", "is no amount")
    try check(sample, header: "Date,Text,Amount", good: "2026-03-01,x,1.00", .plain())
  }

  @Test(
    "digits with points in the wrong places are no amount",
    arguments: ["1.2.3", "1.000.00", ".", "5.", "-.5"])
  func namesMisplacedPoint(_ amount: String) throws {
    let sample = Sample("2026-03-01,x,\(amount)", "3:3", "is no amount")
    try check(sample, header: "Date,Text,Amount", good: "2026-03-01,x,1.00", .plain())
  }

  @Test("an empty amount is named with line and column", arguments: ["", "  "])
  func namesEmptyAmount(_ amount: String) throws {
    let sample = Sample("2026-03-01,x,\(amount)", "3:3", "there is no amount")
    try check(sample, header: "Date,Text,Amount", good: "2026-03-01,x,1.00", .plain())
  }

  @Test(
    "with a decimal comma, a point is grouping and refused",
    arguments: ["1.000,00", "1.5", "1.000", "1 000,00", "1,000,000"])
  func namesGrouping(_ amount: String) throws {
    var mapping = try CSVMapping.plain()
    (mapping.delimiter, mapping.decimalMark) = (UInt8(ascii: ";"), ",")
    let sample = Sample("2026-03-01;x;\(amount)", "3:3", "'\(amount)' is no amount")
    try check(sample, header: "Date;Text;Amount", good: "2026-03-01;x;1,00", mapping)
  }

  @Test(
    "an unknown type word or a sign beside it is named with line and column",
    arguments: [
      Sample("2026-03-01,x,1.00,XX", "3:4", "'XX' is neither"),
      Sample("2026-03-01,x,1.00,cr", "3:4", "'cr' is neither"),
      Sample("2026-03-01,x,1.00,", "3:4", "'' is neither"),
      Sample("2026-03-01,x,-1.00,CR", "3:3", "no sign"),
      Sample("2026-03-01,x,,CR", "3:3", "there is no amount"),
    ])
  func namesUnknownType(_ sample: Sample) throws {
    var mapping = try CSVMapping.plain()
    mapping.amounts = .typed(amount: "Amount", type: "Type", credit: ["CR"], debit: ["DR"])
    try check(sample, header: "Date,Text,Amount,Type", good: "2026-03-01,x,1.00,CR", mapping)
  }

  @Test(
    "both or neither of credit and debit is named with line and column",
    arguments: [
      Sample("2026-03-01,x,1.00,2.00", "3:4", "both credit and debit"),
      Sample("2026-03-01,x,,", "3:3", "neither credit nor debit"),
      Sample("2026-03-01,x,0.00,0", "3:3", "neither credit nor debit"),
      Sample("2026-03-01,x,-1.00,", "3:3", "no sign"),
      Sample("2026-03-01,x,,-1.00", "3:4", "no sign"),
      Sample("2026-03-01,x,,a", "3:4", "'a' is no amount"),
      Sample("2026-03-01,x,.,1.00", "3:3", "'.' is no amount"),
    ])
  func namesBothOrNeither(_ sample: Sample) throws {
    var mapping = try CSVMapping.plain()
    mapping.amounts = .split(credit: "In", debit: "Out")
    try check(sample, header: "Date,Text,In,Out", good: "2026-03-01,x,1.00,", mapping)
  }

  @Test(
    "a row with another number of columns than the header is named with line and column",
    arguments: [
      Sample("2026-03-01,x", "3:3", "2 columns, the header has 3"),
      Sample("2026-03-01,x,1.00,", "3:4", "4 columns, the header has 3"),
      Sample("2026-03-01,x,1,50", "3:4", "4 columns, the header has 3"),
    ])
  func namesColumnCount(_ sample: Sample) throws {
    try check(sample, header: "Date,Text,Amount", good: "2026-03-01,x,1.00", .plain())
  }

  @Test(
    "a bad account id is named with line and column",
    arguments: [
      Sample("a b,2026-03-01,1.00", "3:1", "'a b' is no account id"),
      Sample(",2026-03-01,1.00", "3:1", "'' is no account id"),
      Sample("-a,2026-03-01,1.00", "3:1", "'-a' is no account id"),
    ])
  func namesBadAccount(_ sample: Sample) throws {
    try check(
      sample, header: "Account,Date,Amount", good: "checking,2026-03-01,1.00", .manyAccounts)
  }

  @Test(
    "a transfer with a sign or without an account is named with line and column",
    arguments: [
      Sample("a,b,2026-03-01,-1.00", "2:4", "no sign"), Sample("a,,2026-03-01,1.00", "2:2", "''"),
      Sample(",b,2026-03-01,1.00", "2:1", "''"),
    ])
  func namesBadTransfer(_ sample: Sample) throws {
    let desk = try ImportDesk(accounts: ["a", "b"], limit: "9.00")
    let refusal = try desk.refusal("From,To,Date,Amount\n\(sample.row)\n", .transfers)
    #expect(refusal.place == sample.place)
    #expect(refusal.problem.contains(sample.problem))
  }

  @Test("a bad row after a row of several lines is named with the line it begins in")
  func namesLineAfterLongRow() throws {
    let text =
      "Date,Text,Amount\r\n2026-03-01,\"a\r\nb\r\nc\",1.00\r\n\r\n2026-03-01,\"d\r\ne\",x\r\n"
    #expect(try ImportDesk().refusal(text, .plain()).place == "6:3")
  }
}
