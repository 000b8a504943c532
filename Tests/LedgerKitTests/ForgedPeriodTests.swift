import EventStore
import LedgerDomain
import LedgerEvents
import Testing

@testable import LedgerKit

/// Commits that are written below the rules, with every hash right.
@Suite("A period that no command closes or reopens")
struct ForgedPeriodTests {
  private let book: Book

  init() throws { book = try Book.withPast() }

  private func record(_ event: PeriodEvent, _ change: (inout NewCommit) -> Void = { _ in }) throws {
    let append = StreamAppend(streamID: "Book", expectedVersion: .any, events: [event.stored])
    var commit = NewCommit(appends: [append], actor: "x", correlationID: "c")
    change(&commit)
    _ = try book.ledger.store.write { try $0.append(commit) }
  }

  /// What closing `text` now would store.
  private func honest(_ text: String) throws -> PeriodClosed {
    let request = PeriodRequest(.close(Book.period(text)), actor: "x")
    let event = try PeriodEvent(try book.ledger.rehearse(request).event)
    guard case .closed(let closed)? = event else { throw Rejection.unknownCurrency(code: text) }
    return closed
  }

  private func expectDamage(at position: Int64, _ problem: String) {
    let error = #expect(throws: StoreFileError.self) { try book.ledger.verify() }
    guard case .damaged(_, position, let found)? = error else {
      Issue.record("\(String(describing: error)) instead of position \(position)")
      return
    }
    #expect(found.contains(problem), "\(found)")
  }

  private let reason = PersonalText(
    field: "reason", salt: [UInt8](repeating: 1, count: 16), text: "why")

  @Test("is told from an honest one")
  func honest() throws {
    try record(.closed(try honest("2026-11")))
    try record(.reopened(PeriodReopened(ClosedPeriod(Book.period("2026-11"), at: 5)))) {
      $0.reason = reason
    }
    #expect(try book.ledger.verify().commits == 6)
    #expect(try book.closes() == ["2026-11 at 5 reopened at 6"])
  }

  @Test("is found by verify: a close with another history, watermark or period")
  func closes() throws {
    let other = Digest256(of: [])
    let forgeries: [(String, (inout PeriodClosed) -> Void)] = [
      ("its checkpoint", { $0.history.headHash = other }),
      ("its checkpoint", { $0.history.treeRoot = other }),
      ("its checkpoint", { $0.history.treeSize += 1 }),
      ("its checkpoint", { $0.history.position -= 1 }),
      ("its previousThrough", { $0.previousThrough = Book.end("2026-10") }),
      ("period_not_over", { $0.period = Book.period("2027-01") }),
    ]
    for (problem, change) in forgeries {
      let trial = try ForgedPeriodTests()
      var closed = try trial.honest("2026-11")
      change(&closed)
      try trial.record(.closed(closed))
      trial.expectDamage(at: 5, problem)
      #expect(try trial.book.ledger.verify(from: 5).commits == 5)
    }
    var closed = try honest("2026-11")
    try book.close("2026-12")
    closed.previousThrough = Book.end("2026-12")
    try record(.closed(closed))
    expectDamage(at: 6, "period_closed")
  }

  @Test("is found by verify: a reopening of what is not the latest, or without a reason")
  func reopenings() throws {
    func trial(_ text: String, at position: Int64, _ problem: String, reason: Bool = true) throws {
      let trial = try ForgedPeriodTests()
      try trial.book.close("2026-11")
      try trial.book.close("2026-12")
      let closed = ClosedPeriod(Book.period(text), at: position)
      try trial.record(.reopened(PeriodReopened(closed))) {
        $0.reason = reason ? trial.reason : nil
      }
      trial.expectDamage(at: 7, problem)
    }
    try trial("2026-11", at: 5, "period_not_closed")
    try trial("2026-12", at: 5, "was closed at position 6")
    try trial("2026-12", at: 6, "without a reason", reason: false)
    try record(.reopened(PeriodReopened(ClosedPeriod(Book.period("2026-11"), at: 2)))) {
      $0.reason = reason
    }
    expectDamage(at: 5, "no period is closed")
  }

  @Test("is found by verify: one under a key, at another time, with metadata or with a text")
  func headers() throws {
    let key = NewCommit.Idempotency(key: "k", fingerprint: Digest256(of: []))
    let changes: [(inout NewCommit) -> Void] = [
      { $0.idempotency = key }, { $0.effectiveAtMicros = 5 },
      { $0.otherMetadata = Array("{}".utf8) },
      {
        $0.appends[0].events[0].personalText = PersonalText(
          field: "description", salt: [UInt8](repeating: 1, count: 16), text: "x")
      },
    ]
    for change in changes {
      let trial = try ForgedPeriodTests()
      try trial.record(.closed(try trial.honest("2026-11")), change)
      trial.expectDamage(at: 5, "no command closes or reopens a period under a key")
    }
    try record(.closed(try honest("2026-11"))) { $0.idempotency = key }
    let outcome = try book.attempt(.deposit(Amount("1"), to: AccountID("a"))) {
      $0.idempotencyKey = "k"
    }
    #expect(
      outcome
        == .failure(.idempotencyKeyConflict(key: "k", position: 5, differing: ["command"])))
  }

  @Test("can't be read beside other events in one commit")
  func together() throws {
    let closed = PeriodEvent.closed(try honest("2026-11"))
    try record(closed) { $0.appends[0].events.append(closed.stored) }
    expectDamage(at: 5, "is a commit of its own")
  }

  /// A deposit of 1.00 USD into `a` that counts at the end of `text`, below the rules.
  private func deposit(at text: String, after balance: String) throws {
    try book.store(
      "MoneyDeposited", version: 2,
      #"{"amount":"1.00","currency":"USD","balanceAfter":"\#(balance)"}"#, of: AccountID("a"),
      at: Book.end(text))
  }

  @Test("is found by both: what was recorded in a closed period behind the rules")
  func recordedInside() throws {
    try book.close("2026-11")
    try book.close("2026-12")
    try deposit(at: "2026-12-31", after: "106.00")
    expectDamage(at: 7, "this deposit should have been refused: period_closed: 2026-12-31")
    #expect(try book.differences() == [[], ["totals", "accountsSha256"]])
    #expect(try book.differences(of: "2026-12") == [["totals", "accountsSha256"]])
    #expect(try book.differences(of: "2026-11") == [[]])
    #expect(try book.ledger.verify(from: 7).commits == 7)
    try deposit(at: "2026-11-30", after: "107.00")
    #expect(try book.differences().map(\.count) == [2, 2])
  }

  @Test("is found by period verify alone: totals, accounts or a digest that never were")
  func balances() throws {
    var closed = try honest("2026-11")
    closed.book.accounts += 1
    closed.book.totals[0].minorUnits += 1
    closed.book.csvDigest = Digest256(of: [])
    try record(.closed(closed))
    #expect(try book.ledger.verify().commits == 5)
    #expect(try book.differences() == [["accounts", "totals", "accountsSha256"]])
    try book.ledger.verifyPeriodCloses { _, found in
      #expect(found[0] == PeriodDifference(name: "accounts", closed: "2", found: "1"))
      #expect(found[1].closed == "100.01 USD" && found[1].found == "100.00 USD")
    }
    try book.reopen()
    #expect(try book.differences().map(\.count) == [3])
  }
}
