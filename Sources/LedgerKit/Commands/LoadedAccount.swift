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
    if let cached = accounts[id], cached.version == (try log.version(of: cached.streamID)) {
      return cached
    }
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
    _ query: EventQuery, _ log: ReadTransaction
  ) throws -> LoadedAccount {
    do {
      return try log.load(AccountState.self, query)
    } catch let problem as StoreProblem {
      throw StoreFileError(problem, path: store.path)
    }
  }

  func damaged(_ recorded: RecordedEvent, _ problem: String) -> StoreFileError {
    .damaged(path: store.path, position: recorded.position, problem: problem)
  }
}

extension RecordedEvent {
  var effectiveAt: Instant { Instant(micros: commit.effectiveAtMicros) }
  var recordedAt: Instant { Instant(micros: commit.recordedAtMicros) }
}
