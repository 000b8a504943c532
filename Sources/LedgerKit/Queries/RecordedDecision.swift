import EventStore
import LedgerDomain
import LedgerEvents

// What it takes to decide about a recorded event once more.

extension Ledger {
  /// What was known when `leg` was decided about `account`, which is as the events before have left it.
  func context(
    of leg: RecordedCommand.Leg, _ account: Account, _ log: ReadTransaction
  ) throws -> DecisionContext {
    var context = DecisionContext(
      effectiveAt: leg.recorded.effectiveAt,
      allowsPastOverdraft: leg.recorded.commit.allowsPastOverdraft)
    if account.needsTimeline(at: context.effectiveAt) {
      context.timeline = try timeline(of: leg.account, log, through: leg.recorded.position - 1)
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
