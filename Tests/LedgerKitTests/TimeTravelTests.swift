import EventStore
import LedgerDomain
import LedgerKit
import Testing
import TestSupport

@Suite("Time travel")
struct TimeTravelTests {
  /// What the test itself remembers of an accepted movement.
  private struct Remembered {
    let effective: Int64
    let recorded: Int64
    let minorUnits: Int64
  }

  /// The sum of what both cuts let through; nil if nothing does.
  private func fold(_ movements: [Remembered], effective: Int64, known: Int64) -> Int64? {
    let seen = movements.filter { $0.effective <= effective && $0.recorded <= known }
    return seen.isEmpty ? nil : seen.map(\.minorUnits).reduce(0, +)
  }

  /// Whether every balance at or after an instant stays at or above `floor`.
  private func staysAbove(
    _ floor: Int64, _ movements: [Remembered], from effective: Int64
  ) -> Bool {
    movements.map(\.effective).filter { $0 >= effective }.allSatisfy { instant in
      (fold(movements, effective: instant, known: .max) ?? 0) >= floor
    }
  }

  /// The balance at `cut`; nil if the account was not there yet.
  private func answer(_ book: Book, _ account: AccountID, _ cut: Cut) throws -> Int64? {
    do {
      return try book.ledger.balance(of: account, at: cut).balance.minorUnits
    } catch Rejection.accountNotThereYet {
      return nil
    }
  }

  @Test(
    "random backdated histories agree with a brute-force fold on both clocks, and rules hold",
    arguments: [1, 2, 3, 4, 5, 6])
  func property(_ seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let book = try Book()
    let account = try book.open("a", limit: "2.00")
    let start = book.clockMicros
    var accepted: [Remembered] = []
    for _ in 0..<150 {
      book.clockMicros += 1_000
      // Few distinct instants, so that many movements share one.
      let effective = start - Int64.random(in: 0...20, using: &random) * 1_000
      let units = Int64.random(in: -300...300, using: &random)
      guard units != 0 else { continue }
      let amount = Amount(Money(minorUnits: abs(units), in: try Book.currency("USD")))
      let command: Command =
        units > 0 ? .deposit(amount, to: account) : .withdraw(amount, from: account)
      let candidate = Remembered(effective: effective, recorded: 0, minorUnits: units)
      let wouldHold =
        units > 0
        || staysAbove(-200, accepted + [candidate], from: effective)
          && accepted.map(\.minorUnits).reduce(units, +) >= -200
      let outcome = try book.attempt(command, at: Instant(micros: effective))
      let receipt = try? outcome.get()
      #expect((receipt != nil) == wouldHold)
      guard let receipt else { continue }
      accepted.append(
        Remembered(
          effective: effective, recorded: receipt.recordedAt.micros, minorUnits: units))
    }
    #expect(accepted.count > 50)
    for _ in 0..<200 {
      let effective = start - Int64.random(in: -1...21, using: &random) * 1_000
      let known = start + Int64.random(in: -10...160, using: &random) * 1_000
      let cut = Cut.instants(
        effective: Instant(micros: effective), known: Instant(micros: known))
      let expected = fold(accepted, effective: effective, known: known)
      // The opening counts when it was recorded, which is after every movement here.
      let isOpen = effective >= start && known >= start
      #expect(try answer(book, account, cut) == expected ?? (isOpen ? 0 : nil))
    }
    let opening = Instant(micros: start)
    #expect(try answer(book, account, .instants(effective: opening, known: opening)) == 0)
    let before = Instant(micros: start - 1_000)
    #expect(try answer(book, account, .instants(effective: before, known: opening)) == nil)
    _ = try book.ledger.verify()
  }

