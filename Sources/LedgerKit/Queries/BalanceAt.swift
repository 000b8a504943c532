import EventStore
public import LedgerDomain
import LedgerEvents
import LedgerProjections

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
  /// How it was found.
  public let path: Path

  /// How a balance in the past was found.
  public struct Path: Hashable, Sendable {
    /// Stream position of the movement whose stored balance the answer starts from; nil if there was none.
    public var balanceVersion: Int64?
    /// Stream position of the snapshot that the answer starts from; nil if there was none.
    public var snapshotVersion: Int64?
    /// How many events were folded after the snapshot, or from the first on.
    public var eventsReplayed = 0
    /// How many movements were added that were recorded after later ones.
    public var lateMovements = 0
  }
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
    guard let balance = try BalancesAt(cut, self, log).balance(of: account) else {
      throw Rejection.accountNotThereYet(account)
    }
    return balance
  }
}

/// Balances at one cut.
///
/// What is recorded in the order in which it counts needs no fold: each movement stores the balance after
/// it. An account's events up to some stream position all count at or before the cut, and none after that
/// position does but late ones. So an answer is a stored balance, and the late movements after it.
struct BalancesAt {
  private let ledger: Ledger
  private let log: ReadTransaction
  /// Only what counts up to here, and what was recorded late; nil means: whatever counts.
  private var effective: Instant?
  /// Only what was recorded up to here; nil means: everything.
  private var lastPosition: Int64?
  /// The same as a stream position.
  private var version: Int64?

  init(_ cut: Cut, _ ledger: Ledger, _ log: ReadTransaction) throws {
    (self.ledger, self.log) = (ledger, log)
    switch cut {
    case .instants(let effective, let known):
      self.effective = effective
      lastPosition = try known.map { try log.lastPosition(recordedThrough: $0.micros) }
    case .version(let version):
      self.version = version
    case .position(let position):
      let head = try log.head().position
      guard position <= head else {
        throw Rejection.beyondHead("position", asked: position, last: head)
      }
      lastPosition = try log.wholeCommits(through: position)
    }
  }

  /// Nil if the account is not there yet. Throws `Rejection.accountNotFound` if it never was.
  func balance(of account: AccountID) throws -> PastBalance? {
    guard let index = try log.index(of: AccountStream.id(of: account)) else {
      throw Rejection.accountNotFound(account)
    }
    guard let last = try lastVersion(index) else { return nil }
    guard let effective else { return try balance(of: account, through: last, index) }
    return try balance(of: account, through: last, countingThrough: effective, index)
  }

  /// Calls `body` for every account that is there, ordered by id.
  func forEach(_ body: (PastBalance) throws -> Void) throws {
    try AccountBalances.forEachAccount(in: log.tables(of: AccountBalances.self)) { account in
      if let balance = try balance(of: account) { try body(balance) }
    }
  }

  /// Stream position of the last event that was known; nil if there was none.
  private func lastVersion(_ index: StreamIndex) throws -> Int64? {
    if let version {
      guard version <= index.lastVersion else {
        throw Rejection.beyondHead("version", asked: version, last: index.lastVersion)
      }
      return version < 0 ? nil : version
    }
    return try lastPosition.map(index.version(through:)) ?? index.lastVersion
  }

  /// The balance after the event at stream position `last` in the order of recording.
  private func balance(
    of account: AccountID, through last: Int64, _ index: StreamIndex
  ) throws -> PastBalance {
    let stored = try StoredBalance(of: account, through: last, ledger, log)
    return try PastBalance(
      stored, account: account, version: last, position: commitEnd(of: account, at: last))
  }

  private func balance(
    of account: AccountID, through last: Int64, countingThrough effective: Instant,
    _ index: StreamIndex
  ) throws -> PastBalance? {
    let order = try EffectiveOrder(account, index, through: last, log)
    let inOrder = try order.version(through: effective)
    let late = try order.lateEvents(after: inOrder, through: effective)
    let isOpen = try index.effectiveAtMicros(at: 0).map { $0 <= effective.micros } ?? false
    var stored = try StoredBalance(of: account, through: inOrder, ledger, log)
    // A changed limit alone makes no account.
    guard isOpen || stored.isClosed || stored.hasMovement || late.movements > 0 else { return nil }
    guard let sum = Int64(exactly: Int128(stored.balance.minorUnits) + late.movedMinor) else {
      throw StoreFileError.damaged(
        path: ledger.store.path, position: nil,
        problem: "the balance of \(account) at \(effective) exceeds 64 bits")
    }
    stored.balance = Money(minorUnits: sum, in: stored.balance.currency)
    stored.path.lateMovements = late.movements
    let version = late.lastVersion ?? inOrder
    return try PastBalance(
      stored, account: account, version: version, position: commitEnd(of: account, at: version))
  }

  private func commitEnd(of account: AccountID, at version: Int64) throws -> Int64 {
    guard let place = try log.place(of: AccountStream.id(of: account), at: version) else {
      throw StoreFileError.damaged(
        path: ledger.store.path, position: nil,
        problem: "the account \(account) has no event at version \(version)")
    }
    return place.commitEnd
  }
}

/// The balance of an account after one of its events, in the order of recording.
private struct StoredBalance {
  var balance: Money
  var isClosed = false
  var hasMovement = true
  var path = PastBalance.Path()

  init(
    of account: AccountID, through version: Int64, _ ledger: Ledger, _ log: ReadTransaction
  ) throws {
    var last = try Self.lastEvent(of: account, through: version, log)
    if let event = last, case .closed = event.event {
      isClosed = true
      last = nil
    }
    if last?.event.movement == nil {
      last = try Self.lastEvent(
        of: account, through: version, ofTypes: AccountEvent.movementTypes, log)
    }
    if let last, let balanceAfter = last.event.movement?.balanceAfter {
      balance = balanceAfter
      path.balanceVersion = last.recorded.streamPosition
      return
    }
    // Before the first movement, or where version 1 of the events stores no balance.
    hasMovement = last != nil
    let loaded = try ledger.load(account, log, through: last?.recorded.streamPosition ?? 0)
    guard let standing = loaded.account.standing else {
      throw StoreFileError.damaged(
        path: ledger.store.path, position: nil,
        problem: "\(account) has events before it was opened")
    }
    balance = standing.balance
    path.snapshotVersion = loaded.snapshotVersion
    path.eventsReplayed = loaded.eventsFolded
  }

  private static func lastEvent(
    of account: AccountID, through version: Int64, ofTypes types: [String]? = nil,
    _ log: ReadTransaction
  ) throws -> DecodedEvent? {
    var query = EventQuery(streamID: AccountStream.id(of: account))
    query.throughStreamPosition = version
    query.types = types
    query.isReversed = true
    query.limit = 1
    query.includesPersonalText = false
    var found: DecodedEvent?
    try log.forEachEvent(query) { found = try DecodedEvent($0) }
    return found
  }
}

extension PastBalance {
  fileprivate init(
    _ stored: StoredBalance, account: AccountID, version: Int64, position: Int64
  ) {
    accountID = account
    balance = stored.balance
    isClosed = stored.isClosed
    (self.version, self.position) = (version, position)
    path = stored.path
  }
}
