import LedgerDomain
import Testing
import TestSupport

@Suite("A transfer")
struct TransferTests {
  @Test("has two legs that name each other and share its id, amount and description")
  func legs() throws {
    let usd = try Currency.usd
    let legs = try transfer(
      "2.50", from: try given(.opened(limit: 100), .deposited(200, at: 10), id: "alice"),
      to: try given(.opened(), .deposited(1_000, at: 10), id: "bob"))
    #expect(
      legs.withdrawn
        == .withdrawn(
          .init(
            amount: usd.money(250), balanceAfter: usd.money(-50),
            counterparty: try AccountID("bob"), transferID: "t-1", description: "rent")))
    #expect(
      legs.deposited
        == .deposited(
          .init(
            amount: usd.money(250), balanceAfter: usd.money(1_250),
            counterparty: try AccountID("alice"), transferID: "t-1", description: "rent")))
  }

  @Test("to the account itself is refused, before anything else")
  func sameAccount() throws {
    let past = try given(.opened(), .deposited(500, at: 10))
    for amount in ["1.00", "x", "900"] {
      #expect(throws: Rejection.sameAccount(past.account.id)) {
        try transfer(amount, from: past, to: past)
      }
    }
  }

  @Test("between currencies is refused, whoever's currency is named")
  func currencies() throws {
    let usd = try Currency.usd
    let eur = try #require(Currency(code: "EUR"))
    let payer = try given(.opened(), .deposited(500, at: 10))
    let payee = try given(.opened(), id: "bob", in: "EUR")
    for code in [nil, "USD"] {
      #expect(throws: Rejection.currencyMismatch(given: "USD", expected: eur)) {
        try transfer("1.00", code, from: payer, to: payee)
      }
    }
    #expect(throws: Rejection.currencyMismatch(given: "EUR", expected: usd)) {
      try transfer("1.00", "EUR", from: payer, to: payee)
    }
    #expect(throws: Rejection.currencyMismatch(given: "JPY", expected: usd)) {
      try transfer("1.00", "JPY", from: payer, to: payee)
    }
  }

  @Test("reports a closed payee rather than the payer's insufficient funds")
  func closedPayee() throws {
    let payee = try given(.opened(), .closed(at: 10), id: "bob")
    #expect(throws: Rejection.accountClosed(payee.account.id)) {
      try transfer("1.00", from: try given(.opened()), to: payee)
    }
  }

  @Test("reports the payer where both accounts are refused for the same reason")
  func payerFirst() throws {
    let payer = try given(id: "alice")
    #expect(throws: Rejection.accountNotFound(payer.account.id)) {
      try transfer("1.00", from: payer, to: try given(id: "bob"))
    }
    let closed = try given(.opened(), .closed(at: 1))
    #expect(throws: Rejection.accountClosed(closed.account.id)) {
      try transfer("1.00", from: closed, to: try given(.opened(), .closed(at: 1), id: "bob"))
    }
  }

  @Test("is refused if either leg is")
  func eitherLeg() throws {
    let usd = try Currency.usd
    let payer = try given(.opened(), .deposited(500, at: 10))
    let payee = try given(.opened(), .deposited(.max - 100, at: 10), id: "bob")
    #expect(throws: Rejection.amountOverflow(payee.account.id)) {
      try transfer("1.01", from: payer, to: payee)
    }
    #expect(throws: Rejection.accountNotFound(try AccountID("carol"))) {
      try transfer("1.00", from: payer, to: try given(id: "carol"))
    }
    let refusal = Rejection.insufficientFunds(
      payer.account.id, available: usd.money(500), needed: usd.money(501))
    #expect(throws: refusal) {
      try transfer("5.01", from: payer, to: try given(.opened(), id: "d"))
    }
  }

  @Test("into the past may overdraw neither account since")
  func backdated() throws {
    let payer = try given(.opened(), .deposited(500, at: 20))
    let payee = try given(.opened(), .deposited(500, at: 20), id: "bob")
    let short = try Currency.usd.money(100)
    #expect(throws: Rejection.pastOverdraft(payer.account.id, at: .second(10), short: short)) {
      try transfer("1.00", from: payer, to: payee, at: 10)
    }
    #expect(throws: Never.self) { try transfer("1.00", from: payer, to: payee, at: 20) }
  }

  @Test("changes no total")
  func totals() throws {
    var random = SeededRandom(seed: 7)
    var accounts = try ["a", "b", "c"].map { try given(.opened(limit: 10_000), id: $0) }
    var moved = 0
    for second in 1...600 {
      let order = accounts.indices.shuffled(using: &random)
      let (from, to) = (order[0], order[1])
      let amount = accounts[from].currency.money(.random(in: 1...5_000, using: &random)).decimal
      let at = Int64(second)
      guard let legs = try? transfer(amount, from: accounts[from], to: accounts[to], at: at) else {
        continue
      }
      accounts[from].record(legs.withdrawn, at: .second(at))
      accounts[to].record(legs.deposited, at: .second(at))
      moved += 1
      let balances = accounts.compactMap { $0.account.standing?.balance.minorUnits }
      #expect(balances.reduce(0, +) == 0)
    }
    #expect((100..<600).contains(moved), "some were refused, most were not")
  }

  /// Decides transfer `t-1`, by default after everything else.
  @discardableResult
  private func transfer(
    _ amount: String, _ code: String? = nil, from payer: AccountHistory, to payee: AccountHistory,
    at second: Int64 = 1_000
  ) throws -> (withdrawn: AccountEvent, deposited: AccountEvent) {
    try Transfer(
      amount: Amount(amount, currencyCode: code), transferID: "t-1", description: "rent"
    ).decide(from: payer, to: payee, at: .second(second))
  }
}
