public import EventStore
public import LedgerDomain
import LedgerEvents

/// Which part of the log to dump.
public struct AuditQuery: Hashable, Sendable {
  /// Nil means every stream.
  public var account: AccountID?
  /// Only global positions above this one.
  public var after: Int64?
  /// At most so many events.
  public var limit: Int?

  /// A query; without arguments, for everything.
  public init(account: AccountID? = nil, after: Int64? = nil, limit: Int? = nil) {
    (self.account, self.after, self.limit) = (account, after, limit)
  }
}

extension Ledger {
  /// Calls `body` for every event that `query` asks for, in order of position.
  ///
  /// Throws `Rejection.accountNotFound`, and stops at an event that this build can't read.
  public func forEachEvent(
    _ query: AuditQuery, _ body: (RecordedEvent) throws -> Void
  ) throws {
    try store.read { log in
      let streamID = query.account.map(AccountStream.id(of:))
      if let streamID, let account = query.account, try log.version(of: streamID) == nil {
        throw Rejection.accountNotFound(account)
      }
      var events = EventQuery(streamID: streamID)
      events.after = query.after
      events.limit = query.limit
      try log.forEachEvent(events) { recorded in
        _ = try AccountEvent(recorded)
        try body(recorded)
      }
    }
  }
}
