public import EventStore
public import LedgerDomain
import LedgerEvents

/// One movement of an account, with a running balance.
public struct HistoryEntry: Hashable, Sendable {
  /// When it counts.
  public let effectiveAt: Instant
  /// When the ledger wrote it.
  public let recordedAt: Instant
  /// Which way money went, and whether inside the book.
  public let kind: Kind
  /// Negative for money that left.
  public let amount: Money
  /// The balance after it, in the order that was asked for. Rules keep balances within 64 bits, but in effective
  /// order only those after all of an instant: between its movements one may be more.
  public let balance: CurrencyTotal
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

/// Which movements of an account, and in which order.
public struct HistoryQuery: Hashable, Sendable {
  /// The clock that orders them, and that `from` and `through` are read on.
  ///
  /// Movements that count at one instant stand in the order of recording.
  public var order = EventQuery.Order.effective
  /// Only movements at or after it; balances carry what stands before.
  public var from: Instant?
  /// Only movements at or before it.
  public var through: Instant?
  /// Only what the ledger knew by then, as if nothing had been recorded since; nil means: all.
  public var known: Instant?
  /// The last first. Balances are those after each movement all the same.
  public var isReversed = false
  /// At most so many.
  public var limit: Int?

  /// All movements in effective order.
  public init() {}
}

extension Ledger {
  /// Calls `body` for the movements of `account` that `query` asks for, each with the running balance
  /// after it.
  ///
  /// Throws `Rejection.accountNotFound`, and `Rejection.accountNotThereYet` if the ledger did not know the
  /// account by `query.known`.
  public func forEachMovement(
    of account: AccountID, _ query: HistoryQuery = HistoryQuery(),
    _ body: (HistoryEntry) throws -> Void
  ) throws {
    try store.read { log in
      var balance = try runningBalance(of: account, query, log)
      var remaining = query.limit ?? .max
      guard remaining > 0 else { return }
      let links = linkLookup(
        through: try query.known.map { try log.lastPosition(recordedThrough: $0.micros) } ?? .max)
      try readEvents(of: account, query, log) { recorded in
        let event = try AccountEvent(recorded)
        guard let movement = event.movement else { return true }
        let before = query.isReversed ? balance : nil
        balance += Int128(query.isReversed ? -event.signedMinorUnits : event.signedMinorUnits)
        try body(
          HistoryEntry(
            event, movement, recorded, balanceMinor: before ?? balance,
            links: try links.links(of: recorded)))
        remaining -= 1
        return remaining > 0
      }
    }
  }

  /// Calls `body` with the events among which the movements that `query` asks for are, until it returns
  /// false.
  private func readEvents(
    of account: AccountID, _ query: HistoryQuery, _ log: ReadTransaction,
    _ body: (RecordedEvent) throws -> Bool
  ) throws {
    let isBounded =
      query.from != nil || query.through != nil || query.isReversed && query.limit != nil
    guard query.order == .effective, isBounded,
      let index = try log.index(of: AccountStream.id(of: account))
    else { return try log.readEvents(query.events(of: account), while: body) }
    let known = try query.known.map { try log.lastPosition(recordedThrough: $0.micros) }
    guard let last = try known.map(index.version(through:)) ?? index.lastVersion else { return }
    let order = try EffectiveOrder(account, index, through: last, log)
    let end = query.through ?? .latest
    var start = query.from ?? .earliest
    if query.isReversed, let limit = query.limit {
      start = max(start, try order.beginning(ofLast: limit, through: end))
    }
    if start <= end { try order.forEach(in: start...end, isReversed: query.isReversed, body) }
  }

  /// The balance, in minor units, from which `query` counts up, or down if it is reversed.
  private func runningBalance(
    of account: AccountID, _ query: HistoryQuery, _ log: ReadTransaction
  ) throws -> Int128 {
    guard try log.version(of: AccountStream.id(of: account)) != nil else {
      throw Rejection.accountNotFound(account)
    }
    let everything = Cut.instants(effective: nil, known: query.known)
    if query.known != nil { _ = try balance(of: account, at: everything, log) }
    let start = query.from.map { Instant(micros: $0.micros - 1) }
    if !query.isReversed, start == nil { return 0 }
    let last = query.isReversed ? query.through : start
    do {
      let cut = last.map(query.cut(through:)) ?? everything
      return Int128(try balance(of: account, at: cut, log).balance.minorUnits)
    } catch Rejection.accountNotThereYet {
      return 0
    }
  }
}

extension HistoryQuery {
  /// All that stands at or before `last` in the query's order.
  fileprivate func cut(through last: Instant) -> Cut {
    switch order {
    case .effective: .instants(effective: last, known: known)
    case .recorded: .instants(effective: nil, known: min(last, known ?? last))
    }
  }

  /// The events among which its movements are.
  fileprivate func events(of account: AccountID) -> EventQuery {
    var query = EventQuery(streamID: AccountStream.id(of: account))
    query.order = order
    query.isReversed = isReversed
    query.recordedThroughMicros = known?.micros
    switch order {
    case .effective:
      query.effectiveFromMicros = from?.micros
      query.effectiveThroughMicros = through?.micros
    case .recorded:
      query.recordedFromMicros = from?.micros
      query.recordedThroughMicros = [known, through].compactMap(\.self).min()?.micros
    }
    return query
  }
}

extension HistoryEntry {
  init(
    _ event: AccountEvent, _ movement: AccountEvent.Movement, _ recorded: RecordedEvent,
    balanceMinor: Int128, links: LinkedCommits
  ) {
    let isIncoming = event.signedMinorUnits > 0
    let currency = movement.amount.currency
    effectiveAt = recorded.effectiveAt
    recordedAt = recorded.recordedAt
    kind =
      movement.transferID == nil
      ? (isIncoming ? .deposit : .withdrawal) : (isIncoming ? .transferIn : .transferOut)
    amount = Money(minorUnits: event.signedMinorUnits, in: currency)
    balance = CurrencyTotal(currency: currency, minorUnits: balanceMinor)
    description = movement.description
    isDescriptionErased = recorded.isTextErased
    counterparty = movement.counterparty
    transferID = movement.transferID
    version = recorded.streamPosition
    position = recorded.position
    self.links = links
  }
}
