import LedgerDomain
import Testing
import TestSupport

/// Random pasts, and the same question answered by folding balance and limit at every instant.
@Suite("A timeline against a naive model")
struct AccountTimelineModelTests {
  private typealias Entry = (at: Int64, change: AccountTimeline.Change)

  @Test("agrees on the effect of any change", arguments: [1, 2, 3, 4, 5, 6, 7, 8])
  func agrees(_ seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    var seen: Set<String> = []
    for _ in 0..<500 {
      let openingLimit = Int64.random(in: 0...60, using: &random)
      let past = (0..<Int.random(in: 0...12, using: &random)).map { _ in Self.entry(&random) }
      let next = Self.entry(&random)
      var timeline = AccountTimeline(
        openingLimitMinor: openingLimit, blockCapacity: .random(in: 2...8, using: &random))
      for entry in past { timeline.insert(entry.change, at: .second(entry.at)) }
      let effect = timeline.effect(of: next.change, at: .second(next.at))
      let expected = Self.effect(of: next, on: past, openingLimit: openingLimit)
      try #require(effect == expected, "\(next) on \(past), opened with \(openingLimit)")
      if case .overdraws = effect { seen.insert("overdraws") } else { seen.insert("\(effect)") }
    }
    #expect(seen == ["harmless", "overdraws"], "both outcomes were tried")
  }

  @Test(
    "a history of accepted commands never leaves an instant uncovered", arguments: [1, 2, 3, 4])
  func acceptedHistories(_ seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    for _ in 0..<200 {
      var past = try given(.opened(limit: 50))
      var recorded: [Entry] = []
      for _ in 0..<20 {
        let entry = Self.entry(&random)
        let command = Self.command(entry.change, in: past.currency)
        guard case .success(let event) = past.when(command, at: entry.at).result else { continue }
        past.record(event, at: .second(entry.at))
        recorded.append(entry)
      }
      for instant in Set(recorded.map(\.at)) {
        let state = Self.state(at: instant, of: recorded, openingLimit: 50)
        #expect(state.balance + state.limit >= 0)
      }
    }
  }

  /// The command that asks for `change`.
  private static func command(
    _ change: AccountTimeline.Change, in currency: Currency
  ) -> AccountCommand {
    switch change {
    case .movement(let units):
      let amount = Amount(currency.money(Int64(units.magnitude)))
      return units > 0 ? .deposit(amount, .init()) : .withdraw(amount, .init())
    case .limit(let units):
      return .change(overdraftLimit: Amount(currency.money(units)), holder: nil)
    }
  }

  /// What the documentation of `Effect` says, one instant after the other.
  private static func effect(
    of next: Entry, on past: [Entry], openingLimit: Int64
  ) -> AccountTimeline.Effect {
    let all = past + [next]
    for instant in Set(all.map(\.at)).sorted() where instant >= next.at {
      let state = Self.state(at: instant, of: all, openingLimit: openingLimit)
      let before = Self.state(at: instant, of: past, openingLimit: openingLimit)
      let short = -(state.balance + state.limit)
      if short > 0, short > -(before.balance + before.limit) {
        return .overdraws(at: .second(instant), shortMinorUnits: short)
      }
    }
    return .harmless
  }

  /// The balance and the limit after everything that counts at or before `instant`.
  private static func state(
    at instant: Int64, of entries: [Entry], openingLimit: Int64
  ) -> (balance: Int64, limit: Int64) {
    inEffectiveOrder(entries).prefix { $0.at <= instant }
      .reduce(into: (0, openingLimit)) { state, entry in
        switch entry.change {
        case .movement(let units): state.0 += units
        case .limit(let units): state.1 = units
        }
      }
  }

  private static func inEffectiveOrder(_ entries: [Entry]) -> [Entry] {
    let sorted = entries.enumerated().sorted {
      ($0.element.at, $0.offset) < ($1.element.at, $1.offset)
    }
    return sorted.map(\.element)
  }

  /// A small change at one of a few instants, so that many coincide.
  private static func entry(_ random: inout SeededRandom) -> Entry {
    let at = Int64.random(in: 1...6, using: &random)
    if Int.random(in: 0..<5, using: &random) == 0 {
      return (at, .limit(minorUnits: .random(in: 0...60, using: &random)))
    }
    let units = Int64.random(in: 1...40, using: &random)
    return (at, .movement(minorUnits: Int.random(in: 0..<5, using: &random) < 3 ? -units : units))
  }
}
