import EventStore
import LedgerDomain
import LedgerKit
import Testing

@Suite("Time travel")
struct TimeTravelTests {
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
