import EventStore
public import LedgerDomain
import LedgerEvents

/// Up to where history counts.
public enum Cut: Hashable, Sendable {
  /// What counts at or before `effective`, as far as the ledger knew it at `known`; nil means: all.
  case instants(effective: Instant?, known: Instant?)
  /// The account's events up to this stream position.
  case version(Int64)
  /// All commits that end at or before this global position.
  case position(Int64)
}

/// A balance in the past.
public struct PastBalance: Hashable, Sendable {
  /// The account.
  public let accountID: AccountID
  /// What the movements that the cut lets through add up to.
  public let balance: Money
  /// Whether it was closed by then.
  public let isClosed: Bool
  /// Stream position of the account's last event that the answer knows.
  public let version: Int64
  /// Global position at which the commit with that event ends.
  public let position: Int64
  /// How many events were folded for the answer.
  public let eventsReplayed: Int
  /// How many of them count before something that was recorded earlier.
  public let lateMovements: Int
}

extension Ledger {
  /// The balance of `account` at `cut`.
  ///
  /// On the effective clock an account exists from its earliest movement or its opening, whichever
  /// counts earlier. Throws `Rejection.accountNotThereYet` before that, and `Rejection.beyondHead` for a
  /// version or a position that has not been reached.
  public func balance(of account: AccountID, at cut: Cut) throws -> PastBalance {
    try store.read { try balance(of: account, at: cut, $0) }
  }

  func balance(
    of account: AccountID, at cut: Cut, _ log: ReadTransaction
  ) throws -> PastBalance {
    var query = EventQuery(streamID: AccountStream.id(of: account))
    query.includesPersonalText = false
    try apply(cut, of: account, to: &query, log)
    var fold = PastFold(account)
    try log.forEachEvent(query) { recorded in
      let event = try AccountEvent(recorded)
      try checkFold(of: event, onto: fold.account, recorded)
      fold.add(event, recorded)
    }
    guard let balance = fold.result else {
      let isKnown = try log.version(of: AccountStream.id(of: account)) != nil
      throw isKnown ? Rejection.accountNotThereYet(account) : .accountNotFound(account)
    }
    return balance
  }

  private func apply(
    _ cut: Cut, of account: AccountID, to query: inout EventQuery, _ log: ReadTransaction
  ) throws {
    switch cut {
    case .instants(let effective, let known):
      query.effectiveThroughMicros = effective?.micros
      query.recordedThroughMicros = known?.micros
    case .version(let version):
      guard let last = try log.version(of: AccountStream.id(of: account)) else { return }
      guard version <= last else {
        throw Rejection.beyondHead("version", asked: version, last: last)
      }
      query.throughStreamPosition = version
    case .position(let position):
      let head = try log.head().position
      guard position <= head else {
        throw Rejection.beyondHead("position", asked: position, last: head)
      }
      query.through = try log.wholeCommits(through: position)
    }
  }
}

/// Folds the events that a cut lets through.
private struct PastFold {
  private(set) var account: Account
  private var last: RecordedEvent?
  private var eventsReplayed = 0
  private var lateMovements = 0

  init(_ id: AccountID) { account = Account(id: id) }

  mutating func add(_ event: AccountEvent, _ recorded: RecordedEvent) {
    if event.movement != nil, account.needsTimeline(at: recorded.effectiveAt) {
      lateMovements += 1
    }
    account.evolve(event, effectiveAt: recorded.effectiveAt)
    eventsReplayed += 1
    last = recorded
  }

  var result: PastBalance? {
    guard let last, let standing = account.standing else { return nil }
    return PastBalance(
      accountID: account.id, balance: standing.balance, isClosed: account.isClosed,
      version: last.streamPosition, position: last.commit.header.lastPosition,
      eventsReplayed: eventsReplayed, lateMovements: lateMovements)
  }
}
