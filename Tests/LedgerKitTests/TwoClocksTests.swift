import EventStore
import LedgerDomain
import Testing
import TestSupport

@testable import LedgerKit

/// Histories that are entered in no order, and every answer about them found by adding up all of them.
@Suite("Two clocks")
struct TwoClocksTests {
  private static let tables = [
    "account_balances", "commit_links", "late_events", "periods", "timeline_blocks",
  ]

  @Test(
    "agree with a fold of everything at any cut, and refuse what would break a later balance",
    arguments: [1, 2, 3, 4])
  func agree(_ seed: UInt64) throws {
    let past = try RandomPast(seed: seed)
    try past.widen(instants: 700)
    try past.run(steps: 120)
    try past.disturbWide(times: 60)
    try past.run(steps: 400)
    try past.disturbWide(times: 30)
    try checkCoverage(past)
    let book = past.book
    let brute = try BruteFold(book)
    try checkMemory(past, brute)

    var random = past.random
    let cuts = try Cuts(brute, &random)
    try check(cuts, brute, try book.reopened())
    try book.ledger.changeSnapshotPolicy { $0.isEnabled = false }
    try check(cuts.some(&random), brute, try book.reopened())
    _ = try book.ledger.pruneSnapshots(keep: 0, takenBefore: nil)
    #expect(try book.snapshotVersions().isEmpty)
    try check(cuts.some(&random), brute, try book.reopened())

    try checkClosedPeriods(past, brute)
    let found = try book.reopened().verify()
    #expect(found.events == Int64(brute.entries.count))
    let rows = try RawFile(book.path).contents(of: Self.tables)
    let blocks = try #require(rows["timeline_blocks"]).filter { $0[0] == "'wide'" }
    #expect(blocks.count > 3)
    try checkRebuilt(book, rows)
    try checkCopy(book, rows, found)
  }

  /// Every kind of outcome was there, so that the history proves something.
  private func checkCoverage(_ past: RandomPast) throws {
    let found = Set(
      past.outcomes.keys.compactMap { $0.split(separator: " ").first.map(String.init) })
    let core: Set = [
      "accepted", "account_closed", "account_not_found", "already_reversed", "balance_not_zero",
      "closed", "closed_before_last_change", "currency_mismatch", "effective_in_future",
      "insufficient_funds", "past_overdraft", "period_closed", "reopened",
    ]
    let rare: Set = ["overdraft_limit_too_low", "period_not_closed", "period_not_over"]
    #expect(found.subtracting(rare) == core)
    #expect(past.reversed.count > 10)
    #expect(past.outcomes["past_overdraft backdated"] ?? 0 > 10)
    #expect(past.outcomes["accepted backdated"] ?? 0 > 100)
    #expect(past.memory["shut"]?.isClosed == true)
    #expect(Set(past.memory["wide"]?.entries.map(\.at) ?? []).count > 700)
    #expect(try past.book.snapshotResults().count > 20)
    #expect(try past.book.snapshotResults().allSatisfy { $0 == "ok" })
  }

  /// The log holds what was accepted, and nothing else.
  private func checkMemory(_ past: RandomPast, _ brute: BruteFold) throws {
    for id in RandomPast.accounts {
      let remembered = try #require(past.memory[id])
      let stored = brute.entries.filter { $0.streamID == "BankAccount-\(id)" }
      let moved = stored.filter { $0.type != "AccountCreated" && $0.type != "AccountClosed" }
      #expect(moved.map(\.effectiveAt) == remembered.entries.map(\.at))
      #expect(moved.map(\.minorUnits) == remembered.entries.map(\.minorUnits))
    }
  }

  // MARK: Answers

  private func check(_ cuts: Cuts, _ brute: BruteFold, _ ledger: Ledger) throws {
    var answers = 0
    for (account, cut) in cuts.ofAccounts {
      let expected = brute.answer(account, cut)
      let foldedBefore = ledger.store.eventsFolded
      do {
        let past = try ledger.balance(of: account, at: cut)
        try #require(BruteFold.Answer(past) == expected, "\(account) at \(cut)")
        let folded = ledger.store.eventsFolded - foldedBefore
        try #require(Int64(past.path.eventsReplayed) == folded)
      } catch Rejection.accountNotThereYet(account) {
        try #require(expected == nil, "\(account) at \(cut)")
      }
      let folded = ledger.store.eventsFolded - foldedBefore
      try #require(folded <= 1, "at most an opening is folded for an answer")
      answers += 1
    }
    #expect(answers > 300)
    for cut in cuts.ofTheBook { try checkBook(at: cut, brute, ledger) }
  }

