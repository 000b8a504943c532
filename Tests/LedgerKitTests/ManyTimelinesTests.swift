import EventStore
import LedgerDomain
import Testing
import TestSupport

@testable import LedgerKit

@Suite("More late movements than memory keeps")
struct ManyTimelinesTests {
  @Test("leave the rows that a rebuild makes, and break no balance")
  func letsGo() throws {
    var random = SeededRandom(seed: 9)
    let book = try Book()
    let start = book.clockMicros
    let accounts = try (0..<60).map { try book.open("a\($0)", limit: "30") }
    let other = try book.reopened(.readWrite)
    var booked = 0
    for batch in 0..<12 {
      let ledger = batch.isMultiple(of: 2) ? book.ledger : other
      try ledger.booking { booking in
        for _ in 0..<500 {
          let account = try #require(accounts.randomElement(using: &random))
          let amount = Amount("\(Int.random(in: 1...40, using: &random))")
          let leaves = Int.random(in: 0..<5, using: &random) < 2
          var options = CommandOptions(actor: "tester")
          let back = Int64.random(in: 0...2_000, using: &random)
          options.effectiveAt = Instant(micros: start - back * 1_000)
          do {
            _ = try booking.perform(
              leaves ? .withdraw(amount, from: account) : .deposit(amount, to: account), options)
            booked += 1
          } catch is Rejection {}
        }
      }
    }
    #expect((5_000..<6_000).contains(booked), "more than 4,096, and some were refused")
    let tables = ["account_balances", "late_events", "timeline_blocks"]
    let raw = try RawFile(book.path)
    let rows = try raw.contents(of: tables)
    #expect(rows["late_events"]?.count ?? 0 > 4_500)
    try raw.run("DELETE FROM projections")
    try book.reopened(.readWrite).bringUpToDate()
    #expect(try raw.contents(of: tables) == rows)

    let brute = try BruteFold(book)
    for account in accounts {
      let own = brute.movements(of: account)
      var balances: [Int64: Int64] = [:]
      var balance: Int64 = 0
      for entry in own.sorted(by: { $0.effectiveAt < $1.effectiveAt }) {
        balance += entry.minorUnits
        balances[entry.effectiveAt] = balance
      }
      #expect(balances.values.allSatisfy { $0 >= -30_00 })
      for (at, expected) in balances.filter({ $0.key.isMultiple(of: 9_000) }) {
        let cut = Cut.instants(effective: Instant(micros: at), known: nil)
        #expect(try book.ledger.balance(of: account, at: cut).balance.minorUnits == expected)
      }
    }
    _ = try book.reopened().verify()
  }
}
