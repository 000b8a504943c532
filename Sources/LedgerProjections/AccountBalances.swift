package import EventStore
package import LedgerDomain
import LedgerEvents
package import SQLite

/// Where every account stands after the last event: one row per account ever opened.
///
/// The holder's name is not copied here; `holder_position` says which event holds it.
package struct AccountBalances: Projection {
  package static let name = "account_balances"
  package static let version: Int64 = 1
  package static let tables = ["account_balances"]

  package static func definitions(in schema: String) -> [String] {
    [
      """
      CREATE TABLE \(schema).account_balances (
        account_id            TEXT    PRIMARY KEY,
        currency              TEXT    NOT NULL,
        balance_minor         INTEGER NOT NULL,  -- minor units of `currency`
        overdraft_limit_minor INTEGER NOT NULL,  -- the same unit
        limit_since_us        INTEGER,           -- effective time of the limit; NULL: the opening's
        is_closed             INTEGER NOT NULL,  -- 0 or 1
        holder_position       INTEGER,           -- global position of the event that names the holder
        version               INTEGER NOT NULL,  -- stream position of the last event
        last_position         INTEGER NOT NULL   -- global position of the last event applied
      ) STRICT, WITHOUT ROWID
      """
    ]
  }

  private let database: Database
  private let opening: String
  private let movement: String
  private let change: String
  private let closing: String

  package init(_ database: Database, schema: String) {
    self.database = database
    let table = "\(schema).account_balances"
    opening = """
      INSERT INTO \(table) VALUES (?, ?, 0, ?, NULL, 0, ?, ?, ?) ON CONFLICT (account_id) DO NOTHING
      """
    // A row only moves forward in position: applying an event twice changes nothing.
    movement = """
      UPDATE \(table)
         SET balance_minor = balance_minor + ?, version = ?, last_position = ?3
       WHERE account_id = ? AND last_position < ?3
      """
    // A limit that counts before the one in force never comes into force now.
    let isInForce = "?1 IS NOT NULL AND coalesce(limit_since_us <= ?2, TRUE)"
    change = """
      UPDATE \(table)
         SET overdraft_limit_minor = iif(\(isInForce), ?1, overdraft_limit_minor),
             limit_since_us = iif(\(isInForce), ?2, limit_since_us), version = ?,
             last_position = ?4, holder_position = coalesce(?, holder_position)
       WHERE account_id = ? AND last_position < ?4
      """
    closing = """
      UPDATE \(table)
         SET is_closed = 1, version = ?, last_position = ?2
       WHERE account_id = ? AND last_position < ?2
      """
  }

  package func apply(_ event: RecordedEvent) throws {
    guard let account = AccountStream.account(of: event.streamID)?.text else { return }
    let (version, position) = (event.streamPosition, event.position)
    let namesHolder = event.personalDigest != nil || event.personalText != nil
    let holderPosition = namesHolder ? position : nil
    switch try AccountEvent(event) {
    case .created(let created):
      try database.run(
        opening, account, created.currency.code, created.overdraftLimit.minorUnits,
        holderPosition, version, position)
    case .changed(let changed):
      try database.run(
        change, changed.overdraftLimit?.minorUnits, event.commit.header.effectiveAtMicros, version,
        position, holderPosition, account)
    case .deposited(let deposited):
      try database.run(movement, deposited.amount.minorUnits, version, position, account)
    case .withdrawn(let withdrawn):
      try database.run(movement, -withdrawn.amount.minorUnits, version, position, account)
    case .closed:
      try database.run(closing, version, position, account)
    }
  }
}

extension AccountBalances {
  /// One row of the projection.
  package struct Row: Hashable, Sendable {
    package let accountID: String
    package let balance: Money
    package let overdraftLimit: Money
    package let isClosed: Bool
    /// Nil if none was given, it was erased, or an older version of the event keeps it in its data.
    package let holder: String?
    /// Global position of the event that names the holder; nil if none does.
    package let holderPosition: Int64?
    /// Stream position of the account's last event.
    package let version: Int64
    /// Global position at which the commit with the account's last event ends.
    package let position: Int64
  }

  /// The row of one account, or all rows ordered by account id; at most `limit`.
  ///
  /// Calls `body` for each. Throws if a currency is unknown to this build.
  package static func forEach(
    of account: AccountID? = nil, limit: Int? = nil, in database: Database,
    _ body: (Row) throws -> Void
  ) throws {
    let query = """
      SELECT b.account_id, b.currency, b.balance_minor, b.overdraft_limit_minor, b.is_closed, p.text,
             b.version, c.last_position, b.holder_position
        FROM main.account_balances b
        JOIN recorded_events e ON e.position = b.last_position
        JOIN commits c ON c.commit_number = e.commit_number
        LEFT JOIN personal_texts p
          ON p.position = b.holder_position AND p.field = '\(PersonalField.holder)'
      """
    let filter =
      account == nil ? "WHERE ?1 IS NULL ORDER BY b.account_id" : "WHERE b.account_id = ?1"
    // A limit of -1 is none: <https://sqlite.org/lang_select.html#limitoffset>
    try database.forEach("\(query) \(filter) LIMIT ?", account?.text, limit ?? -1) { row in
      guard let currency = Currency(code: row.text(1)) else {
        throw EventDecodingError(
          position: row.int64(7), problem: "the currency '\(row.text(1))' is unknown")
      }
      try body(
        Row(
          accountID: row.text(0), balance: Money(minorUnits: row.int64(2), in: currency),
          overdraftLimit: Money(minorUnits: row.int64(3), in: currency),
          isClosed: row.int64(4) != 0, holder: row.optionalText(5),
          holderPosition: row.optionalInt64(8), version: row.int64(6), position: row.int64(7)))
    }
  }
}
