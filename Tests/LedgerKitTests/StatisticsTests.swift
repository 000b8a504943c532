import EventStore
import Foundation
import LedgerDomain
import LedgerEvents
import TestSupport
import Testing

@testable import LedgerKit

@Suite("Statistics")
struct StatisticsTests {
  private static let dayMicros: Int64 = 86_400_000_000

  let book: Book

  init() throws { book = try Book() }

  // MARK: Against a walk over all events

  /// Commands of every kind on ten days, entered late or on time, of which some are refused.
  private func fill(_ random: inout SeededRandom) throws {
    let accounts = try [("a", "USD"), ("b", "USD"), ("yen", "JPY"), ("bare", "EUR")].map {
      try book.open($0.0, $0.1, limit: "1000")
    }
    for _ in 0..<200 {
      book.clockMicros += Int64.random(in: 0...Self.dayMicros / 10, using: &random)
      let account = accounts[Int.random(in: 0..<3, using: &random)]
      let amount = Amount("\(Int.random(in: 1...90, using: &random))")
      let days = Int64.random(in: 0...3, using: &random)
      let at = days > 0 ? Instant(micros: book.clockMicros - days * Self.dayMicros) : nil
      let command: Command =
        switch Int.random(in: 0..<5, using: &random) {
        case 0, 1: .deposit(amount, to: account, description: "in")
        case 2: .withdraw(amount, from: account)
        case 3: .transfer(amount, from: accounts[0], to: accounts[1])
        default: .change(account, holder: "Holder \(amount.text)")
        }
      _ = try book.attempt(command, at: at)
    }
    try book.perform(.close(accounts[3]))
    _ = try book.ledger.perform(PeriodRequest(.close(Book.period("2027-01-01")), actor: "tester"))
  }

  /// What a day and currency add up to; amounts in minor units.
  private struct Sums: Hashable {
    var events = 0
    var opened = 0
    var closed = 0
    /// Deposits, withdrawals, transfers: how many of each, and how much.
    var counts = [0, 0, 0]
    var amounts: [Int128] = [0, 0, 0]

    init() {}

    init(_ activity: Statistics.Activity) {
      (events, opened, closed) = (
        Int(activity.events), Int(activity.opened), Int(activity.closed)
      )
      counts = [activity.deposits, activity.withdrawals, activity.transfers].map { Int($0) }
      amounts = [activity.depositedMinor, activity.withdrawnMinor, activity.transferredMinor]
    }

    mutating func add(_ event: AccountEvent?) {
      events += 1
      if case .created = event { opened += 1 }
      if case .closed = event { closed += 1 }
      guard let movement = event?.movement, let minor = event?.signedMinorUnits else { return }
      if movement.counterparty != nil && minor > 0 { return }
      let place = movement.counterparty != nil ? 2 : minor > 0 ? 0 : 1
      counts[place] += 1
      amounts[place] += Int128(abs(minor))
    }
  }

  /// What a walk over the events from `first` on adds up to, by day and currency.
  private func walk(from first: String) throws -> [String: Sums] {
    var (currencies, sums) = ([AccountID: String](), [String: Sums]())
    try book.ledger.forEachEvent(EventQuery()) { recorded in
      let decoded = try DecodedEvent(recorded)
      if let decoded, case .created(let opening) = decoded.event {
        currencies[decoded.account] = opening.currency.code
      }
      let day = CalendarDay(of: recorded.recordedAt).description
      guard day >= first else { return }
      let code = decoded.flatMap { currencies[$0.account] } ?? ""
      sums["\(day) \(code)", default: Sums()].add(decoded?.event)
    }
    return sums
  }

