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
  /// Stream position of the snapshot that the answer started from; nil if there was none.
  public let snapshotVersion: Int64?
  /// How many events were folded after it.
  public let eventsReplayed: Int
  /// How many of these count before something that was recorded earlier.
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
    try apply(cut, of: account, to: &query, log)
    let effective = query.effectiveThroughMicros.map { Instant(micros: $0) }
    let loaded = try load(query, log) { saved in effective.map(saved.counts(through:)) ?? true }
    guard let balance = try pastBalance(loaded, log) else {
      let isKnown = try log.version(of: AccountStream.id(of: account)) != nil
      throw isKnown ? Rejection.accountNotThereYet(account) : .accountNotFound(account)
    }
    return balance
  }

  private func pastBalance(_ loaded: LoadedAccount, _ log: ReadTransaction) throws -> PastBalance? {
    let account = loaded.account
    guard let standing = account.standing, let version = loaded.version,
      let place = try log.place(of: AccountStream.id(of: account.id), at: version)
    else { return nil }
    return PastBalance(
      accountID: account.id, balance: standing.balance, isClosed: account.isClosed,
      version: version, position: place.commitEnd, snapshotVersion: loaded.snapshotVersion,
      eventsReplayed: loaded.eventsFolded, lateMovements: loaded.state.lateMovements)
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
