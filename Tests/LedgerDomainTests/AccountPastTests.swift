import LedgerDomain
import Testing

@Suite("A backdated command")
struct AccountPastTests {
  @Test("may not overdraw any balance since, and names the first and what is short")
  func pastOverdraft() throws {
    let usd = try Currency.usd
    let alice = try AccountID("alice")
    let past = try given(
      .opened(limit: 100), .deposited(1_000, at: 10), .withdrawn(900, at: 20),
      .withdrawn(200, at: 30), .deposited(5_000, at: 40))
    past.when(.withdraw("1.50"), at: 15)
      .refused(.pastOverdraft(alice, at: .second(30), short: usd.money(150)))
    past.when(.withdraw("2.50"), at: 15)
      .refused(.pastOverdraft(alice, at: .second(20), short: usd.money(50)))
    past.when(.withdraw("0.01"), at: 30)
      .refused(.pastOverdraft(alice, at: .second(30), short: usd.money(1)))
    past.when(.withdraw("2.00"), at: 5)
      .refused(.pastOverdraft(alice, at: .second(5), short: usd.money(100)))
    past.when(.withdraw("1.50"), at: 40)
      .then(.withdrawn(.init(amount: usd.money(150), balanceAfter: usd.money(4_750))))
  }

  @Test("may do so if that is allowed, but never overdraws today's balance")
  func allowed() throws {
    let usd = try Currency.usd
    let past = try given(.opened(), .deposited(500, at: 10), .deposited(500, at: 20))
    past.when(.withdraw("8.00"), at: 15, allowsPastOverdraft: true)
      .then(.withdrawn(.init(amount: usd.money(800), balanceAfter: usd.money(200))))
    past.when(.withdraw("10.01"), at: 15, allowsPastOverdraft: true)
      .refused(
        .insufficientFunds(
          try AccountID("alice"), available: usd.money(1_000), needed: usd.money(1_001)))
  }

  @Test("counts together with everything at its instant")
  func sameInstant() throws {
    let usd = try Currency.usd
    let past = try given(
      .opened(), .withdrawn(400, at: 10), .deposited(400, at: 10), .deposited(50, at: 20))
    past.when(.withdraw("0.50"), at: 20)
      .then(.withdrawn(.init(amount: usd.money(50), balanceAfter: .zero(in: usd))))
    past.when(.withdraw("0.50"), at: 10).refused(
      .pastOverdraft(try AccountID("alice"), at: .second(10), short: usd.money(50)))
  }

  @Test("may not overflow a later balance")
  func overflowsLater() throws {
    let past = try given(
      .opened(), .deposited(.max, at: 20), .withdrawn(.max, at: 30))
    let refusal = Rejection.amountOverflow(try AccountID("alice"))
    past.when(.deposit("0.01"), at: 10).refused(refusal)
    past.when(.deposit("0.01"), at: 20).refused(refusal)
    past.when(.deposit("0.01"), at: 20, allowsPastOverdraft: true).refused(refusal)
    let usd = try Currency.usd
    past.when(.deposit("0.01"), at: 30)
      .then(.deposited(.init(amount: usd.money(1), balanceAfter: usd.money(1))))
  }

  @Test("that is a deposit is taken although a balance since is overdrawn")
  func depositIntoTheRed() throws {
    let usd = try Currency.usd
    let past = try given(.opened(), .withdrawn(900, at: 10), .deposited(1_000, at: 20))
    past.when(.deposit("1.00"), at: 5)
      .then(.deposited(.init(amount: usd.money(100), balanceAfter: usd.money(200))))
  }

  @Test("may overflow a later balance no more because an earlier one may be overdrawn")
  func overflowsBehindAnOverdraft() throws {
    // Overdrawn at 10, where the limit is zero; beyond 64 bits at 20, where it is not.
    let past = try given(
      .opened(), .limited(.max, at: 15), .withdrawn(.max, at: 20), .deposited(.max, at: 30))
    let refusal = Rejection.amountOverflow(try AccountID("alice"))
    past.when(.withdraw("0.10"), at: 10).refused(refusal)
    past.when(.withdraw("0.10"), at: 10, allowsPastOverdraft: true).refused(refusal)
  }
}
