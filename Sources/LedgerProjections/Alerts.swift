package import EventStore
package import LedgerDomain
import LedgerEvents
package import SQLite

/// What rules have found in the movements, and who has seen it.
///
/// Rules are events, so that the log alone says what is raised. A rule that holds from the start is tried on
/// the whole log when its event is applied.
package final class Alerts: Projection {
  package static let name = "alerts"
  package static let version: Int64 = 1
  package static let lifecycle = ProjectionLifecycle.deferred
  package static let tables =
    [
      ProjectionTable(
        "alert_rules",
        """
        (
          added_position   INTEGER PRIMARY KEY,  -- global position of the event that added it
          name             TEXT    NOT NULL,
          kind             TEXT    NOT NULL,
          account_id       TEXT,                 -- NULL: every account
          currency         TEXT,                 -- of its amount; NULL: it has none
          amount_minor     INTEGER,              -- minor units of `currency`
          least_count      INTEGER,
          window_us        INTEGER,              -- a length of effective time
          from_start       INTEGER NOT NULL,     -- 1 if it holds for the whole log, else 0
          removed_position INTEGER               -- global position; NULL: it is in force
        ) STRICT
        """),
      ProjectionTable(
        "alerts",
        """
        (
          rule             TEXT    NOT NULL,
          position         INTEGER NOT NULL,     -- global position of the movement that raised it
          kind             TEXT    NOT NULL,
          account_id       TEXT    NOT NULL,
          effective_us     INTEGER NOT NULL,     -- when that movement counts
          currency         TEXT    NOT NULL,
          amount_minor     INTEGER NOT NULL,     -- minor units of `currency`, negative if money left
          counterparty     TEXT,
          found            INTEGER NOT NULL,     -- minor units, a count, or microseconds: see Alerts.swift
          seen_position    INTEGER,              -- of its acknowledgement; NULL: nobody has seen it
          PRIMARY KEY (rule, position),
          UNIQUE (account_id, rule, effective_us, position),
          UNIQUE (position, rule)
        ) STRICT, WITHOUT ROWID
        """),
      ProjectionTable(
        "alert_progress",
        """
        (
          id               INTEGER PRIMARY KEY,  -- 1: there is one row
          last_position    INTEGER NOT NULL      -- global position of the last event applied
        ) STRICT
        """),
    ] + RecentMovements.tables

  private let database: Database
  private let alertRules: String
  private let alerts: String
  private let progress: String
  private let recent: RecentMovements
  /// The position of the last event applied; nil until it is read.
  private var lastPosition: Int64?
  /// The rules in force, in the order in which they were added; nil until they are read.
  private var inForce: [AlertRule]?

  package init(_ database: Database, in place: TablePlace) {
    self.database = database
    (alertRules, alerts) = (place["alert_rules"], place["alerts"])
    progress = place["alert_progress"]
    recent = RecentMovements(database, in: place)
  }

  package func apply(_ event: ProjectedEvent, _ log: ReadTransaction) throws {
    let position = event.recorded.position
    // What a window holds depends on what came before: an event is applied once, and in its turn.
    guard try position > (lastPosition ?? readProgress()) else { return }
    lastPosition = position
    if let decoded = event.content as? DecodedEvent {
      guard decoded.event.movement != nil else { return }
      let rules = try rules()
      guard !rules.isEmpty else { return }
      try judge(decoded, by: rules, keeping: rules.contains { $0.condition.looksBack })
    } else if event.recorded.streamID == BookStream.id, let change = try AlertEvent(event.recorded)
    {
      try apply(change, at: position, log)
    }
  }

  private func readProgress() throws -> Int64 {
    try database.first("SELECT last_position FROM \(progress)") { $0.int64(0) } ?? 0
  }

  package func flush() throws {
    guard let lastPosition else { return }
    try database.run("INSERT OR REPLACE INTO \(progress) VALUES (1, ?)", lastPosition)
  }

  // MARK: Rules

  private func apply(_ event: AlertEvent, at position: Int64, _ log: ReadTransaction) throws {
    switch event {
    case .ruleAdded(let rule, let fromStart):
      let before = try rules()
      try insert(rule, fromStart: fromStart, at: position)
      try look(back: rule, before: position, among: before, fromStart: fromStart, log)
    case .ruleRemoved(let name):
      try database.run(
        """
        UPDATE \(alertRules) SET removed_position = ?
         WHERE name = ? AND removed_position IS NULL
        """, position, name)
      inForce = nil
      if try !rules().contains(where: \.condition.looksBack) { try recent.clear() }
    case .acknowledged(let rule, let raised):
      try database.run(
        """
        UPDATE \(alerts) SET seen_position = ?
         WHERE rule = ? AND position = ? AND seen_position IS NULL
        """, position, rule, raised)
    }
  }

  private func insert(_ rule: AlertRule, fromStart: Bool, at position: Int64) throws {
    let condition = rule.condition
    try database.run(
      "INSERT INTO \(alertRules) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)", position, rule.name,
      condition.kind, rule.account?.text, condition.currency?.code, condition.amount?.minorUnits,
      condition.count, condition.windowMicros, fromStart ? 1 : 0)
    inForce = nil
  }

  /// Tries a new rule on the log before it, if it holds from the start; and keeps from now on what rules look
  /// back at, if none did before.
  private func look(
    back rule: AlertRule, before position: Int64, among others: [AlertRule], fromStart: Bool,
    _ log: ReadTransaction
  ) throws {
    let isKept = others.contains(where: \.condition.looksBack)
    let keeps = rule.condition.looksBack && (fromStart || !isKept)
    guard fromStart || keeps else { return }
    if keeps { try recent.clear() }
    var query = EventQuery()
    query.through = position - 1
    query.includesPersonalText = false
    try log.forEachEvent(query) { recorded in
      guard let event = try DecodedEvent(recorded), event.event.movement != nil else { return }
      try judge(event, by: fromStart ? [rule] : [], keeping: keeps)
    }
  }

  private func rules() throws -> [AlertRule] {
    if let inForce { return inForce }
    var rules: [AlertRule] = []
    try forEachRule { if $0.removedPosition == nil { rules.append($0.rule) } }
    inForce = rules
    return rules
  }

  // MARK: Movements

  private func judge(_ event: DecodedEvent, by rules: [AlertRule], keeping: Bool) throws {
    guard let movement = try Movement(event) else { return }
    if keeping { try recent.add(movement) }
    for rule in rules where rule.account.map({ $0 == event.account }) ?? true {
      if let found = try found(by: rule, movement) {
        try database.run(
          "INSERT OR IGNORE INTO \(alerts) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)", rule.name,
          movement.position, rule.condition.kind, movement.account, movement.effectiveMicros,
          movement.currency.code, movement.amountMinor, movement.counterparty, found)
      }
    }
  }

  /// What the condition finds in a movement: its amount for `large-amount` and `new-counterparty`, how many
  /// there were for `many-withdrawals`, what went out for `in-and-out`, and how long the account slept for
  /// `dormant`; nil if it doesn't hold.
  private func found(by rule: AlertRule, _ movement: Movement) throws -> Int64? {
    switch rule.condition {
    case .largeAmount(let least):
      let isCounted = movement.isOutgoing || movement.counterparty == nil
      return isCounted && movement.isAtLeast(least) ? movement.magnitude : nil
    case .manyWithdrawals(let count, let window):
      // One alert a window: the next withdrawals say nothing new.
      guard movement.isOutgoing, try !hasRaised(rule.name, movement, within: window),
        try recent.window(window, at: movement).outgoing >= count
      else { return nil }
      return count
    case .inAndOut(let least, let window):
      guard movement.currency == least.currency else { return nil }
      let found = try recent.window(window, at: movement)
      let (incoming, outgoing) = (found.incomingMinor, found.outgoingMinor)
      let before =
        movement.isOutgoing
        ? (incoming, outgoing - Int128(movement.magnitude))
        : (incoming - Int128(movement.magnitude), outgoing)
      let amount = Int128(least.minorUnits)
      let (holds, held) = (min(incoming, outgoing) >= amount, min(before.0, before.1) >= amount)
      return holds && !held ? Int64(clamping: outgoing) : nil
    case .newCounterparty(let least):
      guard movement.isOutgoing, movement.counterparty != nil,
        least.map(movement.isAtLeast) ?? true, try recent.isFirstPayment(movement)
      else { return nil }
      return movement.magnitude
    case .dormant(let after):
      guard let last = try recent.latestMicros(before: movement) else { return nil }
      let slept = Int64(clamping: Int128(movement.effectiveMicros) - Int128(last))
      return slept >= after ? slept : nil
    }
  }
}

