import LedgerProjections

/// Walks over the graph of payments, reading only what it comes to.
final class FlowGraph {
  /// A payment from one account to another.
  struct Edge: Hashable {
    let payer: Int64
    let payee: Int64
  }

  private let graph: Counterparties
  private var payees: [Int64: [Int64]] = [:]
  private var payers: [Int64: [Int64]] = [:]

  init(_ graph: Counterparties) { self.graph = graph }

  private func payees(of node: Int64) throws -> [Int64] {
    if let known = payees[node] { return known }
    let found = try graph.payees(of: node)
    payees[node] = found
    return found
  }

  private func payers(of node: Int64) throws -> [Int64] {
    if let known = payers[node] { return known }
    let found = try graph.payers(of: node)
    payers[node] = found
    return found
  }

  // MARK: Near

  /// The payments up to `depth` away from `node`, the nearest first; at most `limit`.
  func edges(
    around node: Int64, depth: Int, _ direction: FlowDirection, limit: Int
  ) throws -> (edges: [(distance: Int, edge: Edge)], isCut: Bool) {
    var found: [(distance: Int, edge: Edge)] = []
    var seen: Set<Edge> = []
    let ways: [Bool] =
      switch direction {
      case .out: [true]
      case .in: [false]
      case .both: [true, false]
      }
    var frontiers = ways.map { _ in [node] }
    var visited = ways.map { _ in Set([node]) }
    for distance in stride(from: 1, through: depth, by: 1) {
      for (index, isOut) in ways.enumerated() {
        var next: [Int64] = []
        for node in frontiers[index] {
          for other in isOut ? try payees(of: node) : try payers(of: node) {
            let edge =
              isOut ? Edge(payer: node, payee: other) : Edge(payer: other, payee: node)
            if seen.insert(edge).inserted {
              if found.count == limit { return (found, true) }
              found.append((distance, edge))
            }
            if visited[index].insert(other).inserted { next.append(other) }
          }
        }
        frontiers[index] = next
      }
    }
    return (found, false)
  }

  // MARK: Paths

  /// The nodes of a shortest path, both ends included; nil if there is none of at most `depth` payments.
  ///
  /// Searched from both ends, always on from the one with less before it.
  func path(from first: Int64, to last: Int64, depth: Int) throws -> [Int64]? {
    var (forward, backward) = ([first: first], [last: last])
    var (heads, tails) = ([first], [last])
    for _ in 0..<depth {
      let isForward = heads.count <= tails.count
      var next: [Int64] = []
      for node in isForward ? heads : tails {
        for other in isForward ? try payees(of: node) : try payers(of: node) {
          if isForward, forward[other] == nil {
            forward[other] = node
            next.append(other)
          } else if !isForward, backward[other] == nil {
            backward[other] = node
            next.append(other)
          } else {
            continue
          }
          if forward[other] != nil, backward[other] != nil {
            return Self.path(through: other, forward, backward)
          }
        }
      }
      guard !next.isEmpty else { return nil }
      if isForward { heads = next } else { tails = next }
    }
    return nil
  }

  private static func path(
    through middle: Int64, _ forward: [Int64: Int64], _ backward: [Int64: Int64]
  ) -> [Int64] {
    func walk(_ steps: [Int64: Int64]) -> [Int64] {
      var nodes = [middle]
      while let last = nodes.last, let next = steps[last], next != last { nodes.append(next) }
      return nodes
    }
    return walk(forward).reversed() + walk(backward).dropFirst()
  }

  // MARK: Rings

  /// Calls `body` with the nodes of every ring from `root` of 2 to `length` payments, the shortest first;
  /// only those of accounts that were opened after the root if `onlyYounger`. False if it was ended early.
  ///
  /// Half of each ring is walked forward from the root, the other half is known from walking backward.
  func forEachRing(
    from root: Int64, length: Int, onlyYounger: Bool, _ isOutOfTime: () -> Bool,
    _ body: ([Int64]) throws -> Bool
  ) throws -> Bool {
    func isAllowed(_ node: Int64) -> Bool { onlyYounger ? node > root : node != root }
    // By how many payments are left: from which accounts that many lead to the root, and over whom.
    var toward: [[Int64: [Int64]]] = [[:], [:]]
    for payer in try payers(of: root) where isAllowed(payer) { toward[1][payer] = [root] }
    for left in stride(from: 2, through: length / 2, by: 1) {
      var next: [Int64: [Int64]] = [:]
      for node in toward[left - 1].keys {
        for payer in try payers(of: node) where isAllowed(payer) {
          next[payer, default: []].append(node)
        }
      }
      toward.append(next)
    }
    guard length >= 2, !toward[1].isEmpty else { return true }
    for size in 2...length {
      var path = [root]
      guard
        try extend(&path, left: size, toward, isAllowed, isOutOfTime, body)
      else { return false }
    }
    return true
  }

  private func extend(
    _ path: inout [Int64], left: Int, _ toward: [[Int64: [Int64]]],
    _ isAllowed: (Int64) -> Bool, _ isOutOfTime: () -> Bool, _ body: ([Int64]) throws -> Bool
  ) throws -> Bool {
    guard let last = path.last else { return true }
    if isOutOfTime() { return false }
    if left == 1 { return toward[1][last] == nil ? true : try body(path) }
    // The root is in none of the tables: it is what they lead to.
    let next =
      path.count > 1 && left < toward.count
      ? toward[left][last]?.sorted() ?? [] : try payees(of: last)
    for node in next where isAllowed(node) && !path.contains(node) {
      path.append(node)
      defer { path.removeLast() }
      guard try extend(&path, left: left - 1, toward, isAllowed, isOutOfTime, body) else {
        return false
      }
    }
    return true
  }
}
