import LedgerDomain
import LedgerKit
import Testing
import TestSupport

@Suite("Restated balances")
struct RestatementTests {
  private func restatements(
    _ ledger: Ledger, _ account: AccountID?, since cut: RecordedCut
  ) throws -> [Restatement] {
    var found: [Restatement] = []
    try ledger.forEachRestatement(of: account, since: cut) { found.append($0) }
    return found
  }

  /// A recorded cut around the history, and the instant that it means.
  private func anyCut(
    _ backdated: BackdatedBook, _ random: inout SeededRandom
  ) throws -> (RecordedCut, Instant) {
    if Bool.random(using: &random) {
      let instant = backdated.anyInstant(&random)
      return (.instant(instant), instant)
    }
    let entry = try #require(backdated.brute.entries.randomElement(using: &random))
    // Inside a commit, the one before it is meant.
    let last = try #require(
      backdated.brute.entries.last { $0.position == $0.commitEnd && $0.position <= entry.position })
    return (.position(entry.position), Instant(micros: last.recordedAt))
  }

  @Test(
    "are those that a brute-force comparison on both clocks finds, and no others",
    arguments: [1, 2, 3, 4])
  func model(_ seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let backdated = try BackdatedBook(&random, commands: 150)
    let ledger = try backdated.book.reopened()
    var rows = 0
    for _ in 0..<25 {
      let (cut, instant) = try anyCut(backdated, &random)
      var ofAll: [Restatement] = []
      for account in backdated.accounts.sorted() {
        let found = try restatements(ledger, account, since: cut)
        try check(found, of: account, since: instant, backdated, ledger)
        ofAll += found
      }
      #expect(try restatements(ledger, nil, since: cut) == ofAll)
      rows += ofAll.count
    }
    #expect(rows > 200)
  }

  /// Compares the balances at every instant at which something counts, and just before, to the rows.
  private func check(
    _ found: [Restatement], of account: AccountID, since cut: Instant, _ backdated: BackdatedBook,
    _ ledger: Ledger
  ) throws {
    func balance(_ effective: Int64, _ known: Instant?) throws -> Int64? {
      let cut = Cut.instants(effective: Instant(micros: effective), known: known)
      return try BruteFold.Answer(account, cut, in: ledger)?.minorUnits
    }
    let movements = backdated.brute.movements(of: account)
    let instants = movements.flatMap { [$0.effectiveAt - 1, $0.effectiveAt] } + [cut.micros]
    for instant in Set(instants) where instant <= cut.micros {
      let (before, after) = (try balance(instant, cut), try balance(instant, nil))
      let row = found.last { $0.effectiveAt.micros <= instant }
      #expect((after ?? 0) - (before ?? 0) == Int64(row?.change.minorUnits ?? 0))
    }
    var lastChange: Int128 = 0
    for (row, next) in zip(found, found.dropFirst().map(Optional.some) + [nil]) {
      #expect(row.before?.minorUnits == (try balance(row.effectiveAt.micros, cut)))
      #expect(row.after.minorUnits == (try balance(row.effectiveAt.micros, nil)))
      #expect(row.until == next?.effectiveAt ?? cut)
      #expect(row.change.minorUnits != lastChange)
      lastChange = row.change.minorUnits
      let causes = movements.filter {
        $0.recordedAt > cut.micros && $0.effectiveAt == row.effectiveAt.micros
      }
      #expect(row.causes.map(\.position) == causes.map(\.position))
      #expect(row.causes.map(\.recordedAt.micros) == causes.map(\.recordedAt))
    }
  }

  @Test("begin and end with the late movements, and only with those that make a difference")
  func story() throws {
    let book = try Book()
    let account = try book.open("a")
    let start = book.clockMicros
    func instant(_ step: Int64) -> Instant { Instant(micros: start - 100 + step) }
    try book.perform(.deposit(Amount("100"), to: account), at: instant(10))
    try book.perform(.withdraw(Amount("30"), from: account), at: instant(30))
    let signed = try book.ledger.now()
    let last = try book.ledger.balance(of: account).position
    book.clockMicros += 1_000
    func since(_ cut: RecordedCut) throws -> [String] {
      try restatements(book.ledger, account, since: cut).map { row in
        let (from, until) = (row.effectiveAt.micros - start + 100, row.until.micros - start + 100)
        let before = row.before?.decimal ?? "none"
        return "\(from)-\(until) \(before) \(row.after.decimal) \(row.change.decimal)"
      }
    }
    #expect(try since(.instant(signed)) == [])
    // What counts after the cut restates nothing before it.
    try book.perform(.deposit(Amount("7"), to: account))
    #expect(try since(.instant(signed)) == [])
    try book.perform(.deposit(Amount("5"), to: account), at: instant(5))
    try book.perform(.withdraw(Amount("5"), from: account), at: instant(40))
    let end = signed.micros - start + 100
    #expect(
      try since(.instant(signed)) == [
        "5-40 none 5.00 5.00", "40-\(end) 70.00 70.00 0.00",
      ])
    // Two that cancel at one instant.
    try book.perform(.deposit(Amount("9"), to: account), at: instant(20))
    try book.perform(.withdraw(Amount("9"), from: account), at: instant(20))
    #expect(try since(.instant(signed)).count == 2)
    let lastRecorded = end - 1
    #expect(
      try since(.position(last)) == [
        "5-40 none 5.00 5.00", "40-\(lastRecorded) 70.00 70.00 0.00",
      ])
    #expect(try since(.position(0)) == [])
    #expect(throws: Rejection.beyondHead("position", asked: 99, last: 8)) {
      try since(.position(99))
    }
  }

  @Test("of an account that was opened later are from nothing; an opening alone is none")
  func openedLater() throws {
    let book = try Book()
    _ = try book.open("first")
    let known = try book.ledger.now()
    book.clockMicros += 1_000
    let earlier = Instant(micros: known.micros - 10)
    for id in ["empty", "full"] {
      try book.perform(
        .open(try AccountID(id), try Book.currency("USD")), at: earlier)
    }
    let full = try AccountID("full")
    try book.perform(.deposit(Amount("3"), to: full), at: earlier)
    let found = try restatements(book.ledger, nil, since: .instant(known))
    #expect(found.map(\.accountID) == [full])
    #expect(found.first?.before == nil)
    #expect(found.first?.after.text == "3.00 USD")
    #expect(found.first?.causes.map(\.actor) == ["tester"])
    let nobody = try AccountID("nobody")
    #expect(throws: Rejection.accountNotFound(nobody)) {
      try restatements(book.ledger, nobody, since: .instant(known))
    }
  }
}
