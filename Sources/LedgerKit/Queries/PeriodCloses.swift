public import EventStore
public import LedgerDomain
import LedgerEvents
import LedgerProjections

/// One close of a period, in force or reopened since.
public struct PeriodClose: Hashable, Sendable {
  /// What was closed, with everything before it.
  public let period: Period
  /// Global position of the close.
  public let position: Int64
  /// When the close was written.
  public let closedAt: Instant
  /// Who closed it.
  public let closedBy: String
  /// Why; nil if nobody said, or it was erased.
  public let reason: String?
  /// Whether somebody said why, and that was erased.
  public let isReasonErased: Bool
  /// How many accounts there were at the period's end, closed ones too.
  public let accounts: Int64
  /// What all balances added up to then, in alphabetical order of the currencies' codes.
  public let totals: [CurrencyTotal]
  /// SHA-256 of what `accounts --at … --format csv` printed of it.
  public let csvDigest: Digest256
  /// The log before the close.
  public let checkpoint: Checkpoint
  /// The watermark before the close; nil if nothing was closed.
  public let previousThrough: Instant?
  /// Nil if the close is in force.
  public let reopening: Reopening?

  /// The last instant at which nothing may be recorded any more while the close is in force.
  public var through: Instant { period.end }

  /// How a close was taken back.
  public struct Reopening: Hashable, Sendable {
    /// Global position.
    public let position: Int64
    /// When it was written.
    public let reopenedAt: Instant
    /// Who asked for it.
    public let reopenedBy: String
    /// Why; nil if that was erased.
    public let reason: String?
  }
}

/// One thing that is not as it was when a period was closed, as text.
public struct PeriodDifference: Hashable, Sendable {
  /// `accounts`, `totals` or `accountsSha256`.
  public let name: String
  /// What was closed.
  public let closed: String
  /// What the events add up to.
  public let found: String
}

extension Ledger {
  /// Calls `body` for every close in the order of recording, reopened ones too; of `period` alone if it is
  /// given. As of one moment.
  ///
  /// Throws `Rejection.periodNeverClosed` if `period` has none.
  public func forEachPeriodClose(
    of period: Period? = nil, _ body: (PeriodClose) throws -> Void
  ) throws {
    try store.read { try forEachPeriodClose(of: period, $0, body) }
  }

  /// Adds up the whole book anew for every close like `forEachPeriodClose`, and hands `body` what differs
  /// from what was closed: nothing, unless the past was changed behind the ledger's back.
  ///
  /// A close in force is compared with all that is known now, a reopened one with what was known when it
  /// was made.
  public func verifyPeriodCloses(
    of period: Period? = nil, _ body: (PeriodClose, [PeriodDifference]) throws -> Void
  ) throws {
    try store.read { log in
      try forEachPeriodClose(of: period, log) { close in
        let known = close.reopening == nil ? nil : close.closedAt
        let book = try trialBalance(at: .instants(effective: close.through, known: known), log)
        try body(close, close.differences(from: book))
      }
    }
  }

  private func forEachPeriodClose(
    of period: Period?, _ log: ReadTransaction, _ body: (PeriodClose) throws -> Void
  ) throws {
    var wasClosed = false
    try log.query(Periods.self) { database in
      try Periods.forEach(of: period, in: database) { row in
        wasClosed = true
        try body(
          try close(at: row.closed.position, reopenedAt: row.reopenedPosition, log))
      }
    }
    if let period, !wasClosed { throw Rejection.periodNeverClosed(period) }
  }

  /// The close at `position`, with what its events say.
  func close(
    at position: Int64, reopenedAt reopenedPosition: Int64?, _ log: ReadTransaction
  ) throws -> PeriodClose {
    guard let recorded = try log.event(at: position),
      case .closed(let closed)? = try PeriodEvent(recorded)
    else { throw disagreeing(about: position) }
    let reopening = try reopenedPosition.map { position in
      guard let recorded = try log.event(at: position) else { throw disagreeing(about: position) }
      return PeriodClose.Reopening(recorded)
    }
    return PeriodClose(closed, recorded, in: id, reopening: reopening)
  }

  private func disagreeing(about position: Int64) -> StoreFileError {
    .damaged(
      path: store.path, position: position,
      problem: "the projection \(Periods.name) says that a period was closed or reopened here")
  }
}

extension PeriodClose {
  fileprivate init(
    _ closed: PeriodClosed, _ recorded: RecordedEvent, in ledgerID: String, reopening: Reopening?
  ) {
    let history = closed.history
    period = closed.period
    position = recorded.position
    closedAt = recorded.recordedAt
    closedBy = recorded.commit.header.actor
    reason = recorded.commit.reason?.text
    isReasonErased = recorded.commit.isReasonErased
    accounts = closed.book.accounts
    totals = closed.book.totals
    csvDigest = closed.book.csvDigest
    checkpoint = Checkpoint(
      storeID: ledgerID, position: history.position, headHash: history.headHash,
      treeSize: history.treeSize, treeRoot: history.treeRoot,
      createdAtMicros: recorded.commit.recordedAtMicros)
    previousThrough = closed.previousThrough
    self.reopening = reopening
  }

  fileprivate func differences(from book: TrialBalance) -> [PeriodDifference] {
    func text(_ totals: [CurrencyTotal]) -> String {
      totals.isEmpty ? "none" : totals.map(\.text).joined(separator: ", ")
    }
    return [
      PeriodDifference(name: "accounts", closed: "\(accounts)", found: "\(book.accounts)"),
      PeriodDifference(name: "totals", closed: text(totals), found: text(book.totals)),
      PeriodDifference(
        name: "accountsSha256", closed: csvDigest.hex, found: book.csvDigest.hex),
    ].filter { $0.closed != $0.found }
  }
}

extension PeriodClose.Reopening {
  fileprivate init(_ recorded: RecordedEvent) {
    position = recorded.position
    reopenedAt = recorded.recordedAt
    reopenedBy = recorded.commit.header.actor
    reason = recorded.commit.reason?.text
  }
}
