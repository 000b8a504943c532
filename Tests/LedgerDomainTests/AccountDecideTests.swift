import LedgerDomain
import Testing

@Suite("An account decides")
struct AccountDecideTests {
  @Test("to open, with an overdraft limit of zero unless another is given")
  func opens() throws {
    let usd = try Currency.usd
    let alice = try AccountID("alice")
    try given().when(.open(usd, overdraftLimit: nil, holder: "Ada"))
      .then(
        .created(.init(accountID: alice, overdraftLimit: .zero(in: usd), holder: "Ada")))
    try given().when(.open(usd, overdraftLimit: Amount("50"), holder: nil))
      .then(
        .created(.init(accountID: alice, overdraftLimit: usd.money(5_000), holder: nil)))
  }

  @Test("not to open twice, even after it was closed")
  func opensOnce() throws {
    let alice = try AccountID("alice")
    let open = AccountCommand.open(try .usd, overdraftLimit: nil, holder: nil)
    try given(.opened()).when(open).refused(.accountExists(alice))
    try given(.opened(), .closed(at: 10)).when(open).refused(.accountExists(alice))
  }

  @Test("to take a deposit and to say the balance after")
  func deposits() throws {
    let usd = try Currency.usd
    let details = AccountCommand.MovementDetails(
      counterparty: try AccountID("bob"), transferID: "t-1", description: "rent")
    try given(.opened(), .deposited(1_000, at: 10))
      .when(.deposit(Amount("2.5", currencyCode: "USD"), details))
      .then(
        .deposited(
          .init(
            amount: usd.money(250), balanceAfter: usd.money(1_250),
            counterparty: try AccountID("bob"), transferID: "t-1", description: "rent")))
  }

  @Test("to pay out down to its overdraft limit and not a cent further")
  func withdraws() throws {
    let usd = try Currency.usd
    let alice = try AccountID("alice")
    let past = try given(.opened(limit: 500), .deposited(1_000, at: 10))
    past.when(.withdraw("15.00"))
      .then(.withdrawn(.init(amount: usd.money(1_500), balanceAfter: usd.money(-500))))
    past.when(.withdraw("15.01"))
      .refused(
        .insufficientFunds(alice, available: usd.money(1_500), needed: usd.money(1_501)))
    past.when(.withdraw("15.01"), allowsPastOverdraft: true)
      .refused(
        .insufficientFunds(alice, available: usd.money(1_500), needed: usd.money(1_501)))
  }

  @Test("nothing at all before it is opened")
  func unopened() throws {
    let refusal = Rejection.accountNotFound(try AccountID("alice"))
    for command in Self.everyCommandButOpen { try given().when(command).refused(refusal) }
  }

  @Test("nothing any more after it is closed")
  func closed() throws {
    let refusal = Rejection.accountClosed(try AccountID("alice"))
    let past = try given(.opened(limit: 100), .closed(at: 10))
    for command in Self.everyCommandButOpen {
      past.when(command).refused(refusal)
      past.when(command, at: 5).refused(refusal)
    }
  }

  @Test("to close at zero, and only then")
  func closes() throws {
    let usd = try Currency.usd
    let alice = try AccountID("alice")
    try given(.opened()).when(.close).then(.closed)
    try given(.opened(), .deposited(5, at: 10), .withdrawn(5, at: 20)).when(.close).then(.closed)
    try given(.opened(), .deposited(5, at: 10)).when(.close)
      .refused(.balanceNotZero(alice, balance: usd.money(5)))
    try given(.opened(limit: 9), .withdrawn(5, at: 10)).when(.close)
      .refused(.balanceNotZero(alice, balance: usd.money(-5)))
  }

  @Test("not to close before the last thing that counts")
  func closesLast() throws {
    let past = try given(.opened(), .deposited(5, at: 20), .withdrawn(5, at: 20))
    past.when(.close, at: 20).then(.closed)
    past.when(.close, at: 19).refused(
      .closedBeforeLastChange(
        try AccountID("alice"), effectiveAt: .second(19), lastChangeAt: .second(20)))
  }

  @Test("whether one amount of 60 or another is taken from 100, never both")
  func oneOfTwo() throws {
    var past = try given(.opened(), .deposited(10_000, at: 10))
    let first = past.when(.withdraw("60.00"))
    past.record(try first.result.get(), at: .second(20))
    past.when(.withdraw("60.00")).refused(
      .insufficientFunds(
        try AccountID("alice"), available: try Currency.usd.money(4_000),
        needed: try Currency.usd.money(6_000)))
  }

  @Test(
    "not to move what is not an amount more than zero",
    arguments: ["0", "0.00", "-5", "", "1e3", "NaN", "1,000", "٣", "0.001"])
  func refusesAmounts(_ text: String) throws {
    let past = try given(.opened(limit: 1_000), .deposited(1_000, at: 10))
    for command in [AccountCommand.deposit(text), .withdraw(text)] {
      guard case .failure(.invalidAmount(text, _, _)) = past.when(command).result else {
        Issue.record("\(command) was not refused as an invalid amount")
        continue
      }
    }
  }

  @Test("not to let a balance grow beyond 64 bits, upwards or downwards")
  func overflows() throws {
    let usd = try Currency.usd
    let refusal = Rejection.amountOverflow(try AccountID("alice"))
    let full = try given(.opened(), .deposited(.max - 1, at: 10))
    full.when(.deposit("0.02")).refused(refusal)
    full.when(.deposit("0.01"))
      .then(.deposited(.init(amount: usd.money(1), balanceAfter: usd.money(.max))))
    let deep = try given(.opened(limit: .max), .withdrawn(.max, at: 10))
    deep.when(.withdraw("0.02")).refused(refusal)
    deep.when(.withdraw("0.01"))
      .refused(
        .insufficientFunds(
          try AccountID("alice"), available: .zero(in: usd), needed: usd.money(1)))
  }

  @Test("with as much available as 64 bits hold")
  func availableIsClamped() throws {
    let usd = try Currency.usd
    let past = try given(.opened(limit: .max), .deposited(.max, at: 10))
    #expect(past.account.standing?.available == usd.money(.max))
    past.when(.withdraw("92233720368547758.07"))
      .then(.withdrawn(.init(amount: usd.money(.max), balanceAfter: .zero(in: usd))))
  }

  /// One of each, all with an amount that an open account would take.
  private static let everyCommandButOpen: [AccountCommand] = [
    .deposit("1.00"), .withdraw("1.00"), .close, .limit("1.00"),
    .change(overdraftLimit: nil, holder: "Ada"),
  ]
}
