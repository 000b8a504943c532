import EventStore
public import LedgerDomain
import LedgerEvents

/// One movement of an account, with the balance after it in effective order.
public struct HistoryEntry: Hashable, Sendable {
  /// When it counts.
  public let effectiveAt: Instant
  /// When the ledger wrote it.
  public let recordedAt: Instant
  /// Which way money went, and whether inside the book.
  public let kind: Kind
  /// Negative for money that left.
  public let amount: Money
  /// The balance after it, in effective order.
  public let balance: Money
  /// What it was for; nil if nobody said, or it was erased.
  public let description: String?
  /// Whether somebody said what it was for, and that was erased.
  public let isDescriptionErased: Bool
  /// The other account of a transfer; nil for other movements.
  public let counterparty: AccountID?
  /// Shared by the two legs of a transfer; nil for other movements.
  public let transferID: String?
  /// Stream position.
  public let version: Int64
  /// Global position.
  public let position: Int64
  /// The commits that its own reverses or corrects, and those that do so to it.
  public let links: LinkedCommits

  /// Deposits and withdrawals cross the border of the book; transfers stay inside.
  public enum Kind: String, Hashable, Sendable {
    case deposit
    case withdrawal
    case transferIn = "transfer-in"
    case transferOut = "transfer-out"
  }
}

extension Ledger {
  /// Calls `body` for the movements of `account` in effective order, with the running balance in that
  /// order; at most `limit` of them. Throws `Rejection.accountNotFound`.
  public func forEachMovement(
    of account: AccountID, limit: Int? = nil, _ body: (HistoryEntry) throws -> Void
  ) throws {
    try store.read { log in
      let streamID = AccountStream.id(of: account)
      guard try log.version(of: streamID) != nil else { throw Rejection.accountNotFound(account) }
      var query = EventQuery(streamID: streamID)
      query.order = .effective
      let links = linkLookup()
      var balanceMinor: Int64 = 0
      var remaining = limit ?? .max
      try log.forEachEvent(query) { recorded in
        let event = try AccountEvent(recorded)
        guard let movement = event.movement, remaining > 0 else { return }
        remaining -= 1
        let (sum, overflow) = balanceMinor.addingReportingOverflow(event.signedMinorUnits)
        guard !overflow else { throw damaged(recorded, "the balance after it exceeds 64 bits") }
        balanceMinor = sum
        try body(
          HistoryEntry(
            event, movement, recorded, balanceMinor: balanceMinor,
            links: try links.links(of: recorded)))
      }
    }
  }
}

extension HistoryEntry {
  fileprivate init(
    _ event: AccountEvent, _ movement: AccountEvent.Movement, _ recorded: RecordedEvent,
    balanceMinor: Int64, links: LinkedCommits
  ) {
    let isIncoming = event.signedMinorUnits > 0
    let currency = movement.amount.currency
    effectiveAt = recorded.effectiveAt
    recordedAt = recorded.recordedAt
    kind =
      movement.transferID == nil
      ? (isIncoming ? .deposit : .withdrawal) : (isIncoming ? .transferIn : .transferOut)
    amount = Money(minorUnits: event.signedMinorUnits, in: currency)
    balance = Money(minorUnits: balanceMinor, in: currency)
    description = movement.description
    isDescriptionErased = recorded.isTextErased
    counterparty = movement.counterparty
    transferID = movement.transferID
    version = recorded.streamPosition
    position = recorded.position
    self.links = links
  }
}
