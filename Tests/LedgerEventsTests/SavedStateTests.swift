@testable import EventStore
import LedgerDomain
import LedgerEvents
import Testing
import TestSupport

@Suite("Any account's state")
struct SavedStateTests {
  /// A state as a random history leaves it, the history's first events perhaps left out.
  private func state(_ random: inout SeededRandom) throws -> AccountState {
    let account = try AccountID.random(using: &random)
    let currency = try #require(Currency.all.randomElement(using: &random))
    var state = AccountState(streamID: AccountStream.id(of: account))
    let limit = Money(minorUnits: .random(in: 0 ... .max, using: &random), in: currency)
    let opening = AccountEvent.created(
      .init(accountID: account, overdraftLimit: limit, holder: nil))
    state.evolve(opening, effectiveAt: instant(&random))
    for _ in 0..<Int.random(in: 0...5, using: &random) {
      let units = Int64.random(in: 1 ... .max / 8, using: &random)
      let movement = AccountEvent.Movement(
        amount: Money(minorUnits: units, in: currency), balanceAfter: nil)
      let events: [AccountEvent] = [
        .deposited(movement), .withdrawn(movement),
        .changed(.init(overdraftLimit: movement.amount, holder: nil)),
        .changed(.init(overdraftLimit: nil, holder: "x")),
      ]
      state.evolve(
        try #require(events.randomElement(using: &random)), effectiveAt: instant(&random))
    }
    if Bool.random(using: &random) { state.evolve(.closed, effectiveAt: instant(&random)) }
    return state
  }

  /// Before and after 1970, to the microsecond.
  private func instant(_ random: inout SeededRandom) -> Instant {
    Instant(micros: .random(in: Instant.earliest.micros...Instant.latest.micros, using: &random))
  }

  @Test(
    "is read back from a snapshot as it was saved, to the last unit and microsecond",
    arguments: [1, 2])
  func roundTrips(_ seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let codec = try #require(AccountState.snapshots)
    var closed = 0
    for _ in 0..<1_000 {
      let state = try state(&random)
      let saved = codec.encode(state)
      let read = try codec.decode(AccountStream.id(of: state.account.id), saved)
      try #require(read == state, "\(String(decoding: saved, as: UTF8.self))")
      try #require(codec.encode(read) == saved)
      if state.account.isClosed { closed += 1 }
    }
    #expect(closed > 300)
  }
}
