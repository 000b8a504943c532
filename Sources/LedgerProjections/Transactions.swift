package import EventStore
package import LedgerDomain
package import LedgerEvents
package import SQLite

/// Every movement, and an index of the words that were said about it.
///
/// The index has one document for a commit, under the position of its first movement: the two legs of a
/// transfer are found as one. It keeps no text, but what stands in it could be read from it, so that an
/// erasure empties it.
package final class Transactions: LedgerProjection {
  package static let name = "transactions"
  package static let version: Int64 = 1
  package static let lifecycle = ProjectionLifecycle.deferred
  package static let keepsPersonalText = true
  package static let tables = [
    ProjectionTable(
      "transactions",
      """
      (
        position     INTEGER PRIMARY KEY,  -- global position of the movement
        first_leg    INTEGER NOT NULL,     -- position of the first movement of its commit
        account_id   TEXT    NOT NULL,
        effective_us INTEGER NOT NULL,     -- when it counts
        currency     TEXT    NOT NULL,
        amount_minor INTEGER NOT NULL,     -- minor units of `currency`, negative if money left
        counterparty TEXT                  -- the other account of a transfer
      ) STRICT
      """),
    ProjectionTable.fullText(
      "transactions_text",
      "description, counterparty, reason, holder, tokenize=\"\(tokenizer)\""),
    ProjectionTable(
      "transaction_holders",
      """
      (
        account_id   TEXT    PRIMARY KEY,
        position     INTEGER NOT NULL      -- global position of the last event that names the holder
      ) STRICT, WITHOUT ROWID
      """),
  ]

  /// Words are runs of letters and digits; case and accents don't matter.
  package static let tokenizer = "unicode61 remove_diacritics 2"

  /// What is said about a commit whose events are being applied.
  private struct Document {
    let position: Int64
    var description = Phrases()
    var counterparty = Phrases()
    var holder = Phrases()
  }

  /// Texts, one after the other.
  private struct Phrases {
    private(set) var text: String?
    /// Of more than one that was added.
    private var known: Set<String> = []

    mutating func append(_ phrase: String) {
      if text == nil {
        text = phrase
      } else {
        text?.append("\n")
        text?.append(phrase)
      }
    }

    /// Appends `phrase` unless it was added before.
    mutating func add(_ phrase: String?) {
      guard let phrase else { return }
      if known.isEmpty, let text {
        if phrase == text { return }
        known = [text]
      }
      if text == nil || known.insert(phrase).inserted { append(phrase) }
    }
  }

  private let database: Database
  private let movements: String
  private let index: String
  private let insertMovement: String
  private let insertDocument: String
  private let holderPositions: PendingRows<AccountID, Int64>
  /// Holders as they are named now; nil for none.
  private var holders: [AccountID: String?] = [:]
  private static let mostHolders = 65_536
  private var document: Document?
  /// The position of the last movement in the table.
  private var lastPosition: Int64?

  package init(_ database: Database, in place: TablePlace) {
    self.database = database
    (movements, index) = (place["transactions"], place["transactions_text"])
    insertMovement = "INSERT INTO \(movements) VALUES (?, ?, ?, ?, ?, ?, ?)"
    insertDocument = """
      INSERT INTO \(index) (rowid, description, counterparty, reason, holder)
        VALUES (?, ?, ?, ?, ?)
      """
    let holders = place["transaction_holders"]
    holderPositions = PendingRows(
      read: { account in
        try database.first(
          "SELECT position FROM \(holders) WHERE account_id = ?", account.text
        ) { $0.int64(0) }
      },
      write: { account, position in
        try database.run(
          "INSERT OR REPLACE INTO \(holders) VALUES (?, ?)", account.text, position)
      })
  }

  package func apply(_ event: DecodedEvent, _ log: ReadTransaction) throws {
    switch event.event {
    case .created(let opening): try name(opening.holder, event)
    case .changed(let change): try name(change.holder, event)
    case .deposited(let movement), .withdrawn(let movement):
      try add(movement, event, log)
    case .closed: break
    }
    if let document, event.recorded.position == event.recorded.commit.lastPosition {
      self.document = nil
      try insert(document, reason: event.recorded.commit.reason?.text)
    }
  }

  /// Notes who holds the account if the event says so; the text is nil if it was erased.
  private func name(_ holder: String?, _ event: DecodedEvent) throws {
    guard holder != nil || event.recorded.personalDigest != nil else { return }
    let position = event.recorded.position
    try holderPositions.change(event.account, first: 0) { last in
      guard last < position else { return }
      last = position
      holders[event.account] = .some(holder)
    }
  }

  private func holder(of account: AccountID, _ log: ReadTransaction) throws -> String? {
    if let known = holders[account] { return known }
    let position = try holderPositions.row(account)
    let holder = try position.flatMap { try log.event(at: $0) }.flatMap { recorded in
      switch try AccountEvent(recorded) {
      case .created(let opening): opening.holder
      case .changed(let change): change.holder
      case .deposited, .withdrawn, .closed: nil
      }
    }
    if holders.count >= Self.mostHolders { holders.removeAll(keepingCapacity: true) }
    holders[account] = .some(holder)
    return holder
  }

  private func add(
    _ movement: AccountEvent.Movement, _ event: DecodedEvent, _ log: ReadTransaction
  ) throws {
    let position = event.recorded.position
    let last = try lastPosition ?? lastStored()
    // A row is added once: applying an event twice changes nothing.
    guard position > last else { return }
    lastPosition = position
    var document = self.document ?? Document(position: position)
    document.description.add(movement.description)
    if let other = movement.counterparty { document.counterparty.append(other.text) }
    document.holder.add(try holder(of: event.account, log))
    self.document = document
    try database.statement(insertMovement).run {
      $0.add(position)
      $0.add(document.position)
      $0.add(event.account.text)
      $0.add(event.recorded.commit.effectiveAtMicros)
      $0.add(movement.amount.currency.code)
      $0.add(event.event.signedMinorUnits)
      $0.add(movement.counterparty?.text)
    }
  }

  private func lastStored() throws -> Int64 {
    try database.first("SELECT max(position) FROM \(movements)") { $0.int64(0) } ?? 0
  }

  private func insert(_ document: Document, reason: String?) throws {
    let (description, counterparty) = (document.description.text, document.counterparty.text)
    let holder = document.holder.text
    guard description != nil || counterparty != nil || holder != nil || reason != nil else {
      return
    }
    try database.statement(insertDocument).run {
      $0.add(document.position)
      $0.add(description)
      $0.add(counterparty)
      $0.add(reason)
      $0.add(holder)
    }
  }

  package func flush() throws { try holderPositions.flush() }
}

