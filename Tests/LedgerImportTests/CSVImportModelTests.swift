import EventStore
import LedgerDomain
import LedgerKit
import Testing
import TestSupport

@testable import LedgerImport

@Suite("CSVImport: against a model")
struct CSVImportModelTests {
  /// A row of a random statement: all days are in March 2026.
  struct Row {
    let account: String
    let day: Int
    /// Cents.
    let amount: Int

    static func random(_ random: inout SeededRandom) -> Row {
      let amount = Int.random(in: 1...5_000, using: &random)
      let isDebit = Int.random(in: 0..<5, using: &random) < 2
      return Row(
        account: "account-\(Int.random(in: 1...20, using: &random))",
        day: Int.random(in: 1...31, using: &random), amount: isDebit ? -amount : amount)
    }

    var csv: String {
      "\(account),2026-03-\(day < 10 ? "0" : "")\(day),\(Self.decimal(amount))"
    }

    static func decimal(_ cents: Int) -> String {
      let (units, rest) = cents.magnitude.quotientAndRemainder(dividingBy: 100)
      return "\(cents < 0 ? "-" : "")\(units).\(rest < 10 ? "0" : "")\(rest)"
    }
  }

  /// What a statement comes to, computed as simply as possible.
  struct Model {
    var balances: [String: Int] = [:]
    var bookedLines: [Int] = []
    var refusedLines: [Int] = []

    init(_ rows: [Row], limit: Int) {
      let inOrder = rows.enumerated().sorted { left, right in
        let (first, second) = (left.element, right.element)
        return (first.day, first.amount < 0 ? 1 : 0, left.offset)
          < (second.day, second.amount < 0 ? 1 : 0, right.offset)
      }
      for (offset, row) in inOrder {
        let balance = balances[row.account, default: 0] + row.amount
        if row.amount < 0, balance < -limit {
          refusedLines.append(offset + 2)
        } else {
          balances[row.account] = balance
          bookedLines.append(offset + 2)
        }
      }
    }
  }

  private func statement(_ rows: [Row]) -> String {
    (["Account,Date,Amount"] + rows.map(\.csv)).joined(separator: "\n") + "\n"
  }

  @Test(
    "row by row, it books and refuses what a naive fold does", arguments: [1, 2, 3] as [UInt64])
  func booksLikeModel(_ seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let rows = (0..<500).map { _ in Row.random(&random) }
    let model = Model(rows, limit: 2_000)
    let desk = try ImportDesk(accounts: [])
    let outcome = try desk.run(
      statement(rows), .manyAccounts.opening(limit: "20.00"), .each)
    #expect(!model.refusedLines.isEmpty)
    #expect(outcome.receipts.map(\.line) == model.bookedLines)
    #expect(outcome.problems.compactMap(\.line) == model.refusedLines)
    #expect(try desk.balances() == model.balances.mapValues { Row.decimal($0) })
    #expect(outcome.result.accountsOpened == Int64(model.balances.count))
    #expect(
      try desk.ledger.verify().commits == Int64(model.bookedLines.count + model.balances.count))
  }

  @Test(
    "all at once, any order of the file leads to the same balances", arguments: [4, 5] as [UInt64])
  func ignoresOrder(_ seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let rows = (0..<500).map { _ in Row.random(&random) }
    let expected = Model(rows, limit: .max).balances.mapValues { Row.decimal($0) }
    let mapping = CSVMapping.manyAccounts.opening(limit: "10000000.00")
    let desk = try ImportDesk(accounts: [])
    let first = try desk.run(statement(rows), mapping)
    #expect(first.result.booked == 500)
    #expect(try desk.balances() == expected)
    let again = try desk.run(statement(rows.shuffled(using: &random)), mapping)
    #expect(again.result.replayed == 500)
    let other = try ImportDesk(accounts: [])
    try other.run(statement(rows.shuffled(using: &random)), mapping)
    #expect(try other.balances() == expected)
  }
}
