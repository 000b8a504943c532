public import EventStore
public import LedgerDomain
import LedgerEvents
import LedgerProjections

/// A request to close a period, or to reopen the latest that was closed.
public struct PeriodRequest: Hashable, Sendable {
  /// What is to be done.
  public enum Action: Hashable, Sendable {
    /// Nothing that counts at or before the period's end is to be recorded any more.
    case close(Period, reason: String? = nil)
    /// The latest close is to be taken back; naming another period is refused.
    case reopen(Period?, reason: String)

    /// As on the command line and in receipts.
    public var name: String {
      switch self {
      case .close: "period close"
      case .reopen: "period reopen"
      }
    }
  }

  /// What is to be done, and why: personal text.
  public var action: Action
  /// Who asked.
  public var actor: String
  /// Nil means: one of its own.
  public var correlationID: String?
  /// What caused it; nil if nobody says.
  public var causationID: String?

  /// A request with its necessary fields.
  public init(_ action: Action, actor: String) { (self.action, self.actor) = (action, actor) }
}

/// What closing or reopening a period returns.
public struct PeriodReceipt: Hashable, Sendable {
  /// `period close` or `period reopen`.
  public let command: String
  /// The ledger that recorded it.
  public let ledgerID: String
  /// The commit's global position.
  public let position: Int64
  /// When the ledger wrote the commit.
  public let recordedAt: Instant
  /// Shared by commands that belong together.
  public let correlationID: String
  /// The hash chain's head after the commit.
  public let headHash: Digest256
  /// The close that was made, or taken back.
  public let close: PeriodClose
  /// The watermark after the commit; nil if no period is closed.
  public let closedThrough: Instant?
  /// The commit's event.
  public let event: RecordedEvent
}

extension Ledger {
  /// Closes or reopens a period durably: one commit, which changes no balance.
  ///
  /// A close stores what the book added up to at the period's end, and a checkpoint of the log before it.
  /// From then on, every command that counts at or before that end is refused. Throws `Rejection` if a
  /// rule says no, and then nothing was written.
  public func perform(_ request: PeriodRequest) throws -> PeriodReceipt {
    try store.write { try perform(request, $0) }
  }

  /// The receipt that `perform` would return; writes nothing.
  public func rehearse(_ request: PeriodRequest) throws -> PeriodReceipt {
    try store.rehearse { try perform(request, $0) }
  }

  private func perform(
    _ request: PeriodRequest, _ transaction: WriteTransaction
  ) throws -> PeriodReceipt {
    let now = try transaction.nextRecordedAt()
    let watermark = try transaction.watermark()
    let (event, reason) =
      switch request.action {
      case .close(let period, let reason):
        (try close(period, watermark, now: now, transaction.log), reason)
      case .reopen(let period, let reason):
        (PeriodEvent.reopened(PeriodReopened(try watermark.reopening(period))), reason)
      }
    let append = StreamAppend(
      streamID: BookStream.id, expectedVersion: .any, events: [event.stored])
    let recorded = try transaction.append(
      NewCommit(
        appends: [append], actor: request.actor,
        correlationID: request.correlationID ?? newID(at: now),
        causationID: request.causationID, reason: reason.map(reasonText)))
    guard let recorded = recorded.first else {
      preconditionFailure("a commit with an event is recorded")
    }
    return PeriodReceipt(
      command: request.action.name, ledgerID: id, position: recorded.position,
      recordedAt: recorded.recordedAt, correlationID: recorded.commit.header.correlationID,
      headHash: recorded.commit.hash,
      close: try self.close(changedBy: event, recorded, transaction),
      closedThrough: try transaction.watermark().latest?.through, event: recorded)
  }

  private func close(
    _ period: Period, _ watermark: Watermark, now: Instant, _ log: ReadTransaction
  ) throws -> PeriodEvent {
    try watermark.requireClosable(period, now: now)
    let book = try trialBalance(at: .instants(effective: period.end, known: nil), log)
    return .closed(
      PeriodClosed(
        period: period, book: .init(book),
        history: .init(try log.checkpoint(createdAtMicros: now.micros)),
        previousThrough: watermark.latest?.through))
  }

  /// The close that `event` makes, or takes back.
  private func close(
    changedBy event: PeriodEvent, _ recorded: RecordedEvent, _ transaction: WriteTransaction
  ) throws -> PeriodClose {
    switch event {
    case .closed: try close(at: recorded.position, reopenedAt: nil, transaction.log)
    case .reopened(let reopening):
      try close(
        at: reopening.closedAtPosition, reopenedAt: recorded.position, transaction.log)
    }
  }
}

extension WriteTransaction {
  /// Up to where the book is closed, as this transaction finds and leaves it.
  func watermark() throws -> Watermark {
    Watermark(try projection(Periods.self).latest())
  }
}

extension PeriodClosed.ClosedBook {
  /// The book as a close stores it.
  init(_ book: TrialBalance) {
    self.init(accounts: book.accounts, totals: book.totals, csvDigest: book.csvDigest)
  }
}
