import EventStore
import LedgerDomain
import LedgerEvents

/// An account and the version it was loaded at, which is nil before its first event.
struct LoadedAccount: Hashable {
  var account: Account
  var version: Int64?

  /// The account after one more event.
  func evolved(by event: AccountEvent, effectiveAt: Instant) -> LoadedAccount {
    var next = self
    next.account.evolve(event, effectiveAt: effectiveAt)
    next.version = (version ?? -1) + 1
    return next
  }
}

extension Ledger {
  /// The account after its last event in `log`, from the cache if that is still the one.
  func load(_ id: AccountID, _ log: ReadTransaction) throws -> LoadedAccount {
    let version = try log.version(of: AccountStream.id(of: id))
    if let cached = accounts[id], cached.version == version { return cached }
    let loaded = try load(id, log, through: nil)
    accounts[id] = loaded
    return loaded
  }

  /// The account after its event at stream position `version`, or after its last if that is nil.
  func load(
    _ id: AccountID, _ log: ReadTransaction, through version: Int64?
  ) throws -> LoadedAccount {
    var query = EventQuery(streamID: AccountStream.id(of: id))
    query.throughStreamPosition = version
    query.includesPersonalText = false
    var loaded = LoadedAccount(account: Account(id: id), version: nil)
    try log.forEachEvent(query) { recorded in
      let event = try AccountEvent(recorded)
      try checkFold(of: event, onto: loaded.account, recorded)
      loaded = loaded.evolved(by: event, effectiveAt: recorded.effectiveAt)
      if let movement = event.movement, loaded.account.standing?.balance != movement.balanceAfter {
        throw damaged(recorded, "its balanceAfter is not what the events before it add up to")
      }
    }
    return loaded
  }

  /// Throws if `event` can't be added to `account`: another currency, or more than 64 bits.
  func checkFold(
    of event: AccountEvent, onto account: Account, _ recorded: RecordedEvent
  ) throws(StoreFileError) {
    guard let movement = event.movement, let balance = account.standing?.balance else { return }
    guard movement.amount.currency == balance.currency else {
      throw damaged(
        recorded, "it is in \(movement.amount.currency), its account in \(balance.currency)")
    }
    let (_, overflow) = balance.minorUnits.addingReportingOverflow(event.signedMinorUnits)
    guard !overflow else { throw damaged(recorded, "the balance after it exceeds 64 bits") }
  }

  func damaged(_ recorded: RecordedEvent, _ problem: String) -> StoreFileError {
    .damaged(path: store.path, position: recorded.position, problem: problem)
  }

  /// The account's changes in effective order, as recorded up to global position `position`.
  func timeline(
    of id: AccountID, _ log: ReadTransaction, through position: Int64? = nil
  ) throws -> AccountTimeline {
    var query = EventQuery(streamID: AccountStream.id(of: id))
    query.order = .effective
    query.through = position
    query.includesPersonalText = false
    // The opening may count later than a movement, yet its limit holds from the beginning.
    let openingLimitMinor = try openingLimitMinor(of: id, log)
    var timeline = AccountTimeline(openingLimitMinor: openingLimitMinor)
    try log.forEachEvent(query) { recorded in
      switch try AccountEvent(recorded) {
      case .deposited(let movement):
        timeline.append(
          .movement(minorUnits: movement.amount.minorUnits), at: recorded.effectiveAt)
      case .withdrawn(let movement):
        timeline.append(
          .movement(minorUnits: -movement.amount.minorUnits), at: recorded.effectiveAt)
      case .changed(let change):
        if let limit = change.overdraftLimit {
          timeline.append(.limit(minorUnits: limit.minorUnits), at: recorded.effectiveAt)
        }
      case .created, .closed: break
      }
    }
    return timeline
  }

  private func openingLimitMinor(of id: AccountID, _ log: ReadTransaction) throws -> Int64 {
    let opened = try load(id, log, through: 0)
    return opened.account.standing?.overdraftLimit.minorUnits ?? 0
  }
}

extension RecordedEvent {
  var effectiveAt: Instant { Instant(micros: commit.header.effectiveAtMicros) }
  var recordedAt: Instant { Instant(micros: commit.header.recordedAtMicros) }
}