  @Test("past_overdraft names the first instant that breaks and by how much")
  func pastOverdraft() throws {
    let book = try Book()
    let account = try book.open("a")
    let start = book.clockMicros
    func instant(_ step: Int64) -> Instant { Instant(micros: start - 1_000 + step) }
    try book.perform(.deposit(Amount("100"), to: account), at: instant(0))
    try book.perform(.withdraw(Amount("70"), from: account), at: instant(10))
    try book.perform(.withdraw(Amount("20"), from: account), at: instant(20))
    try book.perform(.deposit(Amount("500"), to: account), at: instant(30))
    let usd = try Book.currency("USD")
    let short = Money(minorUnits: 5_00, in: usd)
    #expect(throws: Rejection.pastOverdraft(account, at: instant(20), short: short)) {
      try book.perform(.withdraw(Amount("15"), from: account), at: instant(5))
    }
    try book.perform(.withdraw(Amount("10"), from: account), at: instant(5))
    try book.perform(.withdraw(Amount("15"), from: account), at: instant(5)) {
      ($0.allowsPastOverdraft, $0.reason) = (true, "the bank says so")
    }
    #expect(try book.ledger.verify().events == 7)
  }

  @Test("a limit counts from its own effective time on")
  func limitsInThePast() throws {
    let book = try Book()
    let account = try book.open("a", limit: "50")
    let start = book.clockMicros
    try book.perform(.withdraw(Amount("40"), from: account), at: Instant(micros: start - 100))
    try book.perform(.deposit(Amount("60"), to: account), at: Instant(micros: start - 50))
    try book.perform(.change(account, overdraftLimit: Amount("0")))
    // Within the limit of its time, though not within today's.
    try book.perform(.withdraw(Amount("5"), from: account), at: Instant(micros: start - 90))
    #expect(throws: Rejection.self) {
      try book.perform(.withdraw(Amount("6"), from: account), at: Instant(micros: start - 90))
    }
    #expect(try book.ledger.verify().events == 5)
  }

  @Test("a higher limit in the past is never refused, even where it doesn't cover all")
  func raisesPastLimit() throws {
    let book = try Book()
    let account = try book.open("a")
    let start = book.clockMicros
    try book.perform(.deposit(Amount("100"), to: account), at: Instant(micros: start - 50))
    try book.perform(.withdraw(Amount("20"), from: account), at: Instant(micros: start - 100)) {
      ($0.allowsPastOverdraft, $0.reason) = (true, "the bank says so")
    }
    try book.perform(
      .change(account, overdraftLimit: Amount("5")), at: Instant(micros: start - 100))
    #expect(try book.ledger.verify().events == 4)
  }

  @Test("an account doesn't close before it opened")
  func closesAfterOpening() throws {
    let book = try Book()
    let account = try book.open("a")
    #expect(throws: Rejection.self) {
      try book.perform(.close(account), at: Instant(micros: book.clockMicros - 1_000))
    }
  }

  @Test("cuts by version and by position are prefixes, and a position never splits a commit")
  func versionsAndPositions() throws {
    let book = try Book()
    let (payer, payee) = (try book.open("payer"), try book.open("payee"))
    try book.perform(.deposit(Amount("10"), to: payer))
    try book.perform(.transfer(Amount("4"), from: payer, to: payee))
    let ledger = book.ledger
    #expect(try ledger.balance(of: payer, at: .version(1)).balance.decimal == "10.00")
    #expect(try ledger.balance(of: payer, at: .version(2)).balance.decimal == "6.00")
    // Positions 4 and 5 are one commit: at 4 it has not happened.
    #expect(try ledger.balance(of: payer, at: .position(4)).balance.decimal == "10.00")
    let after = try ledger.balance(of: payer, at: .position(5))
    #expect(after.balance.decimal == "6.00")
    #expect(after.position == 5)
    #expect(try ledger.balance(of: payer).position == 5)
    #expect(throws: Rejection.accountNotThereYet(payee)) {
      try ledger.balance(of: payee, at: .position(1))
    }
    #expect(throws: Rejection.beyondHead("position", asked: 6, last: 5)) {
      try ledger.balance(of: payer, at: .position(6))
    }
  }
}
