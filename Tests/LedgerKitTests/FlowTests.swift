import LedgerDomain
import LedgerKit
import Testing
import TestSupport

@Suite("Money flows")
struct FlowTests {
  /// A random graph of accounts a0, a1, … and the payments in it.
  private struct Graph {
    let book: Book
    var ids: [AccountID] = []
    var paid: [Int: Set<Int>] = [:]

    init(seed: UInt64, accounts: Int, transfers: Int) throws {
      var random = SeededRandom(seed: seed)
      let book = try Book()
      self.book = book
      ids = try (0..<accounts).map { try book.open("a\($0)", limit: "100000") }
      for _ in 0..<transfers {
        let payer = Int.random(in: 0..<accounts, using: &random)
        let payee = Int.random(in: 0..<accounts, using: &random)
        guard payer != payee else { continue }
        try book.perform(.transfer(Amount("1"), from: ids[payer], to: ids[payee]))
        paid[payer, default: []].insert(payee)
      }
    }

    /// The fewest payments from one account to another; nil if none lead there.
    func distance(_ from: Int, _ to: Int) -> Int? {
      var (frontier, seen, steps) = (Set([from]), Set([from]), 0)
      while !frontier.isEmpty {
        if frontier.contains(to) { return steps }
        frontier = Set(frontier.flatMap { paid[$0] ?? [] }).subtracting(seen)
        seen.formUnion(frontier)
        steps += 1
      }
      return nil
    }

    /// All rings of at most `length` payments, each from its smallest account on.
    func rings(length: Int) -> Set<[Int]> {
      var rings: Set<[Int]> = []
      func extend(_ path: [Int]) {
        for next in paid[path[path.count - 1]] ?? [] {
          if next == path[0], path.count > 1 { rings.insert(path) }
          if next > path[0], path.count < length, !path.contains(next) { extend(path + [next]) }
        }
      }
      for root in paid.keys { extend([root]) }
      return rings
    }
  }

  private func number(_ id: AccountID) -> Int { Int(id.text.dropFirst()) ?? -1 }

  @Test(
    "have the shortest paths and just the rings of a search of everything",
    arguments: [(1, 6, 14), (2, 9, 22), (3, 14, 30), (4, 25, 40)] as [(UInt64, Int, Int)])
  func agree(_ seed: UInt64, _ accounts: Int, _ transfers: Int) throws {
    let graph = try Graph(seed: seed, accounts: accounts, transfers: transfers)
    let ledger = graph.book.ledger
    for length in 2...6 {
      var found: [[Int]] = []
      let isWhole = try ledger.forEachRing(length: length) { ring in
        found.append(ring.flows.map { number($0.payer) })
        return true
      }
      #expect(isWhole)
      #expect(Set(found) == graph.rings(length: length))
      #expect(found.count == Set(found).count)
    }
    for from in 0..<accounts {
      for to in 0..<accounts where from != to {
        let path = try ledger.path(from: graph.ids[from], to: graph.ids[to], depth: 20)
        #expect(path?.count == graph.distance(from, to), "\(from) to \(to)")
        guard let path else { continue }
        #expect(path.first?.payer == graph.ids[from] && path.last?.payee == graph.ids[to])
        #expect(zip(path, path.dropFirst()).allSatisfy { $0.payee == $1.payer })
      }
      var through: Set<[Int]> = []
      try ledger.forEachRing(through: graph.ids[from], length: 4) { ring in
        #expect(ring.flows.first?.payer == graph.ids[from])
        let ids = ring.flows.map { number($0.payer) }
        let start = ids.firstIndex(of: ids.min() ?? 0) ?? 0
        through.insert(Array(ids[start...] + ids[..<start]))
        return true
      }
      let expected = graph.rings(length: 4).filter { $0.contains(from) }
      #expect(through == expected)
    }
  }

  @Test("add up what an account got and gave, from whom and to whom, near and far")
  func totals() throws {
    let book = try Book()
    let (ada, bob, cy) = (try book.open("ada"), try book.open("bob"), try book.open("cy"))
    try book.perform(.deposit(Amount("100"), to: ada))
    try book.perform(.transfer(Amount("60"), from: ada, to: bob))
    let last = try book.perform(.transfer(Amount("5"), from: ada, to: bob)).position
    try book.perform(.transfer(Amount("20"), from: bob, to: cy))
    try book.perform(.withdraw(Amount("7"), from: bob))
    try book.perform(.reverse(Reversal(of: last)))
    let flows = try book.reopened().flows(around: bob)
    #expect(flows.totals.received.decimal == "65.00" && flows.totals.paid.decimal == "25.00")
    #expect(flows.totals.withdrawn.decimal == "7.00" && flows.totals.deposited.decimal == "0.00")
    #expect(
      flows.flows.map { "\($0.flow.payer)>\($0.flow.payee) \($0.flow.total.decimal)" }
        == ["ada>bob 65.00", "bob>cy 20.00", "bob>ada 5.00"])
    #expect(flows.flows.first?.flow.transfers == 2 && !flows.isCut)
    let largest = try book.ledger.flows(around: bob, limit: 1)
    #expect(largest.isCut && largest.flows.map(\.flow.total.decimal) == ["65.00"])
    let out = try book.ledger.flows(around: ada, depth: 3, direction: .out)
    #expect(out.flows.map(\.distance) == [1, 2, 2])
    let into = try book.ledger.flows(around: cy, depth: 2, direction: .in)
    #expect(into.flows.map { $0.flow.payer.text } == ["bob", "ada"])
    #expect(throws: Rejection.accountNotFound(try AccountID("x"))) {
      try book.ledger.flows(around: AccountID("x"))
    }
    #expect(throws: Rejection.sameAccount(ada)) { try book.ledger.path(from: ada, to: ada) }
  }

  @Test("end a search of rings when they are told to, and say that it is not whole")
  func ended() throws {
    let graph = try Graph(seed: 3, accounts: 12, transfers: 60)
    var seen = 0
    let isWhole = try graph.book.ledger.forEachRing(length: 5) { _ in
      seen += 1
      return seen < 3
    }
    #expect(!isWhole && seen == 3)
    #expect(try !graph.book.ledger.forEachRing(length: 5, isOutOfTime: { true }) { _ in true })
  }
}
