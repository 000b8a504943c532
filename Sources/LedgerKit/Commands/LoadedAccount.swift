import EventStore
import LedgerDomain
import LedgerEvents

/// An account as its stream has left it.
typealias LoadedAccount = Loaded<AccountState>

extension Loaded<AccountState> {
  var account: Account { state.account }

  /// The account after an event that is recorded at `recordedAt` and counts at `effectiveAt`.
  func evolved(
    by event: AccountEvent, effectiveAt: Instant, recordedAt: Instant
  ) -> LoadedAccount {
    var next = self
    next.evolve(recordedAtMicros: recordedAt.micros) { state in
      state.evolve(event, effectiveAt: effectiveAt)
    }
    return next
  }
}

extension Ledger {
  /// The account after its last event in `log`, from the cache if that is still the one.
  func load(_ id: AccountID, _ log: ReadTransaction) throws -> LoadedAccount {
    let version = try log.version(of: AccountStream.id(of: id))
    if let cached = accounts[id], cached.version == version { return cached }
    let loaded = try load(EventQuery(streamID: AccountStream.id(of: id)), log)
    accounts[id] = loaded
    return loaded
  }

  /// The account after its event at stream position `version`.
  func load(
    _ id: AccountID, _ log: ReadTransaction, through version: Int64
  ) throws -> LoadedAccount {
    var query = EventQuery(streamID: AccountStream.id(of: id))
    query.throughStreamPosition = version
    return try load(query, log)
  }

  /// The account that the events of `query` add up to: the one way to turn history into state.
  func load(
    _ query: EventQuery, _ log: ReadTransaction,
    accepting: ((AccountState) -> Bool)? = nil
  ) throws -> LoadedAccount {
    do {
      return try log.load(AccountState.self, query, accepting: accepting)
    } catch let problem as StoreProblem {
      throw StoreFileError(problem, path: store.path)
    }
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
    var last = Instant.earliest
    try log.forEachEvent(query) { recorded in
      // SQLite sorts by what is stored, which is no number if somebody has seen to that.
      guard recorded.effectiveAt >= last else { throw damaged(recorded, "its time is no number") }
      last = recorded.effectiveAt
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
  var effectiveAt: Instant { Instant(micros: commit.effectiveAtMicros) }
  var recordedAt: Instant { Instant(micros: commit.recordedAtMicros) }
}
