import EventStore
import Foundation
import LedgerDomain
import LedgerKit
import Testing
import TestSupport

@Suite("A book at every position")
struct EveryPositionTests {
  /// An event, as the test itself reads it.
  private struct Entry {
    let account: String
    let commitEnd: Int64
    let recordedAtMicros: Int64
    let currency: String?
    /// Negative for money that left; 0 for what moves none.
    let minorUnits: Int64
    let isTransfer: Bool

    private struct Payload: Decodable {
      let amount: String?
      let currency: String?
      let transferId: String?
    }

    init(_ event: RecordedEvent) throws {
      let payload = try JSONDecoder().decode(Payload.self, from: Data(event.data))
      let digits = (payload.amount ?? "0").filter { $0 != "." }
      let sign: Int64 = event.type == "MoneyWithdrawn" ? -1 : 1
      account = String(event.streamID.dropFirst("BankAccount-".count))
      commitEnd = event.commit.header.lastPosition
      recordedAtMicros = event.commit.header.recordedAtMicros
      currency = payload.currency
      minorUnits = sign * (try #require(Int64(digits)))
      isTransfer = payload.transferId != nil
    }
  }

  let book: Book

  init() throws { book = try Book() }

  private func entries() throws -> [Entry] {
    var entries: [Entry] = []
    try book.reopened().forEachEvent(EventQuery()) { entries.append(try Entry($0)) }
    return entries
  }

  /// The balance at `cut`; nil if the account was not there yet.
  private func answer(_ account: AccountID, _ cut: Cut) throws -> PastBalance? {
    do {
      return try book.ledger.balance(of: account, at: cut)
    } catch Rejection.accountNotThereYet {
      return nil
    }
  }

  /// Performs `count` random movements between `accounts`, of which some are refused.
  private func move(
    _ count: Int, _ accounts: [AccountID], _ random: inout SeededRandom,
    before: (inout SeededRandom) -> Void = { _ in }
  ) throws {
    for _ in 0..<count {
      let pair = accounts.shuffled(using: &random)
      let amount = Amount("\(Int.random(in: 1...900, using: &random))")
      let command: Command =
        switch Int.random(in: 0..<4, using: &random) {
        case 0: .withdraw(amount, from: pair[0])
        case 1: .deposit(amount, to: pair[0])
        default: .transfer(amount, from: pair[0], to: pair[1])
        }
      before(&random)
      _ = try book.attempt(command)
    }
  }

  @Test("is the fold of whole commits up to it, however the clock went", arguments: [1, 2])
  func clockGoesBack(_ seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    var setBack = 0
    let accounts = [try book.open("a"), try book.open("b", limit: "500"), try book.open("c")]
    for account in accounts { try book.perform(.deposit(Amount("1000"), to: account)) }
    try move(60, accounts, &random) { random in
      let step = Int64.random(in: -3_600_000_000...3_600_000_000, using: &random)
      setBack += step < 0 ? 1 : 0
      book.clockMicros += step
    }
    #expect(setBack > 15)
    let entries = try entries()
    #expect(entries.contains { $0.isTransfer })
    for position in 0...Int64(entries.count) {
      for account in accounts {
        let known = entries.filter { $0.commitEnd <= position && $0.account == account.text }
        let found = try answer(account, .position(position))
        let expected = known.isEmpty ? nil : known.map(\.minorUnits).reduce(0, +)
        #expect(found?.balance.minorUnits == expected, "position \(position) of \(account)")
        #expect((found?.version ?? -1) + 1 == Int64(known.count))
      }
    }
    for entry in entries {
      let known = Cut.instants(effective: nil, known: Instant(micros: entry.recordedAtMicros))
      for account in accounts {
        #expect(try answer(account, known) == answer(account, .position(entry.commitEnd)))
      }
    }
  }

