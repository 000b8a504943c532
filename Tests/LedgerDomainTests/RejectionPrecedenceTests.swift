import LedgerDomain
import Testing

/// Each situation breaks the rule it is named after, and as many later ones as go with it.
@Suite("Of several rules that are broken")
struct RejectionPrecedenceTests {
  struct Situation: CustomTestStringConvertible, Sendable {
    /// The code of the first rule that is broken.
    let first: String
    /// The codes of later rules that are broken too.
    let also: [String]
    let decide: @Sendable () throws -> Void

    init(
      _ first: String, also: [String] = [], _ decide: @escaping @Sendable () throws -> Void
    ) {
      (self.first, self.also, self.decide) = (first, also, decide)
    }

    var testDescription: String {
      also.isEmpty ? first : "\(first) before \(also.joined(separator: ", "))"
    }
  }

  private static let nonsense = Amount("x", currencyCode: "ZZZ")
  private static let amountRules = ["unknown_currency", "currency_mismatch", "invalid_amount"]

  @Test("the first in order of precedence is reported", arguments: situations)
  func walk(_ situation: Situation) throws {
    let rejection = try #require(throws: Rejection.self) { try situation.decide() }
    #expect(rejection.code == situation.first)
  }

  @Test("the walk goes through all that the domain can report, in order")
  func walkIsInOrder() throws {
    let ranks = Dictionary(
      uniqueKeysWithValues: try RejectionTests.all.map { ($0.code, $0.precedence) })
    let walked = Self.situations.compactMap { ranks[$0.first] }
    #expect(walked == walked.sorted())
    #expect(Set(walked).count == 17, "the domain can refuse for 17 reasons")
    for situation in Self.situations {
      let first = try #require(ranks[situation.first])
      for later in situation.also { #expect(try #require(ranks[later]) > first) }
    }
  }

  private static let situations =
    accountSituations + amountSituations + balanceSituations
    + periodSituations

  private static let accountSituations = [
    Situation("invalid_account_id") { _ = try AccountID("no id") },
    Situation("period_closed") {
      try Watermark(ClosedPeriod(.sample, at: 9)).requireOpen(at: .second(1))
    },
    Situation("period_closed", also: ["period_not_over"]) {
      let watermark = Watermark(ClosedPeriod(.sample, at: 9))
      try watermark.requireClosable(.sample, now: .second(1))
    },
    Situation("same_account", also: ["account_not_found"] + amountRules) {
      try transfer(nonsense, from: try given(), to: try given())
    },
    Situation("same_account", also: ["account_closed"] + amountRules) {
      let closed = try given(.opened(), .closed(at: 10))
      try transfer(nonsense, from: closed, to: closed)
    },
    Situation("account_not_found", also: ["account_closed"] + amountRules) {
      try transfer(
        nonsense, from: try given(.opened(), .closed(at: 10)), to: try given(id: "bob"))
    },
    Situation("account_not_found", also: ["account_closed"] + amountRules) {
      try transfer(
        nonsense, from: try given(), to: try given(.opened(), .closed(at: 10), id: "bob"))
    },
    Situation("account_exists", also: ["account_closed"] + amountRules) {
      _ = try given(.opened(), .closed(at: 10))
        .when(.open(try .usd, overdraftLimit: nonsense, holder: nil)).result.get()
    },
    Situation(
      "account_closed", also: ["closed_before_last_change", "balance_not_zero"]
    ) {
      let past = try given(.opened(), .deposited(5, at: 10), .closed(at: 10))
      _ = try past.when(.close, at: 5).result.get()
    },
    Situation("account_closed", also: amountRules) {
      _ = try given(.opened(), .closed(at: 10)).when(.withdraw(nonsense, .init())).result.get()
    },
    Situation("account_closed", also: ["insufficient_funds"]) {
      try transfer(
        Amount("1.00"), from: try given(.opened()),
        to: try given(.opened(), .closed(at: 9), id: "bob"))
    },
  ]

  private static let amountSituations = [
    Situation("unknown_currency", also: ["currency_mismatch", "invalid_amount"]) {
      _ = try given(.opened()).when(.withdraw(nonsense, .init())).result.get()
    },
    Situation("currency_mismatch", also: ["invalid_amount"]) {
      _ = try given(.opened()).when(.deposit(Amount("x", currencyCode: "EUR"), .init())).result
        .get()
    },
    Situation("currency_mismatch", also: ["insufficient_funds"]) {
      try transfer(
        Amount("9.99"), from: try given(.opened()), to: try given(.opened(), id: "bob", in: "EUR"))
    },
    Situation("invalid_amount", also: ["insufficient_funds", "past_overdraft"]) {
      let past = try given(.opened(), .deposited(1, at: 20))
      _ = try past.when(.withdraw("99.999"), at: 10).result.get()
    },
    Situation("invalid_amount", also: ["overdraft_limit_too_low"]) {
      _ = try given(.opened(limit: 900), .withdrawn(900, at: 20)).when(.limit("-1")).result.get()
    },
  ]

  private static let periodSituations = [
    Situation("period_not_over") {
      try Watermark(nil).requireClosable(.sample, now: .second(1))
    },
    Situation("period_not_closed") { _ = try Watermark(nil).reopening(nil) },
  ]

  private static let balanceSituations = [
    Situation("closed_before_last_change", also: ["balance_not_zero"]) {
      _ = try given(.opened(), .deposited(5, at: 10)).when(.close, at: 9).result.get()
    },
    Situation("balance_not_zero") {
      _ = try given(.opened(), .deposited(5, at: 10)).when(.close).result.get()
    },
    Situation("amount_overflow", also: ["insufficient_funds"]) {
      let full = try given(.opened(), .deposited(.max, at: 10), id: "bob")
      try transfer(Amount("1.00"), from: try given(.opened()), to: full)
    },
    Situation("amount_overflow", also: ["insufficient_funds", "past_overdraft"]) {
      // Today's limit is zero, so that funds are short; at 10 the balance would not fit.
      let past = try given(
        .opened(limit: .max), .withdrawn(.max, at: 10), .deposited(.max, at: 20),
        .limited(0, at: 30))
      _ = try past.when(.withdraw("0.10"), at: 10).result.get()
    },
    Situation("amount_overflow", also: ["past_overdraft"]) {
      let past = try given(
        .opened(), .limited(.max, at: 15), .withdrawn(.max, at: 20), .deposited(.max, at: 30))
      _ = try past.when(.withdraw("0.10"), at: 10).result.get()
    },
    Situation("insufficient_funds", also: ["past_overdraft"]) {
      let past = try given(.opened(), .deposited(9, at: 10), .withdrawn(9, at: 20))
      _ = try past.when(.withdraw("0.01"), at: 5).result.get()
    },
    Situation("overdraft_limit_too_low") {
      _ = try given(.opened(limit: 9), .withdrawn(9, at: 10)).when(.limit("0.08")).result.get()
    },
    Situation("overdraft_limit_too_low", also: ["past_overdraft"]) {
      _ = try given(.opened(limit: 9), .withdrawn(9, at: 10)).when(.limit("0"), at: 5).result.get()
    },
    Situation("past_overdraft") {
      let past = try given(.opened(), .deposited(9, at: 10))
      _ = try past.when(.withdraw("0.01"), at: 5).result.get()
    },
  ]

  /// Decides a transfer that counts after everything else.
  private static func transfer(
    _ amount: Amount, from payer: AccountHistory, to payee: AccountHistory
  ) throws {
    let transfer = Transfer(amount: amount, transferID: "t-1", description: nil)
    _ = try transfer.decide(from: payer, to: payee, at: .second(1_000))
  }
}
