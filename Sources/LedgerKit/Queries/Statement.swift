public import EventStore
public import LedgerDomain
import LedgerEvents
import LedgerProjections

/// One account in one month: what it had, what came in and went out, and what it had then.
public struct Statement: Hashable, Sendable {
  /// The ledger that says so.
  public let ledgerID: String
  /// The account as it is now.
  public let account: AccountSummary
  /// The month, UTC: movements belong to the month in which they count.
  public let month: CalendarMonth
  /// Whether the month is over: until then, more may come.
  public let isOver: Bool
  /// The balance of everything that counts before the month.
  public let opening: Money
  /// What came in.
  public let credits: CurrencyTotal
  /// What went out, not negative.
  public let debits: CurrencyTotal
  /// How many movements came in.
  public let creditCount: Int64
  /// How many movements went out.
  public let debitCount: Int64
  /// The balance of everything that counts up to the end of the month.
  public let closing: Money
  /// The global position that the statement speaks for.
  public let position: Int64
  /// The head of the hash chain there.
  public let headHash: Digest256
}

extension Ledger {
  /// The statement of `account` for `month`: `begin` is called with it, then `body` with its movements in
  /// the order in which they count, each with the balance after it.
  ///
  /// What is known is what the ledger had written at `known`; nil means: all. `StoreProblem` is thrown before
  /// `begin` if the closing balance is not that of the log, and after the last line if the lines don't add up
  /// to the totals. Throws `Rejection.accountNotFound`, `accountNotThereYet` if
  /// there was no account in that month yet, and `monthInFuture`.
  public func statement(
    of account: AccountID, for month: CalendarMonth, known: Instant? = nil,
    progress: (_ done: Int64, _ total: Int64) -> Void = { _, _ in },
    begin: (Statement) throws -> Void, _ body: (HistoryEntry) throws -> Void
  ) throws {
    let now = try now()
    guard month.start <= now else { throw Rejection.monthInFuture(month, now: now) }
    guard let known else {
      return try store.read(MonthlyStatements.self, progress: progress) { months, log in
        let position = try log.position(of: MonthlyStatements.self)
        try write(account, month, try log.head(through: position), now: now, months, log)
      }
    }
    try store.read { log in
      var query = EventQuery(streamID: AccountStream.id(of: account))
      query.recordedThroughMicros = known.micros
      query.includesPersonalText = false
      let months = try log.fold(MonthlyStatements.self, query)
      let position = try log.lastPosition(recordedThrough: known.micros)
      try write(account, month, try log.head(through: position), now: now, months, log)
    }

    func write(
      _ account: AccountID, _ month: CalendarMonth, _ head: LogHead, now: Instant,
      _ months: MonthlyStatements, _ log: ReadTransaction
    ) throws {
      // Others may have recorded more since the projection caught up.
      let known = Instant(micros: head.recordedAtMicros ?? Instant.earliest.micros)
      let statement = try statement(of: account, month, head, known: known, now: now, months, log)
      try begin(statement)
      try writeLines(of: statement, known: known, body)
    }
  }

  private func statement(
    of account: AccountID, _ month: CalendarMonth, _ head: LogHead, known: Instant, now: Instant,
    _ months: MonthlyStatements, _ log: ReadTransaction
  ) throws -> Statement {
    let summary = try balance(of: account)
    // Throws if it was not there by the end of the month.
    let cut = Cut.instants(effective: month.end, known: known)
    let past = try balance(of: account, at: cut, log)
    let totals = try months.totals(of: account, in: month)
    let currency = summary.balance.currency
    func money(_ minorUnits: Int128) throws -> Money {
      guard let minorUnits = Int64(exactly: minorUnits) else {
        throw StoreProblem(
          position: nil, problem: "the balance of \(account) around \(month) exceeds 64 bits")
      }
      return Money(minorUnits: minorUnits, in: currency)
    }
    let closing = try money(totals.before.netMinor + totals.month.netMinor)
    guard closing == past.balance else { throw disagreement(account, month) }
    return Statement(
      ledgerID: id, account: summary, month: month, isOver: month.end < now,
      opening: try money(totals.before.netMinor),
      credits: CurrencyTotal(currency: currency, minorUnits: totals.month.creditsMinor),
      debits: CurrencyTotal(currency: currency, minorUnits: totals.month.debitsMinor),
      creditCount: totals.month.credits, debitCount: totals.month.debits,
      closing: closing, position: head.position, headHash: head.hash)
  }

  private func writeLines(
    of statement: Statement, known: Instant, _ body: (HistoryEntry) throws -> Void
  ) throws {
    var query = HistoryQuery()
    (query.from, query.through) = (statement.month.start, statement.month.end)
    query.known = known
    var (credits, debits, lines) = (Int128(0), Int128(0), Int64(0))
    var last = Int128(statement.opening.minorUnits)
    try forEachMovement(of: statement.account.accountID, query) { entry in
      let amount = Int128(entry.amount.minorUnits)
      if amount > 0 { credits += amount } else { debits -= amount }
      (last, lines) = (entry.balance.minorUnits, lines + 1)
      try body(entry)
    }
    guard credits == statement.credits.minorUnits, debits == statement.debits.minorUnits,
      lines == statement.creditCount + statement.debitCount,
      last == Int128(statement.closing.minorUnits)
    else {
      throw disagreement(statement.account.accountID, statement.month)
    }
  }

  private func disagreement(_ account: AccountID, _ month: CalendarMonth) -> StoreProblem {
    StoreProblem(
      position: nil,
      problem: "the projection \(MonthlyStatements.name) says other than the movements of "
        + "\(account) up to the end of \(month); compare it with: ledger projections verify")
  }
}
