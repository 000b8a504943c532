package import EventStore
package import LedgerDomain
package import LedgerEvents
package import SQLite

/// Where every account stands after the last event: one row per account ever opened.
///
/// What changes waits in memory until it is flushed, so that an account that is touched often is written
/// once. The holder's name is not copied here; `holder_position` says which event holds it.
package final class AccountBalances: LedgerProjection {
  package static let name = "account_balances"
  package static let version: Int64 = 2
  package static let lifecycle = ProjectionLifecycle.inline
  package static let tables =
    [
      ProjectionTable(
        "account_balances",
        """
        (
          account_id            TEXT    PRIMARY KEY,
          currency              TEXT    NOT NULL,
          balance_minor         INTEGER NOT NULL,  -- minor units of `currency`
          overdraft_limit_minor INTEGER NOT NULL,  -- the same unit
          limit_since_us        INTEGER,           -- effective time of the limit; NULL: the opening's
          is_closed             INTEGER NOT NULL,  -- 0 or 1
          holder_position       INTEGER,           -- global position of the event that names the holder
          latest_effective_us   INTEGER,           -- the latest that a movement or a change counts
          late_events           INTEGER NOT NULL,  -- how many counted before that when they were recorded
          version               INTEGER NOT NULL,  -- stream position of the last event
          last_position         INTEGER NOT NULL   -- global position of the last event applied
        ) STRICT, WITHOUT ROWID
        """)
    ] + AccountTimelines.tables

  /// How many accounts are in memory at most.
  private static let mostKnown = 16_384

  private let database: Database
  private let select: String
  private let replace: String
  private let timelines: AccountTimelines
  /// Accounts as the events so far have left them.
  private var known: [AccountID: Standing] = [:]
  /// Those of them of which the table doesn't say so yet.
  private var pending: [Standing] = []

  /// A row in memory: found once, and then changed where it is.
  private final class Standing {
    let account: AccountID
    let currency: String
    var balanceMinor: Int64 = 0
    var overdraftLimitMinor: Int64
    var limitSinceMicros: Int64?
    var isClosed = false
    var holderPosition: Int64?
    var latestEffectiveMicros: Int64?
    var lateEvents: Int64 = 0
    var version: Int64
    var lastPosition: Int64
    /// Whether it is among those that wait to be written.
    var isPending = false

    /// An account that was just opened.
    init(
      _ account: AccountID, _ opening: AccountEvent.Opening, holderPosition: Int64?,
      _ event: RecordedEvent
    ) {
      self.account = account
      currency = opening.currency.code
      overdraftLimitMinor = opening.overdraftLimit.minorUnits
      self.holderPosition = holderPosition
      (version, lastPosition) = (event.streamPosition, event.position)
    }

    /// A row of `select`.
    init(_ account: AccountID, _ row: SQLite.Row) {
      self.account = account
      (currency, balanceMinor, overdraftLimitMinor) = (row.text(0), row.int64(1), row.int64(2))
      (limitSinceMicros, isClosed) = (row.optionalInt64(3), row.int64(4) != 0)
      (holderPosition, latestEffectiveMicros) = (row.optionalInt64(5), row.optionalInt64(6))
      (lateEvents, version, lastPosition) = (row.int64(7), row.int64(8), row.int64(9))
    }

    /// Gives a whole row its values.
    func bind(to row: inout Binder) {
      row.add(account.text)
      row.add(currency)
      row.add(balanceMinor)
      row.add(overdraftLimitMinor)
      row.add(limitSinceMicros)
      row.add(isClosed ? 1 : 0)
      row.add(holderPosition)
      row.add(latestEffectiveMicros)
      row.add(lateEvents)
      row.add(version)
      row.add(lastPosition)
    }
  }

  package init(_ database: Database, in place: TablePlace) {
    self.database = database
    let table = place["account_balances"]
    select = """
      SELECT currency, balance_minor, overdraft_limit_minor, limit_since_us, is_closed,
             holder_position, latest_effective_us, late_events, version, last_position
        FROM \(table) WHERE account_id = ?
      """
    replace = "INSERT OR REPLACE INTO \(table) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    timelines = AccountTimelines(database, in: place)
  }

  package func apply(_ decoded: DecodedEvent, _ log: ReadTransaction) throws {
    let (account, content, event) = (decoded.account, decoded.event, decoded.recorded)
    let namesHolder = event.personalDigest != nil || event.personalText != nil
    let holderPosition = namesHolder ? event.position : nil
    guard let standing = try standing(of: account) else {
      if case .created(let opening) = content {
        let standing = Standing(account, opening, holderPosition: holderPosition, event)
        try remember(standing)
        markPending(standing)
      }
      return
    }
    // A row only moves forward in position: applying an event twice changes nothing.
    guard standing.lastPosition < event.position else { return }
    switch content {
    case .created: return
    case .changed(let change):
      let effectiveAt = event.commit.effectiveAtMicros
      // A limit that counts before the one in force never comes into force now.
      if let limit = change.overdraftLimit, standing.limitSinceMicros ?? .min <= effectiveAt {
        standing.overdraftLimitMinor = limit.minorUnits
        standing.limitSinceMicros = effectiveAt
      }
      standing.holderPosition = holderPosition ?? standing.holderPosition
      try addToPast(decoded, standing, log)
    case .deposited, .withdrawn:
      let (sum, overflow) = standing.balanceMinor.addingReportingOverflow(content.signedMinorUnits)
      guard !overflow else {
        throw StoreProblem(
          position: event.position,
          problem: "no projection can hold it: the balance after it exceeds 64 bits")
      }
      standing.balanceMinor = sum
      try addToPast(decoded, standing, log)
    case .closed: standing.isClosed = true
    }
    standing.version = event.streamPosition
    standing.lastPosition = event.position
    markPending(standing)
  }

  /// Notes when a movement or a change counts, and what that does to what counts later.
  private func addToPast(
    _ decoded: DecodedEvent, _ standing: Standing, _ log: ReadTransaction
  ) throws {
    let effectiveMicros = decoded.recorded.commit.effectiveAtMicros
    let latest = standing.latestEffectiveMicros ?? effectiveMicros
    let isLate = effectiveMicros < latest
    if isLate {
      try timelines.noteLate(
        decoded.account, version: decoded.recorded.streamPosition,
        effectiveMicros: effectiveMicros, latestMicros: latest,
        movedMinor: decoded.event.signedMinorUnits)
    }
    try timelines.add(
      decoded.event.timelineChange, at: Instant(micros: effectiveMicros),
      to: place(of: standing), isLate: isLate, log)
    standing.latestEffectiveMicros = max(latest, effectiveMicros)
    guard isLate else { return }
    let (count, overflow) = standing.lateEvents.addingReportingOverflow(1)
    guard !overflow else {
      throw StoreProblem(
        position: nil,
        problem: "the table account_balances counts more late events of \(decoded.account) than "
          + "there can be")
    }
    standing.lateEvents = count
  }

  private func place(of standing: Standing) -> AccountTimelines.Place {
    .init(
      account: standing.account, version: standing.version,
      hasLateEvents: standing.lateEvents > 0)
  }

  /// What `change` would do to the balances of `account` if it were recorded next and counted at
  /// `effectiveAt`; harmless if there is no such account.
  package func effect(
    of change: AccountTimeline.Change, at effectiveAt: Instant, on account: AccountID,
    _ log: ReadTransaction
  ) throws -> AccountTimeline.Effect {
    guard let standing = try standing(of: account) else { return .harmless }
    return try timelines.effect(
      of: change, at: effectiveAt, on: place(of: standing), log)
  }

  /// Nil if the account was never opened.
  private func standing(of account: AccountID) throws -> Standing? {
    if let known = known[account] { return known }
    let standing = try database.first(select, account.text) { Standing(account, $0) }
    if let standing { try remember(standing) }
    return standing
  }

  private func remember(_ standing: Standing) throws {
    if known.count >= Self.mostKnown {
      try flush()
      known.removeAll(keepingCapacity: true)
    }
    known[standing.account] = standing
  }

  private func markPending(_ standing: Standing) {
    guard !standing.isPending else { return }
    standing.isPending = true
    pending.append(standing)
  }

  package func flush() throws {
    let statement = try database.statement(replace)
    for standing in pending.sorted(by: { $0.account < $1.account }) {
      try statement.run { standing.bind(to: &$0) }
      standing.isPending = false
    }
    pending.removeAll(keepingCapacity: true)
    try timelines.flush()
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

extension AccountBalances {
  /// Calls `body` for every account ever opened, ordered by id.
  package static func forEachAccount(
    in database: Database, _ body: (AccountID) throws -> Void
  ) throws {
    let query = "SELECT account_id FROM main.account_balances ORDER BY account_id"
    try database.forEach(query) { try body(try AccountID($0.text(0))) }
  }
}

/// What was recorded late on an account, as far as a question reaches.
package struct LateEvents: Hashable, Sendable {
  /// How many of them are movements.
  package let movements: Int
  /// What these add up to; minor units.
  package let movedMinor: Int128
  /// Stream position of the last of them; nil if there is none.
  package let lastVersion: Int64?
}

extension AccountBalances {
  /// The late events of `account` at stream positions above `version` and up to `last` that count at or
  /// before `effectiveMicros`.
  package static func lateEvents(
    of account: AccountID, after version: Int64, through last: Int64,
    effectiveThrough effectiveMicros: Int64, in database: Database
  ) throws -> LateEvents {
    // In two halves of 32 bits, whose sums stay within 64.
    let found = try database.first(
      """
      SELECT count(nullif(moved_minor, 0)), coalesce(sum(moved_minor >> 32), 0),
             coalesce(sum(moved_minor & 4294967295), 0), max(version)
        FROM main.late_events
       WHERE account_id = ? AND version > ? AND version <= ? AND effective_us <= ?
      """, account.text, version, last, effectiveMicros
    ) { row in
      LateEvents(
        movements: Int(row.int64(0)),
        movedMinor: Int128(row.int64(1)) << 32 + Int128(row.int64(2)),
        lastVersion: row.optionalInt64(3))
    }
    return found ?? LateEvents(movements: 0, movedMinor: 0, lastVersion: nil)
  }

  /// The late events of `account` at stream positions above `version` and up to `last` that count between
  /// two times, both included: in effective order and then by stream position, or the other way round.
  package static func lateVersions(
    of account: AccountID, after version: Int64, through last: Int64,
    effectiveFrom fromMicros: Int64, effectiveThrough throughMicros: Int64, isReversed: Bool,
    in database: Database
  ) throws -> [(version: Int64, effectiveMicros: Int64)] {
    let order = isReversed ? "effective_us DESC, version DESC" : "effective_us, version"
    var found: [(version: Int64, effectiveMicros: Int64)] = []
    try database.forEach(
      """
      SELECT version, effective_us FROM main.late_events
       WHERE account_id = ? AND version > ? AND version <= ? AND effective_us BETWEEN ? AND ?
       ORDER BY \(order)
      """, account.text, version, last, fromMicros, throughMicros
    ) { found.append(($0.int64(0), $0.int64(1))) }
    return found
  }

  /// When the latest movement or change counted before the late event at stream position `version` was
  /// recorded; nil if that event was not late.
  package static func latestMicros(
    before version: Int64, of account: AccountID, in database: Database
  ) throws -> Int64? {
    try database.first(
      "SELECT latest_us FROM main.late_events WHERE account_id = ? AND version = ?",
      account.text, version
    ) { $0.int64(0) }
  }
}
