import LedgerDomain
import Testing

@testable import LedgerImport

@Suite("BankBalances")
struct BankBalancesTests {
  private func mapping(_ mapping: CSVMapping) -> CSVMapping {
    var mapping = mapping
    mapping.balanceColumn = "Balance"
    return mapping
  }

  @Test("the bank's balances that are ours are no difference")
  func agrees() throws {
    let outcome = try ImportDesk(limit: "50.00").run(
      """
      Date,Text,Amount,Balance
      2026-03-03,c,-20.00,-12.50
      2026-03-02,b,+2.5,7.5
      2026-03-01,a,5.00,+5.00
      """, mapping(.plain()))
    #expect(outcome.result.balanceDifferences == 0)
    #expect(outcome.problems.isEmpty)
  }

  @Test("a difference is reported once per account and day, and everything is booked")
  func reportsPerAccountAndDay() throws {
    let desk = try ImportDesk(accounts: ["a", "b"])
    let outcome = try desk.run(
      """
      Account,Date,Amount,Balance
      a,2026-03-01,5.00,5.00
      a,2026-03-02,1.00,90.00
      a,2026-03-02,1.00,91.00
      b,2026-03-02,2.00,92.00
      a,2026-03-03,1.00,8.00
      b,2026-03-03,1.00,0.00
      """, mapping(.manyAccounts))
    #expect(outcome.result.booked == 6)
    #expect(outcome.result.balanceDifferences == 3)
    #expect(outcome.problems.map(\.line) == [4, 5, 7])
    let texts = outcome.problems.map(\.problem)
    #expect(texts.count == 3)
    for (text, parts) in zip(
      texts, [["a", "91.00", "7.00"], ["b", "92.00", "2.00"], ["b", "3.00"]])
    {
      for part in parts { #expect(text.contains(part)) }
      #expect(text.contains("2026-03-0"))
    }
    #expect(try desk.balances() == ["a": "8.00", "b": "3.00"])
  }

  @Test("within a day the bank's own order may differ from ours")
  func allowsOtherOrderWithinDay() throws {
    let outcome = try ImportDesk(limit: "50.00").run(
      """
      Date,Text,Amount,Balance
      2026-03-01,out,-10.00,-10.00
      2026-03-01,in,4.00,-6.00
      2026-03-02,newest,1.00,-6.00
      2026-03-02,oldest,-1.00,-7.00
      """, mapping(.plain()))
    #expect(outcome.result.balanceDifferences == 0)
  }

  @Test("a missing row shows on its day and on every day after it")
  func reportsUntilItAgrees() throws {
    let outcome = try ImportDesk().run(
      """
      Date,Text,Amount,Balance
      2026-03-01,a,5.00,5.00
      2026-03-02,b,1.00,16.00
      2026-03-03,c,1.00,17.00
      """, mapping(.plain()))
    #expect(outcome.problems.map(\.line) == [3, 4])
  }

  @Test("rows without a stated balance are not compared", arguments: ["", "  "])
  func passesOverEmptyBalance(_ balance: String) throws {
    let outcome = try ImportDesk().run(
      "Date,Text,Amount,Balance\n2026-03-01,a,5.00,\(balance)\n2026-03-02,b,5.00,10.00\n",
      mapping(.plain()))
    #expect(outcome.result.balanceDifferences == 0)
  }

  @Test("undated rows are compared one by one")
  func comparesUndatedRows() throws {
    var undated = try CSVMapping.plain()
    undated.dateColumn = nil
    let outcome = try ImportDesk().run(
      "Text,Amount,Balance\na,5.00,5.00\nb,5.00,11.00\nc,1.00,11.00\n", mapping(undated))
    #expect(outcome.problems.map(\.line) == [3])
  }

  @Test("a balance in the past is compared with what counted then")
  func comparesPast() throws {
    let desk = try ImportDesk()
    try desk.deposit("100.00", to: "checking")
    let outcome = try desk.run(
      "Date,Text,Amount,Balance\n2026-03-01,a,5.00,5.00\n", mapping(.plain()))
    #expect(outcome.result.balanceDifferences == 0)
  }

  @Test("a balance that is no number is a difference, not an error")
  func reportsOddBalance() throws {
    let outcome = try ImportDesk().run(
      "Date,Text,Amount,Balance\n2026-03-01,a,5.00,n/a\n", mapping(.plain()))
    #expect(outcome.result.booked == 1)
    #expect(outcome.result.balanceDifferences == 1)
  }

  @Test("in the mode each, a refused row's balance is not compared on its own")
  func leavesOutRefusedRows() throws {
    let outcome = try ImportDesk().run(
      "Date,Text,Amount,Balance\n2026-03-01,a,5.00,5.00\n2026-03-02,b,-9.00,-4.00\n",
      mapping(.plain()), .each)
    #expect(outcome.result.refused == 1)
    #expect(outcome.result.balanceDifferences == 0)
  }
}
