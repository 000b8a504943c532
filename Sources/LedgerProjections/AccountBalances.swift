import EventStore
package import LedgerDomain
package import LedgerEvents
package import SQLite

/// Where every account stands after the last event: one row per account ever opened.
///
/// What changes waits in memory until it is flushed, so that an account that is touched often is written
/// once. The holder's name is not copied here; `holder_position` says which event holds it.
package final class AccountBalances: LedgerProjection {
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

  /// How many accounts wait in memory at most.
  private static let mostPending = 16_384

  private let database: Database
  private let select: String
  private let replace: String
  /// Accounts as the events so far have left them; the table doesn't say so yet.
  private var pending: [AccountID: Standing] = [:]

  /// A row but for its account.
  private struct Standing {
    let currency: String
    var balanceMinor: Int64 = 0
    var overdraftLimitMinor: Int64
    var limitSinceMicros: Int64?
    var isClosed = false
    var holderPosition: Int64?
    var version: Int64
    var lastPosition: Int64
  }

  package init(_ database: Database, schema: String) {
    self.database = database
    let table = "\(schema).account_balances"
    select = """
      SELECT currency, balance_minor, overdraft_limit_minor, limit_since_us, is_closed,
             holder_position, version, last_position
        FROM \(table) WHERE account_id = ?
      """
    replace = "INSERT OR REPLACE INTO \(table) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
  }

  package func apply(_ decoded: DecodedEvent) throws {
    let (account, content, event) = (decoded.account, decoded.event, decoded.recorded)
    let namesHolder = event.personalDigest != nil || event.personalText != nil
    let holderPosition = namesHolder ? event.position : nil
    guard var standing = try standing(of: account) else {
      if case .created(let opening) = content {
        try keep(
          Standing(
            currency: opening.currency.code,
            overdraftLimitMinor: opening.overdraftLimit.minorUnits,
            holderPosition: holderPosition, version: event.streamPosition,
            lastPosition: event.position), of: account)
      }
      return
    }
    // A row only moves forward in position: applying an event twice changes nothing.
    guard standing.lastPosition < event.position else { return }
    switch content {
    case .created: return
    case .changed(let change):
      let effectiveAt = event.commit.header.effectiveAtMicros
      // A limit that counts before the one in force never comes into force now.
      if let limit = change.overdraftLimit, standing.limitSinceMicros ?? .min <= effectiveAt {
        standing.overdraftLimitMinor = limit.minorUnits
        standing.limitSinceMicros = effectiveAt
      }
      standing.holderPosition = holderPosition ?? standing.holderPosition
    case .deposited, .withdrawn:
      let (sum, overflow) = standing.balanceMinor.addingReportingOverflow(content.signedMinorUnits)
      guard !overflow else {
        throw StoreProblem(
          position: event.position,
          problem: "no projection can hold it: the balance after it exceeds 64 bits")
      }
      standing.balanceMinor = sum
    case .closed: standing.isClosed = true
    }
    standing.version = event.streamPosition
    standing.lastPosition = event.position
    try keep(standing, of: account)
  }

  /// Nil if the account was never opened.
  private func standing(of account: AccountID) throws -> Standing? {
    if let waiting = pending[account] { return waiting }
    return try database.first(select, account.text) { row in
      Standing(
        currency: row.text(0), balanceMinor: row.int64(1), overdraftLimitMinor: row.int64(2),
        limitSinceMicros: row.optionalInt64(3), isClosed: row.int64(4) != 0,
        holderPosition: row.optionalInt64(5), version: row.int64(6), lastPosition: row.int64(7))
    }
  }

  private func keep(_ standing: Standing, of account: AccountID) throws {
    pending[account] = standing
    if pending.count >= Self.mostPending { try flush() }
  }

  package func flush() throws {
    for (account, row) in pending.sorted(by: { $0.key < $1.key }) {
      try database.run(
        replace, account.text, row.currency, row.balanceMinor, row.overdraftLimitMinor,
        row.limitSinceMicros, row.isClosed ? 1 : 0, row.holderPosition, row.version,
        row.lastPosition)
    }
    pending.removeAll(keepingCapacity: true)
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
