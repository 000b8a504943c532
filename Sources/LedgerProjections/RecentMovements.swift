import EventStore
import SQLite

/// What rules look back at: movements by account and effective time, and who was paid before.
///
/// Filled only while a rule in force looks back.
final class RecentMovements {
  static let tables = [
    ProjectionTable(
      "alert_movements",
      """
      (
        account_id     TEXT    NOT NULL,
        effective_us   INTEGER NOT NULL,
        position       INTEGER NOT NULL,  -- global position of the movement
        amount_minor   INTEGER NOT NULL,  -- minor units of the account's currency, negative: money left
        PRIMARY KEY (account_id, effective_us, position)
      ) STRICT, WITHOUT ROWID
      """),
    ProjectionTable(
      "alert_payees",
      """
      (
        account_id     TEXT    NOT NULL,
        counterparty   TEXT    NOT NULL,
        first_position INTEGER NOT NULL,  -- global position of the first payment
        PRIMARY KEY (account_id, counterparty)
      ) STRICT, WITHOUT ROWID
      """),
  ]

  private let database: Database
  private let movements: String
  private let payees: String

  init(_ database: Database, in place: TablePlace) {
    self.database = database
    (movements, payees) = (place["alert_movements"], place["alert_payees"])
  }

  func clear() throws {
    try database.execute("DELETE FROM \(movements); DELETE FROM \(payees)")
  }

  func add(_ movement: Movement) throws {
    try database.run(
      "INSERT INTO \(movements) VALUES (?, ?, ?, ?)", movement.account, movement.effectiveMicros,
      movement.position, movement.amountMinor)
    if movement.isOutgoing, let counterparty = movement.counterparty {
      try database.run(
        "INSERT OR IGNORE INTO \(payees) VALUES (?, ?, ?)", movement.account, counterparty,
        movement.position)
    }
  }

  /// What moved within a window.
  struct Window {
    let incomingMinor: Int128
    /// Not negative.
    let outgoingMinor: Int128
  }

  /// What moved on the account of `movement` within `window` microseconds up to its own effective time.
  func window(_ window: Int64, at movement: Movement) throws -> Window {
    // In two halves of 32 bits, whose sums stay within 64.
    var (incoming, outgoing) = (Int128(0), Int128(0))
    try database.forEach(
      """
      SELECT amount_minor > 0, sum(amount_minor >> 32), sum(amount_minor & 4294967295)
        FROM \(movements)
       WHERE account_id = ? AND effective_us > ? AND effective_us <= ? GROUP BY 1
      """, movement.account, movement.effectiveMicros - window, movement.effectiveMicros
    ) { row in
      let sum = Int128(row.int64(1)) << 32 + Int128(row.int64(2))
      if row.int64(0) != 0 { incoming = sum } else { outgoing = -sum }
    }
    return Window(incomingMinor: incoming, outgoingMinor: outgoing)
  }

  /// Whether at least `count` movements went out within `window` microseconds up to the effective time of
  /// `movement`; looks at no more than it has to.
  func hasWithdrawals(_ count: Int64, within window: Int64, at movement: Movement) throws -> Bool {
    try database.first(
      """
      SELECT 1 FROM \(movements)
       WHERE account_id = ? AND effective_us > ? AND effective_us <= ? AND amount_minor < 0
       ORDER BY effective_us DESC LIMIT 1 OFFSET ?
      """, movement.account, movement.effectiveMicros - window, movement.effectiveMicros,
      count - 1
    ) { _ in true } ?? false
  }

  /// Whether nobody paid the counterparty from that account before.
  func isFirstPayment(_ movement: Movement) throws -> Bool {
    try database.first(
      "SELECT first_position FROM \(payees) WHERE account_id = ? AND counterparty = ?",
      movement.account, movement.counterparty
    ) { $0.int64(0) == movement.position } ?? false
  }

  /// When the latest other movement of the account counts; nil if there is none.
  func latestMicros(before movement: Movement) throws -> Int64? {
    try database.first(
      """
      SELECT effective_us FROM \(movements) WHERE account_id = ? AND position <> ?
       ORDER BY effective_us DESC LIMIT 1
      """, movement.account, movement.position
    ) { $0.int64(0) }
  }
}