extension Alerts {
  /// Whether the rule found something on the account within a window up to the movement's effective time.
  private func hasRaised(
    _ rule: String, _ movement: Movement, within window: Int64
  ) throws -> Bool {
    try database.first(
      """
      SELECT 1 FROM \(alerts)
       WHERE account_id = ?1 AND rule = ?2 AND effective_us > ?3 AND effective_us <= ?4 LIMIT 1
      """, movement.account, rule, movement.effectiveMicros - window, movement.effectiveMicros
    ) { _ in true } ?? false
  }
}

/// A movement as rules look at it.
struct Movement {
  let account: String
  let position: Int64
  let effectiveMicros: Int64
  let currency: Currency
  /// Negative if money left.
  let amountMinor: Int64
  let counterparty: String?

  /// Nil if the event is none.
  init?(_ event: DecodedEvent) throws {
    guard let movement = event.event.movement else { return nil }
    (account, position) = (event.account.text, event.recorded.position)
    effectiveMicros = event.recorded.commit.effectiveAtMicros
    currency = movement.amount.currency
    amountMinor = event.event.signedMinorUnits
    counterparty = movement.counterparty?.text
  }

  var isOutgoing: Bool { amountMinor < 0 }
  var magnitude: Int64 { amountMinor.magnitude > Int64.max ? .max : abs(amountMinor) }

