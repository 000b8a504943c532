public import EventStore
public import LedgerDomain
import LedgerEvents

/// One event of an account as replay passes it.
public struct ReplayedEvent: Hashable, Sendable {
  /// In the current version of its type; as it is stored if this build can't read it.
  public let recorded: RecordedEvent
  /// What it moves, negative for money that leaves; nil if it moves none, or can't be read.
  public let amount: Money?
  /// The balance before it, in order of recording; nil before the first event.
  public let balanceBefore: Money?
  /// The balance after it; nil if there is none: it can't be read, is in another currency than the
  /// account, or the sum does not fit in 64 bits.
  public let balanceAfter: Money?
}

/// Where an account's history first contradicts the rules or itself.
public struct ReplayBug: Error, Hashable, Sendable {
  /// Stream position; nil if the event's row is too damaged to tell.
  public let version: Int64?
  /// Global position.
  public let position: Int64
  /// What is wrong, in a sentence without its full stop.
  public let problem: String
  /// The event to blame; nil if its row is too damaged, or if it is the last one and what is kept of the
  /// balance after it is wrong.
  public let event: RecordedEvent?
}

/// What a replay found.
public struct Replay: Hashable, Sendable {
  /// The account.
  public let accountID: AccountID
  /// How many events were folded before the bug, or in all.
  public let events: Int64
  /// What they add up to; nil before the first.
  public let balance: Money?
  /// The first thing that is wrong; nil if nothing is.
  public let bug: ReplayBug?
}

extension Ledger {
  /// Folds the events of `account` one by one in the order of recording, from the first up to stream
  /// position `version`, and stops at the first that can't be right. `body` is called for each, the
  /// wrong one too.
  ///
  /// Each event is decided again by the account's rules, against what the events before it have left. If
  /// the last event is reached, the stored balance is compared too. Hashes are left to `verify`. Snapshots
  /// are not used, and memory stays flat, but for the instants of an account with late events. Throws
  /// `Rejection.accountNotFound`.
  public func replay(
    _ account: AccountID, through version: Int64? = nil, _ body: (ReplayedEvent) throws -> Void
  ) throws -> Replay {
    try store.read { log in
      let streamID = AccountStream.id(of: account)
      guard let last = try log.version(of: streamID) else {
        throw Rejection.accountNotFound(account)
      }
      var query = EventQuery(streamID: streamID)
      query.throughStreamPosition = version
      // What can't be read is shown as it is stored.
      query.isRaw = true
      var fold = ReplayFold(account, log)
      do {
        try log.forEachEvent(query) { stored in
          let (event, bug) = try fold.pass(stored)
          try body(event)
          if let bug { throw bug }
        }
        if version ?? last >= last { try fold.checkStoredBalance() }
        return fold.outcome(nil)
      } catch let bug as ReplayBug {
        return fold.outcome(bug)
      } catch StoreFileError.damaged(_, let position?, let problem) {
        return fold.outcome(
          ReplayBug(version: nil, position: position, problem: problem, event: nil))
      }
    }
  }
}
