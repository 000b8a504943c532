package import EventStore
package import LedgerDomain
import LedgerEvents
package import SQLite

/// How much happened on every day, by currency: what a dashboard shows.
///
/// A day is that of recording, UTC: what was done today doesn't change tomorrow, and all events of a day
/// stand together in the log. Events that belong to no account have no currency.
package final class BookCounters: Projection {
  package static let name = "book_counters"
  package static let version: Int64 = 1
  package static let lifecycle = ProjectionLifecycle.deferred
  package static let tables = [
    ProjectionTable(
      "book_counters",
      """
      (
        day               TEXT    NOT NULL,  -- of recording, UTC: 2026-04-15
        currency          TEXT    NOT NULL,  -- '' for events of no account
        events            INTEGER NOT NULL,
        opened            INTEGER NOT NULL,  -- accounts
        closed            INTEGER NOT NULL,  -- accounts
        deposits          INTEGER NOT NULL,  -- movements from outside
        withdrawals       INTEGER NOT NULL,  -- movements to outside
        transfers         INTEGER NOT NULL,
        deposited_minor   INTEGER NOT NULL,  -- minor units of `currency`
        withdrawn_minor   INTEGER NOT NULL,  -- the same unit
        transferred_minor INTEGER NOT NULL,  -- the same unit
        last_position     INTEGER NOT NULL,  -- global position of the last event applied
        PRIMARY KEY (day, currency)
      ) STRICT, WITHOUT ROWID
      """),
    // The payload of a change or a close names no currency.
    ProjectionTable(
      "counted_accounts",
      """
      (
        account_id        TEXT    PRIMARY KEY,
        currency          TEXT    NOT NULL
      ) STRICT, WITHOUT ROWID
      """),
  ]

  /// One day and currency.
  package struct Row: Hashable, Sendable {
    package var events: Int64 = 0
    package var opened: Int64 = 0
    package var closed: Int64 = 0
    package var deposits: Int64 = 0
    package var withdrawals: Int64 = 0
    package var transfers: Int64 = 0
    /// Minor units, as the next two.
    package var depositedMinor: Int64 = 0
    package var withdrawnMinor: Int64 = 0
    package var transferredMinor: Int64 = 0
    fileprivate var lastPosition: Int64 = 0
  }

  private struct Key: Hashable, Comparable {
    let day: CalendarDay
    let currency: String

    static func < (left: Key, right: Key) -> Bool {
      (left.day.start, left.currency) < (right.day.start, right.currency)
    }
  }

  private let database: Database
  private let table: String
  private let rows: PendingRows<Key, Row>
  private let currencies: PendingRows<AccountID, String>
  /// The day of the last event: most others are of the same.
  private var day = CalendarDay(of: Instant(micros: 0))

  package init(_ database: Database, in place: TablePlace) {
    let (table, accounts) = (place["book_counters"], place["counted_accounts"])
    (self.database, self.table) = (database, table)
    let columns = """
      events, opened, closed, deposits, withdrawals, transfers, deposited_minor, withdrawn_minor,
      transferred_minor, last_position
      """
    let select = "SELECT \(columns) FROM \(table) WHERE day = ? AND currency = ?"
    let replace = "INSERT OR REPLACE INTO \(table) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    rows = PendingRows(
      read: { key in
        try database.first(select, key.day.description, key.currency, read: Self.row)
      },
      write: { key, row in
        try database.run(
          replace, key.day.description, key.currency, row.events, row.opened, row.closed,
          row.deposits, row.withdrawals, row.transfers, row.depositedMinor, row.withdrawnMinor,
          row.transferredMinor, row.lastPosition)
      })
    currencies = PendingRows(
      read: { account in
        try database.first(
          "SELECT currency FROM \(accounts) WHERE account_id = ?", account.text
        ) { $0.text(0) }
      },
      write: { account, currency in
        try database.run(
          "INSERT OR REPLACE INTO \(accounts) VALUES (?, ?)", account.text, currency)
      })
  }

  private static func row(_ row: SQLite.Row) throws -> Row {
    func count(_ column: Int32) throws -> Int64 { try row.count(column, in: name) }
    return Row(
      events: try count(0), opened: try count(1), closed: try count(2), deposits: try count(3),
      withdrawals: try count(4), transfers: try count(5), depositedMinor: row.int64(6),
      withdrawnMinor: row.int64(7), transferredMinor: row.int64(8), lastPosition: row.int64(9))
  }

  package func apply(_ event: ProjectedEvent, _ log: ReadTransaction) throws {
    let decoded = event.content as? DecodedEvent
    let position = event.recorded.position
    let currency = try decoded.map(currency) ?? ""
    let key = Key(
      day: day(of: Instant(micros: event.recorded.commit.recordedAtMicros)), currency: currency)
    try rows.change(key, first: Row()) { row in
      guard row.lastPosition < position else { return }
      if let decoded { try row.count(decoded.event, at: position) }
      row.events += 1
      row.lastPosition = position
    }
  }

  private func currency(of event: DecodedEvent) throws -> String {
    switch event.event {
    case .created(let opening):
      let code = opening.currency.code
      try currencies.change(event.account, first: code) { $0 = code }
      return code
    case .deposited(let movement), .withdrawn(let movement): return movement.amount.currency.code
    case .changed, .closed: return try currencies.row(event.account) ?? ""
    }
  }

  private func day(of instant: Instant) -> CalendarDay {
    if instant < day.start || instant > day.end { day = CalendarDay(of: instant) }
    return day
  }

  package func flush() throws {
    try rows.flush()
    try currencies.flush()
  }
}

extension BookCounters.Row {
  fileprivate mutating func count(_ event: AccountEvent, at position: Int64) throws {
    func add(_ amount: Money, to sum: inout Int64) throws {
      sum = try sum.adding(amount.minorUnits, at: position, BookCounters.name)
    }
    switch event {
    case .created: opened += 1
    case .closed: closed += 1
    case .changed: break
    case .deposited(let movement):
      // A transfer is counted with the leg that pays.
      guard movement.transferID == nil else { return }
      deposits += 1
      try add(movement.amount, to: &depositedMinor)
    case .withdrawn(let movement):
      if movement.transferID == nil {
        withdrawals += 1
        try add(movement.amount, to: &withdrawnMinor)
      } else {
        transfers += 1
        try add(movement.amount, to: &transferredMinor)
      }
    }
  }
}

extension BookCounters {
  /// Calls `body` for every day and currency in which something was recorded, from `day` on, in order.
  package func forEach(
    from day: CalendarDay? = nil,
    _ body: (_ day: String, _ currency: String, Row) throws -> Void
  ) throws {
    try database.forEach(
      """
      SELECT events, opened, closed, deposits, withdrawals, transfers, deposited_minor,
             withdrawn_minor, transferred_minor, last_position, day, currency
        FROM \(table) WHERE day >= ? ORDER BY day, currency
      """, day?.description ?? ""
    ) { try body($0.text(10), $0.text(11), try Self.row($0)) }
  }
}
