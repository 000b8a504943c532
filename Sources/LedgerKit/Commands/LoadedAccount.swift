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
  /// The account after its last event in `log`: as it was last seen, moved past what came since.
  func load(_ id: AccountID, _ log: ReadTransaction) throws -> LoadedAccount {
    if let known = accounts[id] {
      let version = try log.version(of: known.streamID)
      if version == known.version { return known }
      if let version, let last = known.version, Self.eventsBehind.contains(version - last) {
        let loaded = try blamingFile { try log.load(after: known) }
        accounts[id] = loaded
        return loaded
      }
    }
    let loaded = try load(EventQuery(streamID: AccountStream.id(of: id)), log)
    accounts[id] = loaded
    return loaded
  }

  /// How many events are folded into an account as it was last seen; one that is further behind is found
  /// from a snapshot.
  private static let eventsBehind: ClosedRange<Int64> = 1...64

  /// The account after its event at stream position `version`.
  func load(
    _ id: AccountID, _ log: ReadTransaction, through version: Int64
  ) throws -> LoadedAccount {
    var query = EventQuery(streamID: AccountStream.id(of: id))
    query.throughStreamPosition = version
    return try load(query, log)
  }

  /// The account that the events of `query` add up to.
  func load(
    _ query: EventQuery, _ log: ReadTransaction
  ) throws -> LoadedAccount {
    try blamingFile { try log.load(AccountState.self, query) }
  }

  private func blamingFile<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
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
