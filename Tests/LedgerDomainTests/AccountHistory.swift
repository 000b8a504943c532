import AggregateTesting
import EventStore
import LedgerDomain
import Testing

/// Something that happened to an account before a test begins: minor units, seconds since 1970.
enum Happening {
  case opened(limit: Int64 = 0)
  case limited(Int64, at: Int64)
  case deposited(Int64, at: Int64)
  case withdrawn(Int64, at: Int64)
  case closed(at: Int64)
}

/// An account as its events have left it, in the order of recording and in that of effective time.
struct AccountHistory {
  private(set) var account: Account
  private(set) var changes: [(at: Instant, change: AccountTimeline.Change)] = []
  private var openingLimitMinor: Int64 = 0
  let currency: Currency

  init(_ id: String = "alice", in code: String = "USD") throws {
    account = Account(id: try AccountID(id))
    currency = try #require(Currency(code: code))
  }

  /// The same changes in effective order.
  var timeline: AccountTimeline {
    var timeline = AccountTimeline(openingLimitMinor: openingLimitMinor, blockCapacity: 2)
    for entry in changes { timeline.insert(entry.change, at: entry.at) }
    return timeline
  }

  /// What `command`, which counts at `effectiveAt`, is decided with.
  func context(
    of command: AccountCommand, at effectiveAt: Instant, allowsPastOverdraft: Bool = false
  ) -> DecisionContext {
    var timeline = timeline
    let effect = account.timelineChange(of: command).map {
      timeline.effect(of: $0, at: effectiveAt)
    }
    return DecisionContext(
      effectiveAt: effectiveAt, effectOnPast: effect, allowsPastOverdraft: allowsPastOverdraft)
  }

  /// Records `event`, whatever the rules say.
  mutating func record(_ event: AccountEvent, at effectiveAt: Instant) {
    account.evolve(event, effectiveAt: effectiveAt)
    switch event {
    case .created(let opening): openingLimitMinor = opening.overdraftLimit.minorUnits
    case .changed(let change):
      guard let limit = change.overdraftLimit else { return }
      changes.append((effectiveAt, .limit(minorUnits: limit.minorUnits)))
    case .deposited(let movement):
      changes.append((effectiveAt, .movement(minorUnits: movement.amount.minorUnits)))
    case .withdrawn(let movement):
      changes.append((effectiveAt, .movement(minorUnits: -movement.amount.minorUnits)))
    case .closed: break
    }
  }

  /// Records what happened, whatever the rules say.
  mutating func record(_ happening: Happening) {
    switch happening {
    case .opened(let limit):
      let opening = AccountEvent.Opening(
        accountID: account.id, overdraftLimit: currency.money(limit), holder: nil)
      record(.created(opening), at: .second(0))
    case .limited(let limit, let at):
      let change = AccountEvent.Change(overdraftLimit: currency.money(limit), holder: nil)
      record(.changed(change), at: .second(at))
    case .deposited(let units, let at):
      record(.deposited(movement(units)), at: .second(at))
    case .withdrawn(let units, let at):
      record(.withdrawn(movement(units)), at: .second(at))
    case .closed(let at): record(.closed, at: .second(at))
    }
  }

  /// `evolve` doesn't look at the balance after.
  private func movement(_ units: Int64) -> AccountEvent.Movement {
    .init(amount: currency.money(units), balanceAfter: currency.money(0))
  }
}

/// An account to which all of this happened, in the order of recording.
func given(
  _ happenings: Happening..., id: String = "alice", in code: String = "USD"
) throws -> AccountHistory {
  var history = try AccountHistory(id, in: code)
  for happening in happenings { history.record(happening) }
  return history
}

extension AccountHistory: Decider {
  /// A command and what goes with it.
  struct Command {
    let command: AccountCommand
    let effectiveAt: Instant
    let allowsPastOverdraft: Bool
  }

  /// An event and when it counts.
  struct Event: Hashable {
    let event: AccountEvent
    let effectiveAt: Instant
  }

  func decide(_ request: Command) throws(Rejection) -> [Event] {
    let context = context(
      of: request.command, at: request.effectiveAt, allowsPastOverdraft: request.allowsPastOverdraft
    )
    let event = try account.decide(request.command, context)
    return [Event(event: event, effectiveAt: request.effectiveAt)]
  }

  mutating func evolve(_ event: Event) { record(event.event, at: event.effectiveAt) }

  /// What becomes of `command` if it counts at `second`: by default after everything else.
  func when(
    _ command: AccountCommand, at second: Int64 = 1_000, allowsPastOverdraft: Bool = false
  ) -> Decision {
    let request = Command(
      command: command, effectiveAt: .second(second), allowsPastOverdraft: allowsPastOverdraft)
    return Decision(
      outcome: AggregateTesting.given(self, []).when(request), effectiveAt: .second(second))
  }
}

extension Transfer {
  /// Decides the transfer between accounts with a past.
  func decide(
    from payer: AccountHistory, to payee: AccountHistory, at effectiveAt: Instant
  ) throws(Rejection) -> (withdrawn: AccountEvent, deposited: AccountEvent) {
    let asked = commands(from: payer.account, to: payee.account)
    return try decide(
      from: payer.account, payer.context(of: asked.withdrawal, at: effectiveAt),
      to: payee.account, payee.context(of: asked.deposit, at: effectiveAt))
  }
}

/// What became of a command.
struct Decision {
  let outcome: Outcome<AccountHistory>
  let effectiveAt: Instant

  var result: Result<AccountEvent, Rejection> { outcome.result.map { $0[0].event } }

  func then(_ event: AccountEvent, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(throws: Never.self, sourceLocation: sourceLocation) {
      try outcome.then(.init(event: event, effectiveAt: effectiveAt))
    }
  }

  func refused(_ rejection: Rejection, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(throws: Never.self, sourceLocation: sourceLocation) {
      try outcome.refused(rejection)
    }
  }
}

extension Instant {
  /// Whole seconds since 1970.
  static func second(_ second: Int64) -> Instant { Instant(micros: second * 1_000_000) }
}

extension AccountCommand {
  /// A deposit without details.
  static func deposit(_ text: String) -> AccountCommand { .deposit(Amount(text), .init()) }

  /// A withdrawal without details.
  static func withdraw(_ text: String) -> AccountCommand { .withdraw(Amount(text), .init()) }

  /// A change of the overdraft limit alone.
  static func limit(_ text: String) -> AccountCommand {
    .change(overdraftLimit: Amount(text), holder: nil)
  }
}
