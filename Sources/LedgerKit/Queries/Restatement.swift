import EventStore
public import LedgerDomain
import LedgerEvents

/// A moment up to which the ledger was read, in the order of recording.
public enum RecordedCut: Hashable, Sendable {
  /// What was recorded at or before it.
  case instant(Instant)
  /// All commits that end at or before this global position.
  case position(Int64)
}

/// A stretch of an account's past whose balances are others than they were known to be.
public struct Restatement: Hashable, Sendable {
  /// The account.
  public let accountID: AccountID
  /// The effective time from which on balances changed.
  public let effectiveAt: Instant
  /// Up to where they changed by just so much: the next restatement's `effectiveAt`, which is no longer part
  /// of it, or the time of the recorded cut, which is.
  public internal(set) var until: Instant
  /// The balance at `effectiveAt` as it was known at the cut; nil if the account was not there.
  public let before: Money?
  /// The balance at `effectiveAt` as it is known now.
  public let after: Money
  /// What `after` is more than `before`; zero where balances are as they were known again.
  public let change: CurrencyTotal
  /// What was recorded after the cut and counts at `effectiveAt`, in the order of recording.
  public let causes: [Cause]

  /// An event that was recorded after the cut and counts before it.
  public struct Cause: Hashable, Sendable {
    /// Global position.
    public let position: Int64
    /// When it was recorded.
    public let recordedAt: Instant
    /// Who asked for it.
    public let actor: String
  }
}

extension Ledger {
  /// Calls `body` for the balances of `account`, or of all accounts if it is nil, that counted up to the time
  /// of `cut` and were changed by what was recorded after it: by account, in effective order, as of one
  /// moment.
  ///
  /// Where late movements at one instant cancel, nothing was restated. Throws `Rejection.accountNotFound`,
  /// and `Rejection.beyondHead` for a position that has not been reached.
  public func forEachRestatement(
    of account: AccountID?, since cut: RecordedCut, _ body: (Restatement) throws -> Void
  ) throws {
    try store.read { log in
      let point = try RecordedPoint(cut, log)
      guard let account else {
        for id in try lateAccounts(after: point, log) {
          try forEachRestatement(of: id, since: point, log, body)
        }
        return
      }
      guard try log.version(of: AccountStream.id(of: account)) != nil else {
        throw Rejection.accountNotFound(account)
      }
      try forEachRestatement(of: account, since: point, log, body)
    }
  }

  /// The accounts with movements that were recorded after `point` and count at or before it, by id.
  private func lateAccounts(
    after point: RecordedPoint, _ log: ReadTransaction
  ) throws -> [AccountID] {
    var query = EventQuery()
    query.after = point.position
    query.effectiveThroughMicros = point.instant.micros
    query.includesPersonalText = false
    var accounts: Set<AccountID> = []
    try log.forEachEvent(query) { recorded in
      if case .account(let id, let event) = try LedgerEvent(recorded), event.movement != nil {
        accounts.insert(id)
      }
    }
    return accounts.sorted()
  }

  private func forEachRestatement(
    of account: AccountID, since point: RecordedPoint, _ log: ReadTransaction,
    _ body: (Restatement) throws -> Void
  ) throws {
    var query = EventQuery(streamID: AccountStream.id(of: account))
    query.order = .effective
    query.effectiveThroughMicros = point.instant.micros
    query.includesPersonalText = false
    var fold = RestatementFold(account)
    try log.forEachEvent(query) { recorded in
      if recorded.effectiveAt != fold.effectiveAt, let ended = try fold.next(recorded.effectiveAt) {
        try body(ended)
      }
      try fold.add(recorded, isKnown: recorded.position <= point.position)
    }
    if let ended = try fold.next(point.instant) { try body(ended) }
    if let last = fold.begun(until: point.instant) { try body(last) }
  }
}

/// A recorded cut on both of its scales.
private struct RecordedPoint {
  let instant: Instant
  /// The last global position at or before it; 0 if there was none.
  let position: Int64

  init(_ cut: RecordedCut, _ log: ReadTransaction) throws {
    switch cut {
    case .instant(let instant):
      self.instant = instant
      position = try log.lastPosition(recordedThrough: instant.micros)
    case .position(let asked):
      let head = try log.head().position
      guard asked <= head else {
        throw Rejection.beyondHead("position", asked: asked, last: head)
      }
      position = try log.wholeCommits(through: asked)
      // Before the first commit nothing was known, and nothing counts.
      instant = try log.event(at: position)?.recordedAt ?? .earliest
    }
  }
}

/// Two running balances over an account's events in effective order: as known at a cut, and as known now.
private struct RestatementFold {
  private let account: AccountID
  /// The instant whose events are being added; nil before the first.
  private(set) var effectiveAt: Instant?
  private var knownMinor: Int128 = 0
  private var lateMinor: Int128 = 0
  /// Whether the account was there as far as was known.
  private var isKnown = false
  private var currency: Currency?
  private var causes: [Restatement.Cause] = []
  /// The last restatement, which ends where the next begins.
  private var pending: Restatement?

  init(_ account: AccountID) { self.account = account }

  /// Adds an event of the current instant. Throws `EventDecodingError`.
  mutating func add(_ recorded: RecordedEvent, isKnown: Bool) throws {
    let event = try AccountEvent(recorded)
    let movement = event.movement
    if isKnown {
      // A changed limit alone makes no account.
      if case .created = event { self.isKnown = true }
      self.isKnown = self.isKnown || movement != nil
      knownMinor += Int128(event.signedMinorUnits)
    } else if movement != nil {
      lateMinor += Int128(event.signedMinorUnits)
      causes.append(
        .init(
          position: recorded.position, recordedAt: recorded.recordedAt,
          actor: recorded.commit.header.actor))
    }
    currency = currency ?? movement?.amount.currency
  }

  /// Ends the current instant and begins another; returns the restatement that ended, if one did.
  mutating func next(_ instant: Instant) throws -> Restatement? {
    defer { (effectiveAt, causes) = (instant, []) }
    guard let effectiveAt, let currency, !causes.isEmpty,
      lateMinor != pending?.change.minorUnits ?? 0
    else { return nil }
    let ended = begun(until: effectiveAt)
    pending = Restatement(
      accountID: account, effectiveAt: effectiveAt, until: effectiveAt,
      before: isKnown ? try money(knownMinor, currency) : nil,
      after: try money(knownMinor + lateMinor, currency),
      change: CurrencyTotal(currency: currency, minorUnits: lateMinor), causes: causes)
    return ended
  }

  /// The restatement that was begun last.
  func begun(until: Instant) -> Restatement? {
    var begun = pending
    begun?.until = until
    return begun
  }

  private func money(_ minorUnits: Int128, _ currency: Currency) throws -> Money {
    guard let minorUnits = Int64(exactly: minorUnits) else {
      throw StoreProblem(
        position: causes.last?.position, problem: "the balance after it exceeds 64 bits")
    }
    return Money(minorUnits: minorUnits, in: currency)
  }
}