  /// Compares the whole book at `cut`, and what it adds up to with what crossed its border.
  private func checkBook(at cut: Cut, _ brute: BruteFold, _ ledger: Ledger) throws {
    var found: [String: BruteFold.Answer] = [:]
    var order: [String] = []
    var sums = brute.acrossTheBorder(cut).mapValues { -$0 }
    let foldedBefore = ledger.store.eventsFolded
    try ledger.forEachBalance(at: cut) { past in
      order.append(past.accountID.text)
      found[past.accountID.text] = BruteFold.Answer(past)
      sums[past.balance.currency.code, default: 0] += past.balance.minorUnits
    }
    #expect(ledger.store.eventsFolded - foldedBefore <= Int64(RandomPast.accounts.count))
    let expected: [String: BruteFold.Answer] = try RandomPast.accounts.reduce(into: [:]) {
      expected, id in
      expected[id] = brute.answer(try AccountID(id), cut)
    }
    try #require(found == expected, "\(cut)")
    #expect(order == RandomPast.accounts.filter { expected[$0] != nil })
    #expect(sums.values.allSatisfy { $0 == 0 }, "\(sums) at \(cut)")
  }

  /// Questions about a history.
  private struct Cuts {
    var ofAccounts: [(AccountID, Cut)] = []
    var ofTheBook: [Cut] = []

    /// Each version of the short streams, and at random: positions, and instants on either clock and on both.
    init(_ brute: BruteFold, _ random: inout SeededRandom) throws {
      let head = Int64(brute.entries.count)
      var instants: [Cut] = []
      let effective = Set(brute.entries.map(\.effectiveAt)).sorted()
      for index in 0..<240 {
        // Half of them among the instants that many share, which are the last.
        let place = Bool.random(using: &random) ? effective.count - 250 : 0
        let at = effective[Int.random(in: place..<effective.count, using: &random)]
        let known = try #require(brute.entries.randomElement(using: &random)).recordedAt
        let (one, other) = (
          Instant(micros: at - .random(in: 0...1, using: &random)),
          Instant(micros: known - .random(in: 0...1, using: &random))
        )
        instants.append(
          .instants(effective: index % 3 == 0 ? nil : one, known: index % 3 == 1 ? nil : other))
      }
      let positions = (0..<120).map { _ in Cut.position(.random(in: 0...head, using: &random)) }
      for id in RandomPast.accounts {
        let account = try AccountID(id)
        let last = try #require(brute.answer(account, .position(head))).version
        let versions = (0...last).shuffled(using: &random).prefix(200).map(Cut.version)
        let own = versions + instants.shuffled(using: &random).prefix(120) + positions.prefix(50)
        ofAccounts += own.map { (account, $0) }
      }
      ofTheBook = positions + instants + [.position(0), .position(head)]
    }

    /// A part of them.
    func some(_ random: inout SeededRandom) -> Cuts {
      var some = self
      some.ofAccounts = Array(ofAccounts.shuffled(using: &random).prefix(320))
      some.ofTheBook = Array(ofTheBook.shuffled(using: &random).prefix(40))
      return some
    }
  }

  /// The book at the end of a closed period is the one that was closed, whatever was recorded since; of
  /// a period that was reopened, as far as it was known then.
  private func checkClosedPeriods(_ past: RandomPast, _ brute: BruteFold) throws {
    var (inForce, reopened) = (0, 0)
    try past.book.reopened().verifyPeriodCloses { close, differences in
      #expect(differences.isEmpty)
      let then = Cut.instants(effective: close.through, known: close.closedAt)
      let sums = brute.acrossTheBorder(then)
      for total in close.totals {
        #expect(Int64(total.minorUnits) == sums[total.currency.code] ?? 0)
      }
      if close.reopening == nil {
        inForce += 1
        for id in RandomPast.accounts {
          let account = try AccountID(id)
          let now = Cut.instants(effective: close.through, known: nil)
          #expect(brute.answer(account, now) == brute.answer(account, then))
        }
      } else {
        reopened += 1
      }
    }
    #expect(inForce == past.closedThrough.count)
    #expect(reopened == past.outcomes["reopened"])
  }

  // MARK: Rows

  /// Rebuilt from the log, the projections have the rows that the commands left.
  private func checkRebuilt(_ book: Book, _ rows: [String: [[String]]]) throws {
    let raw = try RawFile(book.path)
    try raw.run("DELETE FROM projections")
    for table in Self.tables { try raw.run("DELETE FROM \(table)") }
    try book.reopened(.readWrite).bringUpToDate()
    #expect(try raw.contents(of: Self.tables) == rows)
  }

  /// A ledger that took over all commits has the same rows too.
  private func checkCopy(
    _ book: Book, _ rows: [String: [[String]]], _ found: Verification
  ) throws {
    let copy = try Book()
    _ = try copy.ledger.restoring { restoration in
      try restoration.takeOver(ledgerID: book.ledger.id)
      try book.reopened().forEachStoredCommit { try restoration.record($0) }
    }
    #expect(try RawFile(copy.path).contents(of: Self.tables) == rows)
    #expect(try copy.reopened().verify().headHash == found.headHash)
  }
}
