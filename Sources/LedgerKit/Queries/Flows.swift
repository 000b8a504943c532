import EventStore
public import LedgerDomain
import LedgerProjections

/// What one account paid another, all transfers added up.
public struct Flow: Hashable, Sendable {
  /// Who paid.
  public let payer: AccountID
  /// Who was paid.
  public let payee: AccountID
  /// What was paid in all.
  public let total: Money
  /// In how many transfers.
  public let transfers: Int64
  /// When the first of them counts.
  public let first: Instant
  /// When the last of them counts.
  public let last: Instant
}

/// What went through one account. What came in less what went out is its balance.
public struct FlowTotals: Hashable, Sendable {
  /// The account.
  public let account: AccountID
  /// From outside.
  public let deposited: Money
  /// To outside.
  public let withdrawn: Money
  /// From other accounts.
  public let received: Money
  /// To other accounts.
  public let paid: Money
}

/// The money flows around one account.
public struct Flows: Hashable, Sendable {
  /// What went through the account itself.
  public let totals: FlowTotals
  /// Who paid whom: the nearest first, and the largest of equals.
  public let flows: [Near]
  /// Whether there are more.
  public let isCut: Bool

  /// A flow and how far away it is.
  public struct Near: Hashable, Sendable {
    /// 1 for what the account itself paid or was paid.
    public let distance: Int
    /// Who paid whom.
    public let flow: Flow
  }
}

/// Which way to follow money.
public enum FlowDirection: String, CaseIterable, Sendable {
  /// To those who were paid.
  case out
  /// To those who paid.
  case `in`
  /// Both ways.
  case both
}

/// A ring of payments: the first account paid the second, and so on, and the last paid the first.
public struct FlowRing: Hashable, Sendable {
  /// The payments, in order.
  public let flows: [Flow]
}

extension Ledger {
  /// Who paid whom around `account`, up to `depth` payments away; at most `limit` of them.
  ///
  /// Throws `Rejection.accountNotFound`.
  public func flows(
    around account: AccountID, depth: Int = 1, direction: FlowDirection = .both,
    limit: Int = 10_000, progress: (_ done: Int64, _ total: Int64) -> Void = { _, _ in }
  ) throws -> Flows {
    try store.read(Counterparties.self, progress: progress) { graph, _ in
      let known = try graph.requireAccount(account)
      let currency = try known.currency
      let near = try FlowGraph(graph).edges(
        around: known.node, depth: depth, direction, limit: max(limit, Self.mostFlowsRanked))
      func money(_ minorUnits: Int64) -> Money { Money(minorUnits: minorUnits, in: currency) }
      let flows = try near.edges.map {
        Flows.Near(distance: $0.distance, flow: try graph.flow(along: $0.edge, currency))
      }.sorted { left, right in
        // The largest first.
        (left.distance, right.flow.total.minorUnits, left.flow.payer, left.flow.payee)
          < (right.distance, left.flow.total.minorUnits, right.flow.payer, right.flow.payee)
      }
      return Flows(
        totals: FlowTotals(
          account: account, deposited: money(known.depositedMinor),
          withdrawn: money(known.withdrawnMinor), received: money(known.receivedMinor),
          paid: money(known.paidMinor)),
        flows: Array(flows.prefix(limit)), isCut: near.isCut || flows.count > limit)
    }
  }

  /// Of how many flows the largest are found.
  private static let mostFlowsRanked = 20_000

  /// The shortest way that money went from `payer` to `payee`: in the fewest payments, at most `depth`.
  /// Nil if there is none.
  ///
  /// It says that each paid the next at some time, not that it was the same money. Throws
  /// `Rejection.accountNotFound` and `Rejection.sameAccount`.
  public func path(
    from payer: AccountID, to payee: AccountID, depth: Int = 8,
    progress: (_ done: Int64, _ total: Int64) -> Void = { _, _ in }
  ) throws -> [Flow]? {
    guard payer != payee else { throw Rejection.sameAccount(payer) }
    return try store.read(Counterparties.self, progress: progress) { graph, _ in
      let (first, last) = (try graph.requireAccount(payer), try graph.requireAccount(payee))
      let currency = try first.currency
      return try FlowGraph(graph).path(from: first.node, to: last.node, depth: depth).map { nodes in
        try zip(nodes, nodes.dropFirst()).map { payer, payee in
          try graph.flow(along: .init(payer: payer, payee: payee), currency)
        }
      }
    }
  }

  /// Calls `body` for every ring of at most `length` payments in which no account stands twice: those that
  /// `account` is in, from it on, or each of the book once, from its oldest account on. The shortest through
  /// an account come first. Ends early when `body` returns false, or `isOutOfTime` true; then this returns
  /// false.
  ///
  /// Throws `Rejection.accountNotFound`.
  @discardableResult
  public func forEachRing(
    through account: AccountID? = nil, length: Int = 4,
    isOutOfTime: () -> Bool = { false },
    progress: (_ done: Int64, _ total: Int64) -> Void = { _, _ in },
    _ body: (FlowRing) throws -> Bool
  ) throws -> Bool {
    try store.read(Counterparties.self, progress: progress) { graph, _ in
      let flowGraph = FlowGraph(graph)
      func show(_ nodes: [Int64], _ currency: Currency) throws -> Bool {
        let pairs = zip(nodes, nodes.dropFirst() + [nodes[0]])
        let flows = try pairs.map { payer, payee in
          try graph.flow(along: .init(payer: payer, payee: payee), currency)
        }
        return try body(FlowRing(flows: flows))
      }
      if let account {
        let known = try graph.requireAccount(account)
        let currency = try known.currency
        return try flowGraph.forEachRing(
          from: known.node, length: length, onlyYounger: false, isOutOfTime
        ) { try show($0, currency) }
      }
      var isWhole = true
      try graph.forEachNode { node in
        isWhole = try flowGraph.forEachRing(
          from: node, length: length, onlyYounger: true, isOutOfTime
        ) { nodes in
          try show(nodes, try graph.requireAccount(try graph.id(of: node)).currency)
        }
        return isWhole
      }
      return isWhole
    }
  }
}

extension Counterparties {
  fileprivate func requireAccount(_ id: AccountID) throws -> Account {
    guard let account = try account(id) else { throw Rejection.accountNotFound(id) }
    return account
  }

  fileprivate func flow(along edge: FlowGraph.Edge, _ currency: Currency) throws -> Flow {
    guard let payment = try payment(from: edge.payer, to: edge.payee) else {
      throw StoreProblem(
        position: nil,
        problem: "the projection \(Self.name) knows a payment in one direction only")
    }
    return Flow(
      payer: try id(of: edge.payer), payee: try id(of: edge.payee),
      total: Money(minorUnits: payment.totalMinor, in: currency), transfers: payment.transfers,
      first: Instant(micros: payment.firstMicros), last: Instant(micros: payment.lastMicros))
  }
}

extension Counterparties.Account {
  fileprivate var currency: Currency {
    get throws {
      guard let currency = Currency(code: currencyCode) else {
        throw StoreProblem(
          position: node,
          problem:
            "the projection \(Counterparties.name) says '\(currencyCode)', which is no currency")
      }
      return currency
    }
  }
}
