package import EventStore
package import LedgerDomain
package import LedgerEvents
package import SQLite

/// Who paid whom: the accounts and the transfers between them as a graph.
///
/// A transfer is counted with the leg that pays. Money that comes from outside or leaves is summed up with
/// its account. Accounts are nodes by the position at which they were opened.
package final class Counterparties: LedgerProjection {
  package static let name = "counterparties"
  package static let version: Int64 = 1
  package static let lifecycle = ProjectionLifecycle.deferred
  package static let tables = [
    ProjectionTable(
      "flow_accounts",
      """
      (
        account_id        TEXT    PRIMARY KEY,
        node              INTEGER NOT NULL UNIQUE,  -- global position of its opening
        currency          TEXT    NOT NULL,
        deposited_minor   INTEGER NOT NULL,  -- from outside; minor units of `currency`, as the next three
        withdrawn_minor   INTEGER NOT NULL,  -- to outside
        received_minor    INTEGER NOT NULL,  -- from other accounts
        paid_minor        INTEGER NOT NULL,  -- to other accounts
        last_position     INTEGER NOT NULL   -- global position of the last event applied
      ) STRICT, WITHOUT ROWID
      """),
    ProjectionTable(
      "counterparties",
      """
      (
        payer             INTEGER NOT NULL,  -- node
        payee             INTEGER NOT NULL,  -- node
        total_minor       INTEGER NOT NULL,  -- minor units of both accounts' currency
        transfers         INTEGER NOT NULL,
        first_us          INTEGER NOT NULL,  -- when the first of them counts
        last_us           INTEGER NOT NULL,  -- when the last of them counts
        last_position     INTEGER NOT NULL,  -- global position of the last event applied
        PRIMARY KEY (payer, payee)
      ) STRICT, WITHOUT ROWID
      """),
    // The other direction.
    ProjectionTable(
      "counterparties_of_payees",
      """
      (
        payee             INTEGER NOT NULL,  -- node
        payer             INTEGER NOT NULL,  -- node
        PRIMARY KEY (payee, payer)
      ) STRICT, WITHOUT ROWID
      """),
  ]

  /// An account and what went through it.
  package struct Account: Hashable, Sendable {
    package let node: Int64
    package let currencyCode: String
    /// From outside; minor units, as the next three.
    package fileprivate(set) var depositedMinor: Int64 = 0
    /// To outside.
    package fileprivate(set) var withdrawnMinor: Int64 = 0
    /// From other accounts.
    package fileprivate(set) var receivedMinor: Int64 = 0
    /// To other accounts.
    package fileprivate(set) var paidMinor: Int64 = 0
    fileprivate var lastPosition: Int64 = 0
  }

  private struct Edge: Hashable, Comparable {
    let payer: Int64
    let payee: Int64

    static func < (left: Edge, right: Edge) -> Bool {
      (left.payer, left.payee) < (right.payer, right.payee)
    }
  }

  /// What the table doesn't say yet.
  private struct Flow {
    var totalMinor: Int64 = 0
    var transfers: Int64 = 0
    var firstMicros: Int64 = .max
    var lastMicros: Int64 = .min
    var lastPosition: Int64 = 0

    mutating func add(_ amountMinor: Int64, effectiveMicros: Int64, at position: Int64) throws {
      totalMinor = try totalMinor.adding(amountMinor, at: position, Counterparties.name)
      transfers += 1
      firstMicros = min(firstMicros, effectiveMicros)
      lastMicros = max(lastMicros, effectiveMicros)
      lastPosition = position
    }
  }

  /// Nearly every transfer may be between two accounts that never met: many wait, so that neighbours in the
  /// table are written together.
  private static let mostPendingEdges = 32_768

  private let database: Database
  private let place: TablePlace
  private let accounts: PendingRows<AccountID, Account>
  private var flows: [Edge: Flow] = [:]

  package init(_ database: Database, in place: TablePlace) {
    (self.database, self.place) = (database, place)
    accounts = Self.accounts(database, place["flow_accounts"])
  }

  private static func accounts(
    _ database: Database, _ table: String
  ) -> PendingRows<AccountID, Account> {
    let select = """
      SELECT node, currency, deposited_minor, withdrawn_minor, received_minor, paid_minor,
             last_position
        FROM \(table) WHERE account_id = ?
      """
    let replace = "INSERT OR REPLACE INTO \(table) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
    return PendingRows(
      read: { try database.first(select, $0.text, read: account) },
      write: { id, account in
        try database.statement(replace).run {
          $0.add(id.text)
          $0.add(account.node)
          $0.add(account.currencyCode)
          $0.add(account.depositedMinor)
          $0.add(account.withdrawnMinor)
          $0.add(account.receivedMinor)
          $0.add(account.paidMinor)
          $0.add(account.lastPosition)
        }
      })
  }

  private static func account(_ row: Row) -> Account {
    Account(
      node: row.int64(0), currencyCode: row.text(1), depositedMinor: row.int64(2),
      withdrawnMinor: row.int64(3), receivedMinor: row.int64(4), paidMinor: row.int64(5),
      lastPosition: row.int64(6))
  }

  package func apply(_ event: DecodedEvent, _ log: ReadTransaction) throws {
    let position = event.recorded.position
    switch event.event {
    case .created(let opening):
      let account = Account(node: position, currencyCode: opening.currency.code)
      try accounts.change(event.account, first: account) { account in
        account.lastPosition = max(account.lastPosition, position)
      }
    case .deposited(let movement), .withdrawn(let movement): try add(movement, event)
    case .changed, .closed: break
    }
  }

  private func add(_ movement: AccountEvent.Movement, _ event: DecodedEvent) throws {
    let (amount, position) = (movement.amount.minorUnits, event.recorded.position)
    let isIncoming = event.event.signedMinorUnits > 0
    let known = try requireAccount(event.account, at: position)
    // A row only moves forward in position: applying an event twice changes nothing.
    guard known.lastPosition < position else { return }
    try accounts.change(event.account, first: known) { account in
      func add(to sum: inout Int64) throws {
        sum = try sum.adding(amount, at: position, Self.name)
      }
      switch (movement.transferID == nil, isIncoming) {
      case (true, true): try add(to: &account.depositedMinor)
      case (true, false): try add(to: &account.withdrawnMinor)
      case (false, true): try add(to: &account.receivedMinor)
      case (false, false): try add(to: &account.paidMinor)
      }
      account.lastPosition = position
    }
    guard !isIncoming, movement.transferID != nil, let payeeID = movement.counterparty else {
      return
    }
    let payee = try requireAccount(payeeID, at: position)
    let effectiveMicros = event.recorded.commit.effectiveAtMicros
    let edge = Edge(payer: known.node, payee: payee.node)
    if flows.count >= Self.mostPendingEdges, flows[edge] == nil { try flushFlows() }
    try flows[edge, default: Flow()].add(amount, effectiveMicros: effectiveMicros, at: position)
  }

  private func requireAccount(_ id: AccountID, at position: Int64) throws -> Account {
    guard let account = try accounts.row(id) else {
      throw StoreProblem(position: position, problem: "\(id) was never opened")
    }
    return account
  }

  package func flush() throws {
    try accounts.flush()
    try flushFlows()
  }

  /// Adds what waits to the tables, in their order: neighbours are written together, and no row is looked up
  /// first.
  private func flushFlows() throws {
    let add = try database.statement(
      """
      INSERT INTO \(place["counterparties"]) VALUES (?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET
        total_minor = total_minor + excluded.total_minor,
        transfers = transfers + excluded.transfers,
        first_us = min(first_us, excluded.first_us),
        last_us = max(last_us, excluded.last_us),
        last_position = excluded.last_position
      """)
    for (edge, flow) in flows.sorted(by: { $0.key < $1.key }) {
      try add.run {
        $0.add(edge.payer)
        $0.add(edge.payee)
        $0.add(flow.totalMinor)
        $0.add(flow.transfers)
        $0.add(flow.firstMicros)
        $0.add(flow.lastMicros)
        $0.add(flow.lastPosition)
      }
    }
    let reverse = try database.statement(
      "INSERT OR IGNORE INTO \(place["counterparties_of_payees"]) VALUES (?, ?)")
    for edge in flows.keys.sorted(by: { ($0.payee, $0.payer) < ($1.payee, $1.payer) }) {
      try reverse.run {
        $0.add(edge.payee)
        $0.add(edge.payer)
      }
    }
    flows.removeAll(keepingCapacity: true)
  }
}

