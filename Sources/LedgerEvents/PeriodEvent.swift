package import EventStore
package import LedgerDomain

/// What happens to periods, in the stream of the whole book.
package enum PeriodEvent: Hashable, Sendable {
  case closed(PeriodClosed)
  case reopened(PeriodReopened)

  /// The version of both types' payload that this build writes.
  package static let currentVersion: Int64 = 1

  /// Both types, which have no older version.
  package static let types = [
    EventCatalog.EventType(PeriodClosed.type, version: currentVersion),
    EventCatalog.EventType(PeriodReopened.type, version: currentVersion),
  ]

  /// The stable name of its type in the file.
  package var typeName: String {
    switch self {
    case .closed: PeriodClosed.type
    case .reopened: PeriodReopened.type
    }
  }

  /// The event as it is stored.
  package var stored: NewEvent {
    let data =
      switch self {
      case .closed(let closed): closed.data
      case .reopened(let reopened): reopened.data
      }
    return NewEvent(type: typeName, version: Self.currentVersion, data: data)
  }
}

/// A period was closed: nothing that counts at or before its end may be recorded any more.
package struct PeriodClosed: Hashable, Sendable {
  /// The stable name of its type.
  package static let type = "PeriodClosed"

  /// What was closed.
  package var period: Period
  /// The book at the end of the period, added up.
  package var book: ClosedBook
  /// The log before this commit.
  package var history: History
  /// The watermark before; nil if nothing was closed.
  package var previousThrough: Instant?

  package init(period: Period, book: ClosedBook, history: History, previousThrough: Instant?) {
    (self.period, self.book, self.history) = (period, book, history)
    self.previousThrough = previousThrough
  }

  /// A whole book at one moment, added up.
  package struct ClosedBook: Hashable, Sendable {
    /// How many accounts there were, closed ones too.
    package var accounts: Int64
    /// In alphabetical order of the currencies' codes, each once.
    package var totals: [CurrencyTotal]
    /// SHA-256 of the list of balances as CSV.
    package var csvDigest: Digest256

    package init(accounts: Int64, totals: [CurrencyTotal], csvDigest: Digest256) {
      (self.accounts, self.totals, self.csvDigest) = (accounts, totals, csvDigest)
    }
  }

  /// What a checkpoint says of a history, but for whose it is and when it was made.
  package struct History: Hashable, Sendable {
    /// Global position of the last event; 0 if there was none.
    package var position: Int64
    package var headHash: Digest256
    /// How many commits.
    package var treeSize: Int64
    package var treeRoot: Digest256

    package init(position: Int64, headHash: Digest256, treeSize: Int64, treeRoot: Digest256) {
      (self.position, self.headHash) = (position, headHash)
      (self.treeSize, self.treeRoot) = (treeSize, treeRoot)
    }

    package init(_ checkpoint: Checkpoint) {
      self.init(
        position: checkpoint.position, headHash: checkpoint.headHash,
        treeSize: checkpoint.treeSize, treeRoot: checkpoint.treeRoot)
    }
  }
}

/// The close of a period was taken back; the one before is in force again.
package struct PeriodReopened: Hashable, Sendable {
  /// The stable name of its type.
  package static let type = "PeriodReopened"

  /// What was closed.
  package var period: Period
  /// Global position of the close.
  package var closedAtPosition: Int64

  package init(_ closed: ClosedPeriod) {
    (period, closedAtPosition) = (closed.period, closed.position)
  }
}