  @Test("has both commands in order, and so has now, though the clock went back an hour in between")
  func setBack() throws {
    let hour: Int64 = 3_600_000_000
    let account = try book.open("a")
    let first = try book.perform(.deposit(Amount("10"), to: account))
    book.clockMicros -= hour
    let second = try book.perform(.withdraw(Amount("4"), from: account))
    #expect(book.clockMicros < first.recordedAt.micros - hour / 2)
    #expect(second.recordedAt.micros == first.recordedAt.micros + 1)
    #expect(second.effectiveAt == second.recordedAt)
    let now = try book.ledger.now()
    #expect(now == second.recordedAt)
    let cuts: [(Cut, String)] = [
      (.instants(effective: now, known: nil), "6.00"),
      (.instants(effective: nil, known: now), "6.00"),
      (.instants(effective: now, known: now), "6.00"),
      (.instants(effective: first.recordedAt, known: nil), "10.00"),
      (.instants(effective: nil, known: first.recordedAt), "10.00"),
      (.position(1), "0.00"), (.position(2), "10.00"), (.position(3), "6.00"),
    ]
    for (cut, expected) in cuts {
      #expect(try answer(account, cut)?.balance.decimal == expected, "\(cut)")
    }
    // What the clock says now lies before all of it.
    let clock = Instant(micros: book.clockMicros)
    #expect(try answer(account, .instants(effective: nil, known: clock)) == nil)
    #expect(try answer(account, .instants(effective: clock, known: nil)) == nil)
  }

  @Test("never shows half a transfer, though 1,000 are recorded at one time by the clock")
  func stoppedClock() throws {
    let (payer, payee) = (try book.open("payer"), try book.open("payee"))
    try book.perform(.deposit(Amount("2000"), to: payer))
    let start = book.clockMicros
    for _ in 0..<1_000 {
      book.clockMicros = start
      try book.perform(.transfer(Amount("1.25"), from: payer, to: payee))
    }
    #expect(try book.balance(payee) == "1250.00")
    let entries = try entries()
    let times = entries.map(\.recordedAtMicros)
    #expect(times == times.sorted())
    #expect(Set(times).count == 1_003)
    let cuts =
      (3...Int64(entries.count)).map(Cut.position)
      + Set(times.dropFirst(2)).map { .instants(effective: nil, known: Instant(micros: $0)) }
    var balances: Set<Int64> = []
    let ends = Set(entries.map(\.commitEnd))
    for cut in cuts {
      let answers = try [payer, payee].map { try #require(try answer($0, cut)) }
      #expect(answers.map(\.balance.minorUnits).reduce(0, +) == 2_000_00)
      #expect(answers.allSatisfy { ends.contains($0.position) }, "an answer ends with a commit")
      balances.insert(answers[1].balance.minorUnits)
    }
    // 0.00, 1.25, 2.50, … 1250.00: every transfer made its difference.
    #expect(balances == Set((0...1_000).map { 125 * $0 }))
  }

  @Test("holds in each currency what came in less what went out")
  func totals() throws {
    var random = SeededRandom(seed: 5)
    var groups: [String: [AccountID]] = [:]
    for code in ["USD", "JPY", "BHD"] {
      groups[code] = try ["x", "y"].map { try book.open("\(code)-\($0)", code) }
    }
    for round in 0..<200 {
      try move(1, try #require(groups[["USD", "JPY", "BHD"][round % 3]]), &random)
    }
    let entries = try entries()
    for code in groups.keys.sorted() {
      let own = entries.filter { $0.currency == code }
      #expect(own.contains { $0.isTransfer })
      #expect(own.contains { $0.minorUnits < 0 && !$0.isTransfer })
      for position in 0...Int64(entries.count) {
        let external = own.filter { $0.commitEnd <= position && !$0.isTransfer }
        let sum = try #require(groups[code]).reduce(Int64(0)) { sum, account in
          sum + (try answer(account, .position(position))?.balance.minorUnits ?? 0)
        }
        #expect(sum == external.map(\.minorUnits).reduce(0, +), "\(code) at \(position)")
      }
    }
  }
}
