import Foundation
import LedgerDomain
import LedgerKit
import Testing

/// The money flows of AMLSim's data, in a ledger that has imported all of it.
struct RealFlows {
  private struct Node {
    let openingMinor: Int64
    let isFraud: Bool
  }

  private let folder = Program.realData.appendingPathComponent("amlsim").path

  private func lines(_ name: String) throws -> [[String]] {
    try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
      .split(whereSeparator: \.isNewline).dropFirst()
      .map { $0.split(separator: ",").map(String.init) }
  }

  private func nodes() throws -> [String: Node] {
    var nodes: [String: Node] = [:]
    for line in try lines("expected_final.csv") {
      nodes[line[0]] = Node(openingMinor: try #require(Int64(line[1])), isFraud: false)
    }
    for line in try lines("nodes.csv") where line[1] == "1" {
      nodes[line[0]] = Node(openingMinor: nodes[line[0]]?.openingMinor ?? 0, isFraud: true)
    }
    return nodes
  }

  /// Every ring of at most four payments, each from its smallest account on, found by trying all.
  private func bruteRings() throws -> Set<[Int]> {
    var paid: [Int: Set<Int>] = [:]
    for line in try lines("transactions.csv") {
      let (payer, payee) = (try #require(Int(line[0])), try #require(Int(line[1])))
      if payer != payee { paid[payer, default: []].insert(payee) }
    }
    var rings: Set<[Int]> = []
    for (a, second) in paid {
      for b in second where b > a {
        for c in paid[b] ?? [] {
          if c == a { rings.insert([a, b]) }
          guard c > a, c != b else { continue }
          for d in paid[c] ?? [] {
            if d == a { rings.insert([a, b, c]) }
            guard d > a, d != b, d != c else { continue }
            if paid[d]?.contains(a) == true { rings.insert([a, b, c, d]) }
          }
        }
      }
    }
    return rings
  }

  /// What went through each account is its balance, and the rings are those of a search of everything.
  func check(_ ledger: Ledger) throws {
    let nodes = try nodes()
    // Within the reads below, nothing can be written.
    try ledger.catchUpProjections()
    var (accounts, wrong): (Int, [AccountID]) = (0, [])
    try ledger.forEachAccount { account in
      accounts += 1
      let totals = try ledger.flows(around: account.accountID, limit: 0).totals
      let net =
        totals.deposited.minorUnits + totals.received.minorUnits
        - totals.withdrawn.minorUnits - totals.paid.minorUnits
      let opening = nodes[account.accountID.text]?.openingMinor
      if net != account.balance.minorUnits || totals.deposited.minorUnits != opening {
        wrong.append(account.accountID)
      }
    }
    #expect(accounts == 20_000 && wrong.isEmpty, "\(wrong.prefix(3))")

    var rings: Set<[Int]> = []
    let isWhole = try ledger.forEachRing(length: 4) { ring in
      let ids = ring.flows.compactMap { Int($0.payer.text) }
      let start = ids.firstIndex(of: ids.min() ?? 0) ?? 0
      #expect(rings.insert(Array(ids[start...] + ids[..<start])).inserted)
      return true
    }
    #expect(isWhole)
    #expect(rings == (try bruteRings()))
    let ofFraud = rings.filter { $0.allSatisfy { nodes["\($0)"]?.isFraud == true } }
    #expect(!ofFraud.isEmpty)
    let account = try #require(ofFraud.first)
    var through: Set<Set<Int>> = []
    try ledger.forEachRing(through: AccountID("\(account[0])"), length: 4) { ring in
      through.insert(Set(ring.flows.compactMap { Int($0.payer.text) }))
      return true
    }
    #expect(through == Set(rings.filter { $0.contains(account[0]) }.map { Set($0) }))
  }
}