  @Test("of every day and currency are what a walk over all events adds up to", arguments: 1...5)
  func days(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    try fill(&random)
    let last = CalendarDay(of: Instant(micros: book.clockMicros))
    for first in [CalendarDay(of: Instant(micros: 0)), last.previous.previous, last] {
      let found = try book.ledger.statistics(from: first).days
      let sums = found.map { ("\($0.day ?? "?") \($0.currency?.code ?? "")", Sums($0)) }
      let expected = try walk(from: "\(first)")
      #expect(sums.map(\.0) == expected.keys.sorted())
      #expect(Dictionary(uniqueKeysWithValues: sums) == expected)
    }
  }

  @Test("count every event once, and hold what all balances add up to", arguments: 1...3)
  func totals(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    try fill(&random)
    let found = try book.ledger.statistics(from: CalendarDay(of: Instant(micros: 0)))
    let head = try book.ledger.checkpoint().position
    #expect(found.position == head)
    #expect(found.totals.map(\.events).reduce(0, +) == head)
    var balances: [String: Int128] = [:]
    try book.ledger.forEachAccount {
      balances[$0.balance.currency.code, default: 0] += Int128($0.balance.minorUnits)
    }
    for total in found.totals {
      let code = total.currency?.code ?? ""
      #expect(balances[code] ?? 0 == total.depositedMinor - total.withdrawnMinor, "\(code)")
    }
  }

  @Test("of a day are those of recording: what is entered late changes no day that is over")
  func recordingCounts() throws {
    let account = try book.open("a")
    let first = CalendarDay(of: Instant(micros: book.clockMicros))
    try book.perform(.deposit(Amount("5"), to: account))
    let before = try book.ledger.statistics(from: first).days
    let late = Instant(micros: book.clockMicros)
    book.clockMicros += 2 * Self.dayMicros
    try book.perform(.deposit(Amount("7"), to: account), at: late)
    let after = try book.ledger.statistics(from: first).days
    #expect(Array(after.prefix(1)) == before)
    #expect(after.dropFirst().map(\.depositedMinor) == [700])
  }

  // MARK: The edges

  @Test("of a new ledger are empty")
  func empty() throws {
    let found = try book.ledger.statistics(from: CalendarDay(of: Instant(micros: 0)))
    #expect(found.totals.isEmpty && found.days.isEmpty && found.position == 0)
    #expect(found.lastRecordedAt == nil)
  }

  @Test("of a day that passes 64 bits stop before it, and say so; all else goes on")
  func overflow() throws {
    let accounts = try ["a", "b"].map { try book.open($0) }
    let first = CalendarDay(of: Instant(micros: 0))
    for account in accounts {
      try book.perform(.deposit(Amount("90000000000000000.00"), to: account))
    }
    var notices: [StoreNotice] = []
    let reader = try book.reopened(.readOnly) { notices.append($0) }
    let found = try reader.statistics(from: first)
    #expect(found.totals.map(\.depositedMinor) == [9_000_000_000_000_000_000])
    guard case .projectionStopped("book_counters", 4, _) = notices.first else {
      Issue.record("told nothing of it: \(notices)")
      return
    }
    #expect(found.projections.first { $0.name == "book_counters" }?.stoppedAt == 4)
    #expect(try book.balance(accounts[1]) == "90000000000000000.00")
  }

  @Test("of the file are what SQLite and the file system say")
  func file() throws {
    try book.perform(.deposit(Amount("5"), to: try book.open("a")))
    let file = try book.ledger.statistics(from: CalendarDay(of: Instant(micros: 0))).file
    #expect(file.journalMode == "wal" && file.durability == .full)
    #expect(file.pageBytes == 8_192 && file.logPagesBeforeCheckpoint == 2_000)
    #expect(file.logBytesKept == 33_554_432 && !file.isLogOverLimit)
    func bytes(_ suffix: String) throws -> Int64? {
      try FileManager.default.attributesOfItem(atPath: book.path + suffix)[.size] as? Int64
    }
    #expect(try file.fileBytes == bytes(""))
    #expect(try file.logBytes == bytes("-wal") && file.logBytes > 0)
  }
}