  func isAtLeast(_ least: Money) -> Bool {
    currency == least.currency && magnitude >= least.minorUnits
  }
}

extension AlertRule.Condition {
  /// Whether it asks for more than the movement itself.
  fileprivate var looksBack: Bool {
    switch self {
    case .largeAmount: false
    case .manyWithdrawals, .inAndOut, .newCounterparty, .dormant: true
    }
  }
}

extension Alerts {
  /// A rule, and since when it is in force and until when it was.
  package struct KnownRule: Hashable, Sendable {
    package let rule: AlertRule
    package let addedPosition: Int64
    package let isFromStart: Bool
    /// Nil if it is in force.
    package let removedPosition: Int64?
  }

  /// Calls `body` for every rule ever added, in that order. Throws `StoreProblem` if a row holds none.
  package func forEachRule(_ body: (KnownRule) throws -> Void) throws {
    try database.forEach(
      """
      SELECT name, kind, account_id, currency, amount_minor, least_count, window_us,
             added_position, from_start, removed_position
        FROM \(alertRules) ORDER BY added_position
      """
    ) { row in
      let currency = row.optionalText(3).flatMap { Currency(code: $0) }
      let amount = currency.flatMap { currency in
        row.optionalInt64(4).map { Money(minorUnits: $0, in: currency) }
      }
      let condition = AlertRule.Condition(
        kind: row.text(1), amount: amount, count: row.optionalInt64(5),
        windowMicros: row.optionalInt64(6))
      let account = try row.optionalText(2).map { try AccountID($0) }
      guard let condition,
        let rule = AlertRule(name: row.text(0), condition: condition, account: account)
      else {
        throw StoreProblem(
          position: nil, problem: "the projection \(Self.name) has a rule that is none")
      }
      try body(
        KnownRule(
          rule: rule, addedPosition: row.int64(7), isFromStart: row.int64(8) != 0,
          removedPosition: row.optionalInt64(9)))
    }
  }

  /// One alert.
  package struct Raised: Hashable, Sendable {
    package let rule: String
    package let kind: String
    /// Of the movement that raised it.
    package let position: Int64
    package let accountID: String
    package let effectiveMicros: Int64
    package let currencyCode: String
    /// Negative if money left.
    package let amountMinor: Int64
    package let counterparty: String?
    /// See `found(by:)`.
    package let found: Int64
    /// Of its acknowledgement; nil if nobody has seen it.
    package let seenPosition: Int64?
  }

  /// Calls `body` with alerts, the latest movement first, until it returns false: of one account or rule if
  /// that is given, and those alone that nobody has seen unless `includesSeen`.
  package func forEachAlert(
    account: AccountID? = nil, rule: String? = nil, includesSeen: Bool,
    while body: (Raised) throws -> Bool
  ) throws {
    var conditions: [String] = []
    if account != nil { conditions.append("account_id = ?1") }
    // Unary plus: in the order of positions, from the last on.
    if rule != nil { conditions.append("+rule = ?2") }
    if !includesSeen { conditions.append("seen_position IS NULL") }
    let filter = conditions.isEmpty ? "" : "WHERE \(conditions.joined(separator: " AND "))"
    let statement = try database.statement(
      """
      SELECT \(Self.columns), ?1, ?2 FROM \(alerts) \(filter) ORDER BY position DESC, rule DESC
      """)
    defer { statement.reset() }
    try statement.bind(account?.text, rule)
    while try statement.step() { guard try body(Self.raised(statement.row)) else { return } }
  }

  /// The alert that `rule` raised with the movement at `position`; nil if it raised none.
  package func alert(rule: String, position: Int64) throws -> Raised? {
    try database.first(
      "SELECT \(Self.columns) FROM \(alerts) WHERE rule = ? AND position = ?", rule, position,
      read: Self.raised)
  }

  private static let columns = """
    rule, kind, position, account_id, effective_us, currency, amount_minor, counterparty, found,
    seen_position
    """

  private static func raised(_ row: Row) -> Raised {
    Raised(
      rule: row.text(0), kind: row.text(1), position: row.int64(2), accountID: row.text(3),
      effectiveMicros: row.int64(4), currencyCode: row.text(5), amountMinor: row.int64(6),
      counterparty: row.optionalText(7), found: row.int64(8), seenPosition: row.optionalInt64(9))
  }
}
