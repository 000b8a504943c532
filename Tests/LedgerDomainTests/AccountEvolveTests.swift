import LedgerDomain
import Testing
import TestSupport

@Suite("An account evolves")
struct AccountEvolveTests {
  @Test("from unopened to active to closed")
  func states() throws {
    var past = try given()
    #expect(past.account.state == .unopened)
    #expect(past.account.standing == nil)
    past.record(.opened(limit: 700))
    try expect(past, standsAt: 0, limit: 700, latest: nil)
    past.record(.deposited(500, at: 10))
    past.record(.withdrawn(800, at: 20))
    try expect(past, standsAt: -300, limit: 700, latest: .second(20))
    #expect(!past.account.isClosed)
    past.record(.closed(at: 30))
    try expect(past, standsAt: -300, limit: 700, latest: .second(20))
    #expect(past.account.isClosed)
  }

  @Test("with the latest effective time, whatever the order of recording")
  func latest() throws {
    let past = try given(
      .opened(), .deposited(1, at: 30), .deposited(1, at: 10), .limited(5, at: 20))
    #expect(past.account.standing?.latestEffectiveAt == .second(30))
    #expect(past.account.needsTimeline(at: .second(29)))
    #expect(!past.account.needsTimeline(at: .second(30)))
    #expect(!past.account.needsTimeline(at: .second(31)))
    #expect(try !given(.opened()).account.needsTimeline(at: .earliest))
    #expect(try !given().account.needsTimeline(at: .earliest))
  }

  @Test("without rules: past its limit, past zero, past 64 bits")
  func hasNoRules() throws {
    let overdrawn = try given(.opened(), .withdrawn(500, at: 10))
    #expect(overdrawn.account.standing?.balance.minorUnits == -500)
    let wrapped = try given(.opened(), .deposited(.max, at: 10), .deposited(1, at: 20))
    #expect(wrapped.account.standing?.balance.minorUnits == .min)
    let unopened = try given(.withdrawn(.max, at: 10), .withdrawn(2, at: 10))
    #expect(unopened.account.standing?.balance.minorUnits == .max)
    let reopened = try given(.opened(), .closed(at: 10), .deposited(5, at: 20))
    #expect(reopened.account.isClosed)
    #expect(reopened.account.standing?.balance.minorUnits == 5)
    #expect(try given(.closed(at: 10)).account.state == .unopened)
  }

  @Test("a holder's new name alone leaves limit and balance as they are")
  func holderOnly() throws {
    var past = try given(.opened(limit: 5), .deposited(9, at: 10))
    past.record(.changed(.init(overdraftLimit: nil, holder: "Ada")), at: .second(20))
    try expect(past, standsAt: 9, limit: 5, latest: .second(20))
  }

  @Test("to the balance that each decision foretold")
  func balanceAfter() throws {
    var random = SeededRandom(seed: 6)
    var past = try given(.opened(limit: 2_000))
    for second in 1...500 {
      let amount = Amount(past.currency.money(.random(in: 1...1_000, using: &random)))
      let command: AccountCommand =
        Bool.random(using: &random) ? .deposit(amount, .init()) : .withdraw(amount, .init())
      guard case .success(let event) = past.when(command, at: Int64(second)).result else {
        continue
      }
      past.record(event, at: .second(Int64(second)))
      switch event {
      case .deposited(let movement), .withdrawn(let movement):
        #expect(past.account.standing?.balance == movement.balanceAfter)
      case .created, .changed, .closed: Issue.record("\(command) made \(event)")
      }
    }
    #expect(past.changes.count > 250)
  }

  /// Expects this balance and limit, in minor units, and this latest effective time.
  private func expect(
    _ past: AccountHistory, standsAt balance: Int64, limit: Int64, latest: Instant?,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let standing = try #require(past.account.standing, sourceLocation: sourceLocation)
    #expect(standing.balance == past.currency.money(balance), sourceLocation: sourceLocation)
    #expect(standing.overdraftLimit == past.currency.money(limit), sourceLocation: sourceLocation)
    #expect(standing.latestEffectiveAt == latest, sourceLocation: sourceLocation)
  }
}
