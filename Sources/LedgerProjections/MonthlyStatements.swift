package import EventStore
package import LedgerDomain
package import LedgerEvents
package import SQLite

/// What came in and went out in every month in which an account moved.
///
/// A movement belongs to the month in which it counts, whenever it was recorded. What an account had when
/// a month began is the sum of all months before, so that a late movement changes every later month
/// without touching it.
package final class MonthlyStatements: LedgerProjection {
  package static let name = "monthly_statements"
  package static let version: Int64 = 1
  package static let lifecycle = ProjectionLifecycle.deferred
  package static let tables = [
    ProjectionTable(
      "monthly_statements",
      """
      (
        account_id    TEXT    NOT NULL,
        month         TEXT    NOT NULL,  -- 2026-04, UTC
        currency      TEXT    NOT NULL,
        credits_minor INTEGER NOT NULL,  -- what came in; minor units of `currency`
        debits_minor  INTEGER NOT NULL,  -- what went out; the same unit, not negative
        credits       INTEGER NOT NULL,  -- how many movements came in
        debits        INTEGER NOT NULL,  -- how many went out
        last_position INTEGER NOT NULL,  -- global position of the last event applied
        PRIMARY KEY (account_id, month)
      ) STRICT, WITHOUT ROWID
      """)
  ]

  private struct Key: Hashable, Comparable {
    let account: AccountID
    let month: CalendarMonth

    static func < (left: Key, right: Key) -> Bool {
      (left.account, left.month) < (right.account, right.month)
    }
  }

  private struct Sums {
    let currency: String
    var creditsMinor: Int64 = 0
    var debitsMinor: Int64 = 0
    var credits: Int64 = 0
    var debits: Int64 = 0
    var lastPosition: Int64 = 0
  }

  private let database: Database
  private let table: String
  private let rows: PendingRows<Key, Sums>
  /// The month of the last movement: the next is often in it too.
  private var month = CalendarMonth(of: Instant(micros: 0))

  package init(_ database: Database, in place: TablePlace) {
    let table = place["monthly_statements"]
    (self.database, self.table) = (database, table)
    let select = """
      SELECT currency, credits_minor, debits_minor, credits, debits, last_position
        FROM \(table) WHERE account_id = ? AND month = ?
      """
    let replace = "INSERT OR REPLACE INTO \(table) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
    rows = PendingRows(
      read: { key in
        try database.first(select, key.account.text, key.month.description) { row in
          Sums(
            currency: row.text(0), creditsMinor: row.int64(1), debitsMinor: row.int64(2),
            credits: try row.count(3, in: Self.name), debits: try row.count(4, in: Self.name),
            lastPosition: row.int64(5))
        }
      },
      write: { key, sums in
        try database.statement(replace).run {
          $0.add(key.account.text)
          $0.add(key.month.description)
          $0.add(sums.currency)
          $0.add(sums.creditsMinor)
          $0.add(sums.debitsMinor)
          $0.add(sums.credits)
          $0.add(sums.debits)
          $0.add(sums.lastPosition)
        }
      })
  }

  package func apply(_ event: DecodedEvent, _ log: ReadTransaction) throws {
    guard let movement = event.event.movement else { return }
    let (amount, position) = (movement.amount, event.recorded.position)
    let key = Key(account: event.account, month: self.month(of: event.effectiveAt))
    try rows.change(key, first: Sums(currency: amount.currency.code)) { sums in
      guard sums.lastPosition < position else { return }
      if event.event.signedMinorUnits > 0 {
        sums.creditsMinor = try sums.creditsMinor.adding(amount.minorUnits, at: position, Self.name)
        sums.credits += 1
      } else {
        sums.debitsMinor = try sums.debitsMinor.adding(amount.minorUnits, at: position, Self.name)
        sums.debits += 1
      }
      sums.lastPosition = position
    }
  }

  private func month(of instant: Instant) -> CalendarMonth {
    if instant < month.start || instant > month.end { month = CalendarMonth(of: instant) }
    return month
  }

  package func flush() throws { try rows.flush() }
}

extension MonthlyStatements {
  /// The sums of one account over months.
  package struct Totals: Hashable, Sendable {
    /// Minor units; in 128 bits, as many months may exceed 64.
    package var creditsMinor: Int128 = 0
    /// Minor units, not negative.
    package var debitsMinor: Int128 = 0
    package var credits: Int64 = 0
    package var debits: Int64 = 0

    /// What they changed the balance by.
    package var netMinor: Int128 { creditsMinor - debitsMinor }
  }

  /// The sums of `account` over all months before `month`, and of that month alone.
  package func totals(
    of account: AccountID, in month: CalendarMonth
  ) throws -> (before: Totals, month: Totals) {
    var found = (before: Totals(), month: Totals())
    let last = month.description
    try database.forEach(
      """
      SELECT month, credits_minor, debits_minor, credits, debits
        FROM \(table) WHERE account_id = ? AND month <= ?
      """, account.text, last
    ) { row in
      func add(to totals: inout Totals) throws {
        totals.creditsMinor += Int128(row.int64(1))
        totals.debitsMinor += Int128(row.int64(2))
        totals.credits = try totals.credits.adding(row.count(3, in: Self.name), Self.name)
        totals.debits = try totals.debits.adding(row.count(4, in: Self.name), Self.name)
      }
      if row.text(0) == last { try add(to: &found.month) } else { try add(to: &found.before) }
    }
    return found
  }
}

extension Int64 {
  /// The sum. Throws `StoreProblem` naming `projection` if it exceeds 64 bits.
  package func adding(
    _ amount: Int64, at position: Int64? = nil, _ projection: String
  ) throws -> Int64 {
    let (sum, overflow) = addingReportingOverflow(amount)
    guard !overflow else {
      throw StoreProblem(
        position: position, problem: "a sum in the projection \(projection) exceeds 64 bits")
    }
    return sum
  }
}
