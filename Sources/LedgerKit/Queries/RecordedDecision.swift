import EventStore
import LedgerDomain
import LedgerEvents

// What it takes to decide about a recorded event once more.

extension DecodedEvent {
  /// What was known when it was decided about `account`, which is as the events before have left it.
  ///
  /// `effect` is asked only for a backdated change: what it did to the account's past.
  func context(
    on account: Account,
    effect: (AccountTimeline.Change, Instant) throws -> AccountTimeline.Effect?
  ) rethrows -> DecisionContext {
    var context = DecisionContext(
      effectiveAt: recorded.effectiveAt, allowsPastOverdraft: recorded.commit.allowsPastOverdraft)
    if account.needsTimeline(at: context.effectiveAt), let change = event.timelineChange {
      context.effectOnPast = try effect(change, context.effectiveAt)
    }
    return context
  }
}

extension AccountEvent {
  /// The command that makes this event.
  var request: AccountCommand {
    switch self {
    case .created(let opening):
      .open(
        opening.currency, overdraftLimit: Amount(opening.overdraftLimit), holder: opening.holder)
    case .changed(let change):
      .change(overdraftLimit: change.overdraftLimit.map(Amount.init), holder: change.holder)
    case .deposited(let movement): .deposit(Amount(movement.amount), movement.details)
    case .withdrawn(let movement): .withdraw(Amount(movement.amount), movement.details)
    case .closed: .close
    }
  }

  /// This event as `leg` stores it: version 1 has no balance after.
  func asStored(in leg: RecordedCommand.Leg) -> AccountEvent {
    guard leg.recorded.upcastFrom != nil, leg.event.movement?.balanceAfter == nil else {
      return self
    }
    return changing { $0.balanceAfter = nil }
  }

  /// This event with another movement, if it is one.
  func changing(_ change: (inout Movement) -> Void) -> AccountEvent {
    switch self {
    case .deposited(var movement):
      change(&movement)
      return .deposited(movement)
    case .withdrawn(var movement):
      change(&movement)
      return .withdrawn(movement)
    case .created, .changed, .closed: return self
    }
  }
}

extension AccountEvent.Movement {
  fileprivate var details: AccountCommand.MovementDetails {
    .init(counterparty: counterparty, transferID: transferID, description: description)
  }
}
