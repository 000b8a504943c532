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
  /// stream doesn't exist.
  ///
  /// Stops at an event that this build can't read, unless the query is raw.
  public func forEachEvent(
    _ query: EventQuery, _ body: (RecordedEvent) throws -> Void
  ) throws {
    try store.read { log in
      try log.forEachEvent(query) { recorded in
        if !query.isRaw { _ = try LedgerEvent(recorded) }
        try body(recorded)
      }
    }
  }

  /// The stable names of the types of event that this build reads.
  public static var eventTypes: [String] {
    LedgerEvent.catalog.types.map(\.name) + [PersonalTextErased.type]
  }
}
