import EventStore
public import LedgerDomain
import LedgerEvents
import LedgerProjections

/// Where one account stands.
public struct AccountSummary: Hashable, Sendable {
  /// The account.
  public let accountID: AccountID
  /// What all its movements add up to.
  public let balance: Money
  /// How far below zero the balance may go.
  public let overdraftLimit: Money
  /// Whether it was closed.
  public let isClosed: Bool
  /// Nil if none was given, or it was erased.
  public let holder: String?
  /// Whether the name that was given last was erased.
  public let isHolderErased: Bool
  /// Stream position of the account's last event.
  public let version: Int64
  /// Global position at which the commit with that event ends.
  public let position: Int64
}

extension Ledger {
  /// Where `account` stands now. Throws `Rejection.accountNotFound`.
  public func balance(of account: AccountID) throws -> AccountSummary {
    try store.read { log in
      var found: AccountSummary?
      try log.query(AccountBalances.self) { database in
        try AccountBalances.forEach(of: account, in: database) {
          found = try AccountSummary($0, log)
        }
      }
      guard let found else { throw Rejection.accountNotFound(account) }
      return found
    }
  }

  /// Where `account` stands now, and the `count` movements of it that count latest, the last first. Throws
  /// `Rejection.accountNotFound`.
  public func summary(
    of account: AccountID, latest count: Int
  ) throws -> (AccountSummary, [HistoryEntry]) {
    try store.read { _ in
      let summary = try balance(of: account)
      var query = HistoryQuery()
      (query.isReversed, query.limit) = (true, count)
      var movements: [HistoryEntry] = []
      try forEachMovement(of: account, query) { movements.append($0) }
      return (summary, movements)
    }
  }

  /// Calls `body` for the accounts ever opened, ordered by id, closed ones too; at most `limit`.
  public func forEachAccount(
    limit: Int? = nil, _ body: (AccountSummary) throws -> Void
  ) throws {
    try store.read { log in
      try log.query(AccountBalances.self) { database in
        try AccountBalances.forEach(limit: limit, in: database) {
          try body(try AccountSummary($0, log))
        }
      }
    }
  }
}

extension AccountSummary {
  init(_ row: AccountBalances.Row, _ log: ReadTransaction) throws {
    accountID = try AccountID(row.accountID)
    balance = row.balance
    overdraftLimit = row.overdraftLimit
    isClosed = row.isClosed
    holder = try row.holder ?? row.holderPosition.flatMap { try log.holder(namedAt: $0) }
    isHolderErased = row.holderPosition != nil && holder == nil
    version = row.version
    position = row.position
  }
}

extension ReadTransaction {
  /// The holder that the event at `position` names; nil if it was erased.
  fileprivate func holder(namedAt position: Int64) throws -> String? {
    switch try event(at: position).map({ try AccountEvent($0) }) {
    case .created(let opening): opening.holder
    case .changed(let change): change.holder
    case .deposited, .withdrawn, .closed, nil: nil
    }
  }
}