/// Which movements are wanted, beside what is said about them. All conditions must hold.
package struct MovementFilter: Hashable, Sendable {
  /// Only those of this account: of a transfer its leg is shown.
  package var account: AccountID?
  /// Only those with this account on the other side.
  package var counterparty: AccountID?
  /// Only those that count at or after: microseconds since 1970, UTC.
  package var fromMicros: Int64?
  /// Only those that count at or before: microseconds since 1970, UTC.
  package var throughMicros: Int64?

  package init() {}
}

extension Transactions {
  /// A movement that was found.
  package struct Hit: Hashable, Sendable {
    package let position: Int64
    /// The position of the first movement of its commit.
    package let firstLeg: Int64
    package let accountID: String
    package let effectiveAtMicros: Int64
    package let currencyCode: String
    /// Minor units, negative if money left.
    package let amountMinor: Int64
    package let counterparty: String?
  }

  /// Calls `body` with what `expression` finds and `filter` lets through, the best first and of equals the
  /// latest, until it returns false. One movement a commit: the account's own, or the first.
  package func forEachHit(
    _ expression: SearchExpression, _ filter: MovementFilter, while body: (Hit) throws -> Bool
  ) throws {
    let statement = try database.statement(
      """
      SELECT t.position, t.first_leg, t.account_id, t.effective_us, t.currency, t.amount_minor,
             t.counterparty
        FROM \(index) AS f
        JOIN \(movements) AS t ON t.position >= f.rowid AND t.position <= f.rowid + ?1
       WHERE transactions_text MATCH ?2 AND t.first_leg = f.rowid
         AND (?3 IS NULL OR t.account_id = ?3) AND (?4 IS NULL OR t.counterparty = ?4)
         AND (?5 IS NULL OR t.effective_us >= ?5) AND (?6 IS NULL OR t.effective_us <= ?6)
       ORDER BY f.rank, t.position DESC
      """)
    defer { statement.reset() }
    // Of a transfer, the other leg is the next movement.
    let legs = filter.account == nil && filter.counterparty == nil ? 0 : 1
    try statement.bind(
      Int64(legs), expression.text, filter.account?.text, filter.counterparty?.text,
      filter.fromMicros, filter.throughMicros)
    var shown: Int64?
    while try statement.step() {
      let row = statement.row
      let hit = Hit(
        position: row.int64(0), firstLeg: row.int64(1), accountID: row.text(2),
        effectiveAtMicros: row.int64(3), currencyCode: row.text(4), amountMinor: row.int64(5),
        counterparty: row.optionalText(6))
      guard shown != hit.firstLeg else { continue }
      shown = hit.firstLeg
      guard try body(hit) else { return }
    }
  }
}

extension ReadTransaction {
  /// `texts` with `open` and `close` around what `expression` finds in them, which must stand in none of
  /// them.
  package func highlighted(
    _ texts: SearchTexts, _ expression: SearchExpression, open: String, close: String
  ) throws -> SearchTexts {
    let database = connection
    try database.execute(
      """
      CREATE VIRTUAL TABLE IF NOT EXISTS temp.shown_text
        USING fts5(description, counterparty, reason, holder, tokenize="\(Transactions.tokenizer)");
      DELETE FROM temp.shown_text;
      """)
    try database.run(
      "INSERT INTO temp.shown_text VALUES (?, ?, ?, ?)", texts.description, texts.counterparty,
      texts.reason, texts.holder)
    let columns = (0..<4).map { "highlight(shown_text, \($0), ?1, ?2)" }.joined(separator: ", ")
    return try database.first(
      "SELECT \(columns) FROM temp.shown_text WHERE shown_text MATCH ?3", open, close,
      expression.anyTerm
    ) { row in
      SearchTexts(
        description: row.optionalText(0), counterparty: row.optionalText(1),
        reason: row.optionalText(2), holder: row.optionalText(3))
    } ?? texts
  }
}

/// What is said about a movement and searched.
package struct SearchTexts: Hashable, Sendable {
  package var description: String?
  package var counterparty: String?
  package var reason: String?
  package var holder: String?

  package init(
    description: String?, counterparty: String?, reason: String?, holder: String? = nil
  ) {
    self.description = description
    self.counterparty = counterparty
    self.reason = reason
    self.holder = holder
  }
}
