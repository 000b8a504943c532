import EventStore
import LedgerDomain
import LedgerKit
import Testing
import TestSupport

/// Long random sequences of movements and reversals against lists and dictionaries.
@Suite("Model of reversals")
struct ReversalModelTests {
  private struct Movement {
    let changes: [String: Int64]
    var reversedBy: Int64?
  }

  @Test(
    "every commit is reversed at most once, and a balance is the sum of what counts",
    arguments: [21, 22])
  func agrees(_ seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let book = try Book()
    let accounts = try ["a", "b", "c"].map { try book.open($0, limit: "100000") }
    var movements: [Int64: Movement] = [:]
    var refused = 0
    for _ in 0..<300 {
      let pair = accounts.shuffled(using: &random)
      let units = Int64.random(in: 1...900, using: &random)
      let amount = Amount("\(units)")
      let target = movements.keys.sorted().randomElement(using: &random)
      switch Int.random(in: 0..<6, using: &random) {
      case 0:
        let receipt = try book.perform(.deposit(amount, to: pair[0]))
        movements[receipt.position] = Movement(changes: [pair[0].text: units])
      case 1:
        let receipt = try book.perform(.withdraw(amount, from: pair[0]))
        movements[receipt.position] = Movement(changes: [pair[0].text: -units])
      case 2:
        let receipt = try book.perform(.transfer(amount, from: pair[0], to: pair[1]))
        movements[receipt.position] = Movement(
          changes: [pair[0].text: -units, pair[1].text: units])
      default:
        guard let target, let reversed = movements[target] else { continue }
        let isOriginal = Bool.random(using: &random)
        let outcome = try book.attempt(
          .reverse(Reversal(of: target, keepsEffectiveTime: isOriginal)))
        switch outcome {
        case .success(let receipt):
          #expect(reversed.reversedBy == nil)
          movements[target]?.reversedBy = receipt.position
          movements[receipt.position] = Movement(changes: reversed.changes.mapValues { -$0 })
        case .failure(let rejection):
          refused += 1
          let first = try #require(reversed.reversedBy)
          #expect(rejection == .alreadyReversed(position: target, at: first))
        }
      }
    }
    #expect(refused > 20)
    for account in accounts {
      let sum = movements.values.reduce(0) { $0 + ($1.changes[account.text] ?? 0) }
      #expect(try book.ledger.balance(of: account).balance.minorUnits == sum * 100)
    }
    var found: [Int64: Int64] = [:]
    let ledger = try book.reopened()
    let lookup = ledger.linkLookup()
    var backwards = EventQuery()
    backwards.isReversed = true
    try ledger.forEachEvent(backwards) { event in
      found[event.commit.header.lastPosition] = try lookup.links(of: event).reversedBy
    }
    #expect(found == movements.compactMapValues(\.reversedBy))
    _ = try ledger.verify()
  }
}
