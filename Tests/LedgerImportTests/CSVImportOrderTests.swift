import EventStore
import LedgerDomain
import LedgerKit
import Testing
import TestSupport

@testable import LedgerImport

@Suite("CSVImport: the order of booking")
struct CSVImportOrderTests {
  private func statement(_ header: String, _ rows: [String]) -> String {
    ([header] + rows).joined(separator: "\n") + "\n"
  }

  @Test("a file with the newest row first is booked from its end")
  func booksNewestFirst() throws {
    let desk = try ImportDesk()
    let outcome = try desk.run(
      "Date,Text,Amount\n2026-03-03,c,-7.00\n2026-03-02,b,-3.00\n2026-03-01,a,10.00\n", .plain())
    #expect(outcome.receipts.map(\.line) == [4, 3, 2])
    #expect(try desk.balances() == ["checking": "0.00"])
  }

  @Test("credits come before debits at one instant")
  func booksCreditsFirst() throws {
    let desk = try ImportDesk()
    let outcome = try desk.run(
      """
      Date,Text,Amount
      2026-03-01,rent,-10.00
      2026-03-01,coffee,-5.00
      2026-03-01,salary,8.00
      2026-03-01,gift,7.00
      """, .plain())
    #expect(outcome.receipts.map(\.line) == [4, 5, 2, 3])
    #expect(try desk.balances() == ["checking": "0.00"])
  }

  @Test("a debit comes before a credit that is later on the same day")
  func ordersByInstantNotDay() throws {
    let desk = try ImportDesk()
    let refusal = try desk.refusal(
      "Date,Text,Amount\n2026-03-01T12:00:00Z,in,5.00\n2026-03-01T11:59:59Z,out,-5.00\n", .plain())
    #expect(refusal.line == 3)
    #expect(refusal.rejection?.code == "insufficient_funds")
  }

  @Test("instants are ordered by when they are, whatever their offset")
  func ordersAcrossOffsets() throws {
    let desk = try ImportDesk()
    let outcome = try desk.run(
      "Date,Text,Amount\n2026-03-01T10:00:00-05:00,out,-5.00\n2026-03-01T14:00:00+00:00,in,5.00\n",
      .plain())
    #expect(outcome.receipts.map(\.line) == [3, 2])
  }

  @Test("days before 1970 come before those after")
  func ordersEarlyDays() throws {
    let outcome = try ImportDesk().run(
      "Date,Text,Amount\n1970-01-02,c,1.00\n1969-12-31,b,1.00\n1901-01-01,a,1.00\n", .plain())
    #expect(outcome.receipts.map(\.line) == [4, 3, 2])
  }

  @Test(
    "however rows are shuffled, the balances are the same", arguments: 1...8 as ClosedRange<UInt64>)
  func ignoresOrderOfFile(_ seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let rows = [
      "a,2026-03-01,10.00", "a,2026-03-02,-4.00", "a,2026-03-02,-6.00", "b,2026-03-01,1.00",
      "b,2026-03-01,-1.00", "b,2026-03-05,8.00", "a,2026-03-06,2.50", "a,2026-03-06,2.50",
      "b,2026-03-06,-8.00",
    ]
    let desk = try ImportDesk(accounts: ["a", "b"])
    let shuffled = statement("Account,Date,Amount", rows.shuffled(using: &random))
    #expect(try desk.run(shuffled, .manyAccounts).result.booked == 9)
    #expect(try desk.balances() == ["a": "5.00", "b": "0.00"])
  }

  @Test("transfers keep the order of the file, whatever their dates")
  func keepsOrderOfTransfers() throws {
    let desk = try ImportDesk(accounts: ["a", "b", "c"], limit: "100.00")
    let outcome = try desk.run(
      """
      From,To,Date,Amount
      a,b,2026-03-03,1.00
      b,c,2026-03-01,2.00
      c,a,2026-03-02,3.00
      """, .transfers)
    #expect(outcome.receipts.map(\.line) == [2, 3, 4])
    #expect(outcome.receipts.allSatisfy { $0.receipt.command == "transfer" })
    #expect(Set(outcome.receipts.map(\.receipt.transferID)).count == 3)
    #expect(try desk.balances() == ["a": "2.00", "b": "-1.00", "c": "-1.00"])
  }

  @Test("rows without a date keep the order of the file, debits first if it says so")
  func keepsOrderOfUndatedRows() throws {
    let desk = try ImportDesk(limit: "5.00")
    var mapping = try CSVMapping.plain()
    mapping.dateColumn = nil
    let outcome = try desk.run("Text,Amount\nout,-5.00\nin,10.00\nout,-10.00\n", mapping)
    #expect(outcome.receipts.map(\.line) == [2, 3, 4])
    #expect(
      try desk.movements() == [
        "2026-06-01 -5.00 out", "2026-06-01 10.00 in", "2026-06-01 -10.00 out",
      ])
    #expect(try desk.events().allSatisfy { $0.commit.header.explicitEffectiveAtMicros == nil })
  }

  @Test("the row's date is when it counts")
  func countsAtDate() throws {
    let desk = try ImportDesk()
    let outcome = try desk.run(
      "Date,Text,Amount\n2026-03,a,1.00\n2026-03-05T10:00:00+01:00,b,1.00\n", .plain())
    #expect(
      outcome.receipts.map { "\($0.receipt.effectiveAt)" } == [
        "2026-03-01T00:00:00.000000Z", "2026-03-05T09:00:00.000000Z",
      ])
  }
}
