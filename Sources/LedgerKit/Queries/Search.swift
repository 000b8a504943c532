import EventStore
public import LedgerDomain
import LedgerEvents
import LedgerProjections

/// What to look for, and among which movements. All conditions must hold.
public struct SearchQuery: Hashable, Sendable {
  /// The words.
  public var expression: SearchExpression
  /// Only movements of this account: of a transfer its leg is shown.
  public var account: AccountID?
  /// Only transfers with this account on the other side.
  public var counterparty: AccountID?
  /// Only what counts at or after it.
  public var from: Instant?
  /// Only what counts at or before it.
  public var through: Instant?
  /// Only amounts in it, whichever way they moved.
  public var amounts: AmountRange?
  /// At most so many.
  public var limit: Int?

  /// All that was said so.
  public init(_ expression: SearchExpression) { self.expression = expression }
}

/// A movement that was found. Of a transfer, the leg that pays, unless the other account's was asked for.
public struct SearchHit: Hashable, Sendable {
  /// The movement's own global position.
  public let position: Int64
  /// Whose movement it is.
  public let account: AccountID
  /// The other account of a transfer; nil for other movements.
  public let counterparty: AccountID?
  /// When it counts.
  public let effectiveAt: Instant
  /// When the ledger wrote it.
  public let recordedAt: Instant
  /// Negative for money that left.
  public let amount: Money
  /// What it was for; nil if nobody said, or it was erased.
  public let description: String?
  /// Why the command was given; nil if nobody said, or it was erased.
  public let reason: String?

  /// Which way money went, and whether inside the book.
  public var kind: HistoryEntry.Kind {
    let isIncoming = amount.minorUnits > 0
    return counterparty == nil
      ? (isIncoming ? .deposit : .withdrawal) : (isIncoming ? .transferIn : .transferOut)
  }
}

extension Ledger {
  /// Calls `body` for what `query` finds: the best first, and of equals the latest. `marked` returns a text
  /// with `open` and `close` around the words that were found, for showing.
  ///
  /// Throws what opening and reading a ledger throws.
  public func search(
    _ query: SearchQuery,
    progress: (_ done: Int64, _ total: Int64) -> Void = { _, _ in },
    _ body: (SearchHit) throws -> Void
  ) throws {
    guard query.limit ?? .max > 0 else { return }
    try store.read(Transactions.self, progress: progress) { transactions, log in
      var filter = MovementFilter()
      (filter.account, filter.counterparty) = (query.account, query.counterparty)
      (filter.fromMicros, filter.throughMicros) = (query.from?.micros, query.through?.micros)
      var remaining = query.limit ?? .max
      try transactions.forEachHit(query.expression, filter) { found in
        let hit = try SearchHit(found, log)
        guard query.amounts?.contains(hit.amount) ?? true else { return true }
        try body(hit)
        remaining -= 1
        return remaining > 0
      }
    }
  }

  /// `texts` with `open` and `close` around what `expression` finds in them; none of them may have these.
  public func highlight(
    description: String?, reason: String?, _ expression: SearchExpression, open: String,
    close: String
  ) throws -> (description: String?, reason: String?) {
    try store.read { log in
      let texts = SearchTexts(description: description, counterparty: nil, reason: reason)
      let marked = try log.highlighted(texts, expression, open: open, close: close)
      return (marked.description, marked.reason)
    }
  }
}

extension SearchHit {
  fileprivate init(_ hit: Transactions.Hit, _ log: ReadTransaction) throws {
    guard let recorded = try log.event(at: hit.position),
      let event = try DecodedEvent(recorded), let movement = event.event.movement,
      movement.amount.minorUnits.magnitude == hit.amountMinor.magnitude
    else {
      throw StoreProblem(
        position: hit.position,
        problem: "the projection \(Transactions.name) has another movement there")
    }
    position = hit.position
    account = event.account
    counterparty = movement.counterparty
    effectiveAt = event.effectiveAt
    recordedAt = recorded.recordedAt
    amount = Money(minorUnits: hit.amountMinor, in: movement.amount.currency)
    description = movement.description
    reason = recorded.commit.reason?.text
  }
}
