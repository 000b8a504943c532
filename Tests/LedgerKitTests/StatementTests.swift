import EventStore
import LedgerDomain
import TestSupport
import Testing

@testable import LedgerKit

/// A statement with its lines.
private struct Page {
  let statement: Statement
  let lines: [HistoryEntry]

  /// Nil if the ledger says that there was no account in that month yet.
  init?(
    _ account: AccountID, _ month: CalendarMonth, known: Instant? = nil, in ledger: Ledger
  ) throws {
    var (statement, lines) = (Statement?.none, [HistoryEntry]())
    do {
      try ledger.statement(of: account, for: month, known: known, begin: { statement = $0 }) {
        lines.append($0)
      }
    } catch Rejection.accountNotThereYet(account) {
      return nil
    }
    (self.statement, self.lines) = (try #require(statement), lines)
  }
}

@Suite("Statements")
struct StatementTests {
  private static let dayMicros: Int64 = 86_400_000_000

  let book: Book

  init() throws { book = try Book() }

  // MARK: Against a fold of everything

  /// Movements on three accounts over eight months in no order, some of them reversed, and a close.
  private func fill(_ random: inout SeededRandom) throws -> [AccountID] {
    let accounts = try ["a", "b", "shut"].map { try book.open($0, limit: "1000000") }
    var reversed = 0
    for _ in 0..<200 {
      book.clockMicros += Int64.random(in: 0...Self.dayMicros / 8, using: &random)
      let days = Int64.random(in: 0...240, using: &random)
      let isLate = Int.random(in: 0..<4, using: &random) > 0
      let at = isLate ? Instant(micros: book.clockMicros - days * Self.dayMicros) : nil
      let pair = accounts.shuffled(using: &random)
      let amount = Amount("\(Int.random(in: 1...9, using: &random))")
      switch Int.random(in: 0..<6, using: &random) {
      case 0, 1: try book.perform(.deposit(amount, to: pair[0], description: "in"), at: at)
      case 2, 3: try book.perform(.withdraw(amount, from: pair[0]), at: at)
      case 4: try book.perform(.transfer(amount, from: pair[0], to: pair[1]), at: at)
      default:
        let last = try book.ledger.checkpoint().position
        let reversal = Reversal(
          of: Int64.random(in: 4...max(last, 4), using: &random),
          keepsEffectiveTime: Bool.random(using: &random))
        if try book.attempt(.reverse(reversal)).code == nil { reversed += 1 }
      }
    }
    #expect(reversed > 5)
    try close(accounts[2])
    return accounts
  }

  private func close(_ account: AccountID) throws {
    let balance = try book.ledger.balance(of: account).balance
    let amount = Amount(String(balance.decimal.drop { $0 == "-" }))
    if balance.minorUnits > 0 { try book.perform(.withdraw(amount, from: account)) }
    if balance.minorUnits < 0 { try book.perform(.deposit(amount, to: account)) }
    try book.perform(.close(account))
  }

  /// The movements that the ledger knew at `known`, in the order in which they count.
  private func movements(
    of account: AccountID, known: Instant?, _ brute: BruteFold
  ) -> [BruteFold.Entry] {
    brute.movements(of: account)
      .filter { $0.recordedAt <= known?.micros ?? .max }
      .sorted { ($0.effectiveAt, $0.position) < ($1.effectiveAt, $1.position) }
  }

  private func check(
    _ page: Page, _ all: [BruteFold.Entry], sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let statement = page.statement
    let (start, end) = (statement.month.start.micros, statement.month.end.micros)
    let opening = all.filter { $0.effectiveAt < start }.map(\.minorUnits).reduce(0, +)
    let own = all.filter { (start...end).contains($0.effectiveAt) }
    let (credits, debits) = (own.filter { $0.minorUnits > 0 }, own.filter { $0.minorUnits < 0 })
    var balances: [Int64] = []
    for entry in own { balances.append((balances.last ?? opening) + entry.minorUnits) }
    try #require(statement.opening.minorUnits == opening, sourceLocation: sourceLocation)
    try #require(statement.closing.minorUnits == balances.last ?? opening)
    try #require(statement.credits.minorUnits == Int128(credits.map(\.minorUnits).reduce(0, +)))
    try #require(statement.debits.minorUnits == -Int128(debits.map(\.minorUnits).reduce(0, +)))
    try #require(statement.creditCount == Int64(credits.count))
    try #require(statement.debitCount == Int64(debits.count))
    try #require(page.lines.map(\.position) == own.map(\.position))
    try #require(page.lines.map(\.balance.minorUnits) == balances.map { Int128($0) })
  }