extension Counterparties {
  /// What one account paid another.
  package struct Payment: Hashable, Sendable {
    package let payer: Int64
    package let payee: Int64
    /// Minor units of both accounts' currency.
    package let totalMinor: Int64
    package let transfers: Int64
    /// When the first of them counts.
    package let firstMicros: Int64
    /// When the last of them counts.
    package let lastMicros: Int64
  }

  /// The account; nil if it was never opened.
  package func account(_ id: AccountID) throws -> Account? { try accounts.row(id) }

  /// The id of the account that was opened at position `node`.
  package func id(of node: Int64) throws -> AccountID {
    let text = try database.first(
      "SELECT account_id FROM \(place["flow_accounts"]) WHERE node = ?", node
    ) { $0.text(0) }
    guard let text else {
      throw StoreProblem(
        position: node, problem: "the projection \(Self.name) knows no account opened there")
    }
    return try AccountID(text)
  }

  /// Calls `body` for every account, in the order in which they were opened.
  package func forEachNode(_ body: (Int64) throws -> Bool) throws {
    let statement = try database.statement(
      "SELECT node FROM \(place["flow_accounts"]) ORDER BY node")
    defer { statement.reset() }
    while try statement.step() { guard try body(statement.row.int64(0)) else { return } }
  }

  /// The nodes that `node` paid, in order.
  package func payees(of node: Int64) throws -> [Int64] {
    try nodes("SELECT payee FROM \(place["counterparties"]) WHERE payer = ?", node)
  }

  /// The nodes that paid `node`, in order.
  package func payers(of node: Int64) throws -> [Int64] {
    try nodes("SELECT payer FROM \(place["counterparties_of_payees"]) WHERE payee = ?", node)
  }

  private func nodes(_ sql: String, _ node: Int64) throws -> [Int64] {
    var nodes: [Int64] = []
    try database.forEach(sql, node) { nodes.append($0.int64(0)) }
    return nodes
  }

  /// What `payer` paid `payee`; nil if nothing.
  package func payment(from payer: Int64, to payee: Int64) throws -> Payment? {
    try database.first(
      """
      SELECT total_minor, transfers, first_us, last_us
        FROM \(place["counterparties"]) WHERE payer = ? AND payee = ?
      """, payer, payee
    ) { row in
      Payment(
        payer: payer, payee: payee, totalMinor: row.int64(0), transfers: row.int64(1),
        firstMicros: row.int64(2), lastMicros: row.int64(3))
    }
  }
}
