public import EventStore
public import LedgerDomain
import LedgerEvents

extension Ledger {
  /// The query for everything that happened to `account`. Throws `Rejection.accountNotFound`.
  public func query(of account: AccountID) throws -> EventQuery {
    let streamID = AccountStream.id(of: account)
    guard try store.read({ try $0.version(of: streamID) }) != nil else {
      throw Rejection.accountNotFound(account)
    }
    return EventQuery(streamID: streamID)
  }

  /// Calls `body` for every event that `query` asks for, in its order and as of one moment; none if its
  /// stream doesn't exist. With `amounts`, only for events whose amount is one of these.
  ///
  /// Stops at an event that this build can't read, unless the query is raw and asks for no amounts.
  public func forEachEvent(
    _ query: EventQuery, amounts: AmountRange? = nil, _ body: (RecordedEvent) throws -> Void
  ) throws {
    try store.read { try forEachEvent(query, amounts, $0, body) }
  }

  /// Like `forEachEvent`, and returns a checkpoint of all there was at that moment, whatever `query` asks
  /// for.
  ///
  /// It is as of the last commit, so that it is the same whenever the same history is asked for; as of
  /// now if there is none.
  public func forEachEventAndCheckpoint(
    _ query: EventQuery, amounts: AmountRange? = nil, _ body: (RecordedEvent) throws -> Void
  ) throws -> Checkpoint {
    try store.read { log in
      try forEachEvent(query, amounts, log, body)
      let recordedAt = try log.head().recordedAtMicros
      return try log.checkpoint(createdAtMicros: recordedAt ?? environment.clockMicros())
    }
  }

  private func forEachEvent(
    _ query: EventQuery, _ amounts: AmountRange?, _ log: ReadTransaction,
    _ body: (RecordedEvent) throws -> Void
  ) throws {
    guard !query.isRaw || amounts != nil else { return try log.forEachEvent(query, body) }
    try log.forEachEvent(
      query,
      where: { recorded in
        let event = try LedgerEvent(query.isRaw ? log.current(recorded) : recorded)
        guard let amounts else { return true }
        return event.amount.map(amounts.contains) ?? false
      }, body)
  }

  /// The stable names of the types of event that this build reads.
  public static var eventTypes: [String] {
    LedgerEvent.catalog.types.map(\.name) + [PersonalTextErased.type]
  }
}

extension LedgerEvent {
  /// Of a movement, more than zero; nil if the event has none.
  var amount: Money? {
    switch self {
    case .account(_, let event): event.movement?.amount
    case .erasure, .period, .alert: nil
    }
  }
}