  @Test(
    "say what a fold of everything says, now and as known at a time, and each month opens as the last closed",
    arguments: [1, 2, 3])
  func agree(_ seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let accounts = try fill(&random)
    let brute = try BruteFold(book)
    let ledger = try book.reopened(Bool.random(using: &random) ? .readOnly : .readWrite)
    let recorded = brute.entries.map(\.recordedAt)
    let instants = try (0..<4).map { _ in
      Instant(micros: try #require(recorded.randomElement(using: &random)))
    }
    var lines = 0
    for account in accounts {
      for known in [nil] + instants {
        let all = movements(of: account, known: known, brute)
        var month = CalendarMonth(of: try ledger.now())
        var later: Statement?
        for _ in 0..<12 {
          let cut = Cut.instants(effective: month.end, known: known)
          let page = try Page(account, month, known: known, in: ledger)
          try #require((page != nil) == (brute.answer(account, cut) != nil), "\(account) \(month)")
          if let page { try check(page, all) }
          if let page, let later { #expect(page.statement.closing == later.opening) }
          (later, month) = (page?.statement, month.previous)
          lines += page?.lines.count ?? 0
        }
      }
    }
    #expect(lines > 300)
  }

  // MARK: Cases

  private func month(_ text: String) throws -> CalendarMonth {
    try #require(CalendarMonth(text))
  }

  @Test("the first and the last microsecond of a month are in it, their neighbours are not")
  func edges() throws {
    let account = try book.open("a")
    let december = try month("2026-12")
    for (units, at) in [
      (1, december.start.micros - 1), (2, december.start.micros), (4, december.end.micros),
      (8, december.end.micros + 1),
    ] {
      try book.perform(.deposit(Amount("\(units)"), to: account), at: Instant(micros: at))
    }
    let page = try #require(try Page(account, december, in: book.ledger))
    #expect(page.statement.opening.decimal == "1.00")
    #expect(page.lines.map(\.amount.decimal) == ["2.00", "4.00"])
    #expect(page.statement.closing.decimal == "7.00")
    #expect(page.statement.isOver)
    let january = try #require(try Page(account, december.next, in: book.ledger))
    #expect(january.statement.opening.decimal == "7.00")
    #expect(!january.statement.isOver)
  }

  @Test("a statement speaks for the head of the log, or for what was the head when it was known")
  func head() throws {
    let account = try book.open("a")
    let then = try book.ledger.checkpoint()
    let known = try book.ledger.now()
    try book.perform(.deposit(Amount("1"), to: account))
    let now = try book.ledger.checkpoint()
    let january = try month("2027-01")
    let past = try #require(try Page(account, january, known: known, in: book.ledger))
    let current = try #require(try Page(account, january, in: book.ledger))
    #expect(past.statement.position == then.position && past.statement.headHash == then.headHash)
    #expect(current.statement.position == now.position)
    #expect(current.statement.headHash == now.headHash)
  }

  @Test("a month that has not begun has no statement, nor has an account that never was")
  func refused() throws {
    let account = try book.open("a")
    #expect { try Page(account, try month("2027-02"), in: book.ledger) } throws: {
      ($0 as? Rejection)?.code == "month_in_future"
    }
    let nobody = try AccountID("nobody")
    for known in [nil, try book.ledger.now()] {
      #expect(throws: Rejection.accountNotFound(nobody)) {
        try Page(nobody, try month("2027-01"), known: known, in: book.ledger)
      }
    }
  }

  @Test(
    "a page whose totals are not those of the log is refused",
    arguments: [
      ("credits_minor = credits_minor + 1", false),
      ("credits_minor = credits_minor + 1, debits_minor = debits_minor + 1", true),
      ("credits = credits + 1", true),
    ])
  func disagreement(_ change: String, _ begins: Bool) throws {
    let account = try book.open("a")
    try book.perform(.deposit(Amount("1"), to: account))
    let january = try month("2027-01")
    _ = try Page(account, january, in: book.ledger)
    try RawFile(book.path).run("UPDATE monthly_statements SET \(change)")
    let ledger = try book.reopened()
    var hasBegun = false
    #expect(throws: StoreFileError.self) {
      try ledger.statement(of: account, for: january, begin: { _ in hasBegun = true }) { _ in }
    }
    #expect(hasBegun == begins)
  }
}

extension CalendarMonth {
  /// The month after.
  fileprivate var next: CalendarMonth {
    CalendarMonth(of: Instant(micros: end.micros + 1))
  }
}
