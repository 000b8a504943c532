import EventStore
import LedgerDomain
import LedgerKit
import Testing

@Suite("A closed period")
struct ClosedPeriodTests {
  private let book: Book
  private let a: AccountID
  private let b: AccountID

  init() throws {
    book = try Book.withPast()
    (a, b) = (try AccountID("a"), try AccountID("b"))
  }

  @Test("stores what the book added up to at its end, and the log before it")
  func receipt() throws {
    let before = try book.ledger.checkpoint()
    var csv = Digest256.Running()
    csv.append(TrialBalance.csvHeader)
    try book.ledger.forEachBalance(at: .instants(effective: Book.end("2026-11"), known: nil)) {
      csv.append($0.csvLine)
    }
    let receipt = try book.close("2026-11", reason: "signed")
    #expect(receipt.command == "period close")
    #expect(receipt.position == 5)
    #expect(receipt.closedThrough == Book.end("2026-11"))
    #expect(receipt.headHash == (try book.ledger.verify().headHash))
    let close = receipt.close
    #expect(close.accounts == 1)
    #expect(close.totals.map(\.text) == ["100.00 USD"])
    #expect(close.csvDigest == csv.finished())
    #expect(close.checkpoint.position == before.position)
    #expect(close.checkpoint.headHash == before.headHash)
    #expect(close.checkpoint.treeSize == before.treeSize)
    #expect(close.checkpoint.treeRoot == before.treeRoot)
    #expect(close.previousThrough == nil && close.reopening == nil)
    #expect(close.closedBy == "closer" && close.reason == "signed")
    let next = try book.close("2026-12").close
    #expect(next.totals.map(\.text) == ["105.00 USD"])
    #expect(next.previousThrough == Book.end("2026-11"))
    let today = try book.close("2027-01-14").close
    #expect(today.accounts == 1)
    #expect(try book.closes() == ["2026-11 at 5", "2026-12 at 6", "2027-01-14 at 7"])
    #expect(try book.closes(of: "2026-12") == ["2026-12 at 6"])
    #expect(try book.differences() == [[], [], []])
    #expect(throws: Rejection.periodNeverClosed(Book.period("2026-10"))) {
      try book.closes(of: "2026-10")
    }
  }

  /// One of each kind.
  private func commands() throws -> [Command] {
    [
      .open(try AccountID("c"), try Book.currency("USD")), .change(a, holder: "Ada"),
      .deposit(Amount("1"), to: a), .withdraw(Amount("1"), from: a),
      .transfer(Amount("1"), from: a, to: try AccountID("d")), .close(b),
    ]
  }

  @Test("refuses every command that counts at or before its end, and none after it")
  func refusals() throws {
    try book.perform(.open(AccountID("d"), Book.currency("USD")), at: Book.end("2026-10"))
    let closed = ClosedPeriod(Book.period("2026-11"), at: try book.close("2026-11").position)
    for command in try commands() {
      for instant in [Book.end("2026-11"), Book.end("2026-11-01"), Instant.earliest] {
        #expect(
          try book.attempt(command, at: instant)
            == .failure(.periodClosed(effectiveAt: instant, by: closed)))
      }
    }
    #expect(try book.ledger.checkpoint().position == closed.position)
    for command in try commands() {
      let after: Instant? = command.name == "close" ? nil : Book.after("2026-11")
      guard case .success = try book.attempt(command, at: after) else {
        Issue.record("\(command.name) was refused")
        continue
      }
    }
    #expect(try book.ledger.verify().commits == 12)
    #expect(try book.differences() == [[]])
  }

  @Test("comes after the future and before accounts and amounts in what is reported")
  func precedence() throws {
    try book.close("2026-11")
    let (past, future) = (Book.end("2026-11"), Instant(micros: book.clockMicros + 1_000_000))
    func code(_ command: Command, at instant: Instant) throws -> String? {
      guard
        case .failure(let rejection) = try book.attempt(
          command, at: instant,
          {
            $0.expectedVersion = .exactly(77)
          })
      else { return nil }
      return rejection.code
    }
    let nobody = try AccountID("nobody")
    #expect(try code(.transfer(Amount("x"), from: a, to: a), at: past) == "period_closed")
    #expect(try code(.deposit(Amount("x"), to: nobody), at: past) == "period_closed")
    #expect(try code(.open(a, Book.currency("USD")), at: past) == "period_closed")
    #expect(try code(.deposit(Amount("x"), to: nobody), at: future) == "effective_in_future")
    #expect(try code(.deposit(Amount("1"), to: a), at: Book.after("2026-11")) == "version_conflict")
  }

  @Test("doesn't stop the first receipt of a command that was recorded before, nor burn a key")
  func keys() throws {
    let deposit = Command.deposit(Amount("1"), to: a)
    let first = try book.perform(deposit, at: Book.end("2026-11")) { $0.idempotencyKey = "k" }
    try book.close("2026-11")
    let again = try book.perform(deposit, at: Book.end("2026-11")) { $0.idempotencyKey = "k" }
    #expect(again.isReplay && again.position == first.position)
    let refused = try book.attempt(deposit, at: Book.end("2026-11")) { $0.idempotencyKey = "n" }
    guard case .failure = refused else {
      Issue.record("it was recorded")
      return
    }
    #expect(try !book.perform(deposit) { $0.idempotencyKey = "n" }.isReplay)
  }

  @Test("closes everything before it, and is closed but once")
  func closingAgain() throws {
    let closed = ClosedPeriod(Book.period("2026-12"), at: try book.close("2026-12").position)
    for text in ["2026-12", "2026-12-31", "2026-11", "0001-01"] {
      #expect(throws: Rejection.periodAlreadyClosed(Book.period(text), by: closed)) {
        try book.close(text)
      }
    }
    for text in ["2027-01", "2027-01-15", "9999-12"] {
      let rejection = #expect(throws: Rejection.self) { try book.close(text) }
      #expect(rejection?.code == "period_not_over")
    }
    #expect(try book.closes() == ["2026-12 at 5"])
    #expect(try book.close("2027-01-14").position == 6)
  }

  @Test("that is the latest is reopened with a reason, and the one before is in force again")
  func reopening() throws {
    #expect(throws: Rejection.periodNotClosed(nil, latest: nil)) { try book.reopen() }
    try book.close("2026-11")
    let latest = ClosedPeriod(Book.period("2026-12"), at: try book.close("2026-12").position)
    #expect(throws: Rejection.periodNotClosed(Book.period("2026-11"), latest: latest)) {
      try book.reopen("2026-11")
    }
    let receipt = try book.reopen("2026-12")
    #expect(receipt.command == "period reopen" && receipt.position == 7)
    #expect(receipt.close.position == 6)
    #expect(receipt.close.reopening?.reopenedBy == "opener")
    #expect(receipt.close.reopening?.reason == "late")
    #expect(receipt.closedThrough == Book.end("2026-11"))
    let deposit = Command.deposit(Amount("1"), to: a)
    try book.perform(deposit, at: Book.end("2026-12"))
    let refused = try book.attempt(deposit, at: Book.end("2026-11"))
    #expect(throws: Rejection.self) { try refused.get() }
    // What was closed is still what was known then; the new close has the new total.
    #expect(try book.close("2026-12").close.totals.map(\.decimal) == ["106.00"])
    #expect(
      try book.closes() == ["2026-11 at 5", "2026-12 at 6 reopened at 7", "2026-12 at 9"])
    #expect(try book.differences() == [[], [], []])
    #expect(try book.reopen().close.position == 9)
    #expect(try book.reopen("2026-11").closedThrough == nil)
    #expect(throws: Rejection.periodNotClosed(Book.period("2026-11"), latest: nil)) {
      try book.reopen("2026-11")
    }
    try book.perform(deposit, at: Book.end("2026-10-31"))
    #expect(try book.ledger.verify().commits == 12)
    #expect(try book.differences() == [[], [], []])
  }

  @Test("is rehearsed without being closed")
  func rehearsal() throws {
    let close = PeriodRequest(.close(Book.period("2026-11")), actor: "x")
    let receipt = try book.ledger.rehearse(close)
    #expect(receipt.position == 5 && receipt.close.totals.map(\.decimal) == ["100.00"])
    #expect(try book.closes() == [])
    try book.perform(.deposit(Amount("1"), to: a), at: Book.end("2026-11"))
    try book.close("2026-11")
    let reopen = PeriodRequest(.reopen(nil, reason: "x"), actor: "x")
    #expect(try book.ledger.rehearse(reopen).closedThrough == nil)
    #expect(try book.closes() == ["2026-11 at 6"])
    #expect(try book.ledger.verify().commits == 6)
  }

  @Test("is seen by a handle that was open before, and by one that writes many commands at once")
  func otherHandles() throws {
    let other = try book.reopened(.readWrite)
    let deposit = Command.deposit(Amount("1"), to: a)
    var options = CommandOptions(actor: "x")
    options.effectiveAt = Book.end("2026-11")
    _ = try other.perform(deposit, options)
    try book.close("2026-11")
    #expect(throws: Rejection.self) { try other.perform(deposit, options) }
    #expect(throws: Rejection.self) {
      try other.booking { booking in
        _ = try booking.perform(deposit, CommandOptions(actor: "x"))
        _ = try booking.perform(deposit, options)
      }
    }
    _ = try other.perform(PeriodRequest(.reopen(nil, reason: "x"), actor: "x"))
    try book.perform(deposit, at: Book.end("2026-11"))
    #expect(try book.balance(a) == "107.00")
  }

  @Test("leaves the text in it to be erased, its own reasons too")
  func erasure() throws {
    try book.perform(.change(a, holder: "Ada"), at: Book.end("2026-11"))
    try book.close("2026-11", reason: "Ada asked")
    try book.reopen()
    let closeHash = try book.closes()
    let request = ErasureRequest(.positions([5, 6, 7]), actor: "x", reason: "asked")
    #expect(try book.ledger.erase(request).reasons == [6, 7])
    #expect(try book.closes() == closeHash)
    try book.ledger.forEachPeriodClose { close in
      #expect(close.reason == nil && close.isReasonErased)
      #expect(close.reopening?.reason == nil)
    }
    #expect(try book.differences() == [[]])
    #expect(try book.ledger.verify().commits == 8)
  }

  @Test("of a book without accounts has no totals")
  func empty() throws {
    let empty = try Book()
    let receipt = try empty.close("2026-12")
    #expect(receipt.close.accounts == 0 && receipt.close.totals.isEmpty)
    #expect(receipt.close.checkpoint.position == 0)
    #expect(try empty.ledger.verify().commits == 1)
    #expect(try empty.differences() == [[]])
    #expect(try empty.ledger.verify(from: 1).commits == 1)
  }
}
