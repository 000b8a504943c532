import LedgerDomain
import Testing

@Suite("An overdraft limit")
struct AccountLimitTests {
  @Test("may be lowered to what the balance needs, and no further")
  func lowered() throws {
    let usd = try Currency.usd
    let past = try given(.opened(limit: 1_000), .withdrawn(400, at: 10))
    past.when(.limit("4.00"))
      .then(.changed(.init(overdraftLimit: usd.money(400), holder: nil)))
    past.when(.limit("3.99")).refused(
      .overdraftLimitTooLow(
        try AccountID("alice"), balance: usd.money(-400), limit: usd.money(399)))
    past.when(.limit("-1")).refused(
      .invalidAmount(text: "-1", currency: usd, problem: .malformed))
  }

  @Test("may be zero")
  func zero() throws {
    let usd = try Currency.usd
    try given(.opened(limit: 1_000)).when(.limit("0"))
      .then(.changed(.init(overdraftLimit: .zero(in: usd), holder: nil)))
  }

  @Test("holds from its effective time on")
  func holdsFrom() throws {
    let usd = try Currency.usd
    let alice = try AccountID("alice")
    let past = try given(
      .opened(), .limited(500, at: 20), .deposited(100, at: 30), .deposited(900, at: 40))
    past.when(.withdraw("6.00"), at: 30)
      .then(.withdrawn(.init(amount: usd.money(600), balanceAfter: usd.money(400))))
    past.when(.withdraw("5.00"), at: 20)
      .then(.withdrawn(.init(amount: usd.money(500), balanceAfter: usd.money(500))))
    past.when(.withdraw("5.00"), at: 19)
      .refused(.pastOverdraft(alice, at: .second(19), short: usd.money(500)))
  }

  @Test("that is lowered in the past has to cover the balances since")
  func loweredInThePast() throws {
    let usd = try Currency.usd
    let past = try given(
      .opened(limit: 500), .withdrawn(300, at: 20), .deposited(300, at: 30))
    past.when(.limit("2.00"), at: 10).refused(
      .pastOverdraft(try AccountID("alice"), at: .second(20), short: usd.money(100)))
    past.when(.limit("3.00"), at: 10)
      .then(.changed(.init(overdraftLimit: usd.money(300), holder: nil)))
  }

  @Test("that is lowered in the past has to cover today's balance, whatever else is allowed")
  func loweredInThePastCoversToday() throws {
    let usd = try Currency.usd
    let refusal = Rejection.overdraftLimitTooLow(
      try AccountID("alice"), balance: usd.money(-50), limit: usd.money(20))
    let past = try given(.opened(limit: 100), .withdrawn(50, at: 10))
    past.when(.limit("0.20"), at: 5).refused(refusal)
    past.when(.limit("0.20"), at: 5, allowsPastOverdraft: true).refused(refusal)
  }

  @Test("that a later one has replaced already is not the limit of today")
  func replacedAlready() throws {
    let usd = try Currency.usd
    // Recorded last, but in force from 10 to 20 only.
    let past = try given(
      .opened(), .deposited(100, at: 5), .limited(100, at: 20), .limited(500, at: 10))
    #expect(past.account.standing?.overdraftLimit == usd.money(100))
    past.when(.withdraw("3.00")).refused(
      .insufficientFunds(
        try AccountID("alice"), available: usd.money(200), needed: usd.money(300)))
  }
}
