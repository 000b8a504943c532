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

  /// How many accounts' windows stay in memory at most.
  private static let mostAccounts = 8_192

  private let database: Database
  private let movements: String
  private let payees: String
  /// By account and length: windows that end at its latest movement, kept up with every movement, so that a
  /// busy account's are not summed up anew each time.
  private var latest: [String: [Int64: Window]] = [:]

  init(_ database: Database, in place: TablePlace) {
    self.database = database
    (movements, payees) = (place["alert_movements"], place["alert_payees"])
  }

  func clear() throws {
    latest.removeAll()
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
    for (length, window) in latest[movement.account] ?? [:] {
      latest[movement.account]?[length] = try self.window(window, moving: movement, length)
    }
  }

  // MARK: Windows

  /// What moved on an account within so many microseconds up to a moment.
  struct Window {
    /// After this effective time, up to `throughMicros`.
    fileprivate var afterMicros: Int64
    fileprivate var throughMicros: Int64
    fileprivate(set) var incomingMinor: Int128 = 0
    /// Not negative.
    fileprivate(set) var outgoingMinor: Int128 = 0
    /// How many movements went out.
    fileprivate(set) var outgoing: Int64 = 0

    fileprivate mutating func add(_ amountMinor: Int64) {
      if amountMinor > 0 {
        incomingMinor += Int128(amountMinor)
      } else {
        outgoingMinor -= Int128(amountMinor)
        outgoing += 1
      }
    }

    fileprivate mutating func subtract(_ other: Window) {
      incomingMinor -= other.incomingMinor
      outgoingMinor -= other.outgoingMinor
      outgoing -= other.outgoing
    }
  }

  /// What moved on the account of `movement`, which was added, within `length` microseconds up to its own
  /// effective time.
  func window(_ length: Int64, at movement: Movement) throws -> Window {
    let known = latest[movement.account]?[length]
    if let known, known.throughMicros == movement.effectiveMicros { return known }
    let window = try sum(
      of: movement.account, after: movement.effectiveMicros - length,
      through: movement.effectiveMicros)
    // One that ends before the account's latest movement is of no use to the next.
    if try known == nil && !hasMovements(after: movement) {
      if latest.count >= Self.mostAccounts { latest.removeAll(keepingCapacity: true) }
      latest[movement.account, default: [:]][length] = window
    }
    return window
  }

  /// `window` once `movement` is there: moved on to its effective time if that is later.
  private func window(
    _ window: Window, moving movement: Movement, _ length: Int64
  ) throws -> Window {
    var window = window
    let effectiveMicros = movement.effectiveMicros
    if effectiveMicros > window.throughMicros {
      let left = try sum(
        of: movement.account, after: window.afterMicros,
        through: min(effectiveMicros - length, window.throughMicros))
      window.subtract(left)
      window.afterMicros = effectiveMicros - length
      window.throughMicros = effectiveMicros
    }
    if effectiveMicros > window.afterMicros { window.add(movement.amountMinor) }
    return window
  }

  private func hasMovements(after movement: Movement) throws -> Bool {
    try database.first(
      "SELECT 1 FROM \(movements) WHERE account_id = ? AND effective_us > ? LIMIT 1",
      movement.account, movement.effectiveMicros
    ) { _ in true } ?? false
  }

  private func sum(
    of account: String, after afterMicros: Int64, through throughMicros: Int64
  ) throws -> Window {
    var window = Window(afterMicros: afterMicros, throughMicros: throughMicros)
    // In two halves of 32 bits, whose sums stay within 64.
    try database.forEach(
      """
      SELECT amount_minor > 0, sum(amount_minor >> 32), sum(amount_minor & 4294967295), count(*)
        FROM \(movements)
       WHERE account_id = ? AND effective_us > ? AND effective_us <= ? GROUP BY 1
      """, account, afterMicros, throughMicros
    ) { row in
      let sum = Int128(row.int64(1)) << 32 + Int128(row.int64(2))
      if row.int64(0) != 0 {
        window.incomingMinor = sum
      } else {
        (window.outgoingMinor, window.outgoing) = (-sum, row.int64(3))
      }
    }
    return window
  }

  // MARK: Others

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
