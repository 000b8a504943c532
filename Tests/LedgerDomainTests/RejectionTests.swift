import LedgerDomain
import Testing

@Suite("A rejection")
struct RejectionTests {
  /// One of each, in the order in which they are declared.
  static var all: [Rejection] {
    get throws {
      let id = try AccountID("alice")
      let usd = try Currency.usd
      return [
        .invalidAccountID(text: "-"),
        .idempotencyKeyConflict(key: "k", position: 7, differing: ["amount", "currency"]),
        .clockBehind(clock: .second(1), lastRecordedAt: .second(2)),
        .effectiveInFuture(effectiveAt: .second(2), now: .second(1)),
        .periodClosed(effectiveAt: .second(1), by: ClosedPeriod(.sample, at: 9)),
        .notReversible(position: 3, did: "opened alice"),
        .alreadyReversed(position: 4, at: 6),
        .nothingToReverse(correlationID: "c", reversed: 2),
        .sameAccount(id),
        .versionConflict(id, expected: "3", actual: 4),
        .accountNotFound(id),
        .accountExists(id),
        .accountClosed(id),
        .unknownCurrency(code: "ZZZ"),
        .currencyMismatch(given: "EUR", expected: usd),
        .invalidAmount(text: "x", currency: usd, problem: .malformed),
        .closedBeforeLastChange(id, effectiveAt: .second(1), lastChangeAt: .second(2)),
        .balanceNotZero(id, balance: usd.money(5)),
        .amountOverflow(id),
        .insufficientFunds(id, available: usd.money(4_000), needed: usd.money(5_000)),
        .overdraftLimitTooLow(id, balance: usd.money(-5), limit: usd.money(4)),
        .pastOverdraft(id, at: .second(1), short: usd.money(1)),
        .beyondHead("version", asked: 9, last: 8),
        .ledgerNotEmpty(commits: 3),
        .nothingToErase(position: 5),
        .notErasable(positions: [1, 2]),
        .periodNotOver(.sample, now: .second(1)),
        .periodNotClosed(.sample, latest: ClosedPeriod(.sample, at: 9)),
        .monthInFuture(CalendarMonth(of: .second(2)), now: .second(1)),
        .alertRuleExists(name: "large"),
        .alertRuleNotFound(name: "large"),
        .alertNotFound(rule: "large", position: 7),
        .alertSeenBefore(rule: "large", position: 7),
      ]
    }
  }

  @Test("has a rank that rises strictly in the order of declaration")
  func precedence() throws {
    #expect(try Self.all.map(\.precedence) == Array(0..<33))
  }

  @Test("has a code of its own, frozen because scripts rely on it")
  func codes() throws {
    #expect(
      try Self.all.map(\.code) == [
        "invalid_account_id", "idempotency_key_conflict", "clock_behind", "effective_in_future",
        "period_closed", "not_reversible", "already_reversed", "nothing_to_reverse",
        "same_account", "version_conflict", "account_not_found", "account_exists",
        "account_closed", "unknown_currency", "currency_mismatch", "invalid_amount",
        "closed_before_last_change", "balance_not_zero", "amount_overflow", "insufficient_funds",
        "overdraft_limit_too_low", "past_overdraft", "beyond_head",
        "ledger_not_empty", "nothing_to_erase", "not_erasable",
        "period_not_over", "period_not_closed", "month_in_future",
        "alert_rule_exists", "alert_rule_not_found", "alert_not_found", "alert_seen_before",
      ])
    #expect(Set(try Self.all.map(\.code)).count == 33)
  }

  @Test("says what is wrong on one line, without its full stop, with every fact in it")
  func messages() throws {
    for rejection in try Self.all {
      #expect(!rejection.message.isEmpty)
      #expect(!rejection.message.hasSuffix("."))
      #expect(!rejection.message.contains("\n"))
      #expect(Set(rejection.facts.map(\.name)).count == rejection.facts.count)
      #expect(!rejection.facts.isEmpty)
    }
    let id = try AccountID("acct-42")
    let usd = try Currency.usd
    let short = Rejection.insufficientFunds(
      id, available: usd.money(4_000), needed: usd.money(5_000))
    #expect(short.message == "acct-42 has 40.00 USD available, 50.00 needed")
    #expect(short.facts.map(\.name) == ["accountId", "currency", "available", "needed"])
    #expect(short.facts.map(\.value) == ["acct-42", "USD", "40.00", "50.00"])
  }

  @Test("of positions names the first of them, and how many more there are")
  func positions() {
    let many = Rejection.notErasable(positions: Array(1...25))
    #expect(many.message.hasPrefix("the text at positions 1, 2, 3, "))
    #expect(many.message.contains(", 20 and 5 more stands"))
    #expect(many.facts.map(\.value) == [.numbers(Array(1...25))])
    #expect(Rejection.notErasable(positions: [4]).message.contains("at position 4 stands"))
  }

  @Test("of one of several reversals names it, with the code, the rank and the facts of the rule")
  func reversalRefused() throws {
    let closed = Rejection.accountClosed(try AccountID("alice"))
    let refused = Rejection.reversalRefused(position: 12, closed)
    #expect((refused.code, refused.precedence) == (closed.code, closed.precedence))
    #expect(
      refused.message == "position 12 can't be reversed, so nothing was: \(closed.message)")
    #expect(refused.facts.map(\.name) == ["reverses", "accountId"])
    #expect(refused.facts.map(\.value) == [.number(12), "alice"])
  }

  @Test("of a version says so if there was no event yet")
  func versionConflict() throws {
    let none = Rejection.versionConflict(try AccountID("a"), expected: "stream-exists", actual: nil)
    #expect(none.message.contains("has no event yet"))
    #expect(none.facts.map(\.name) == ["accountId", "expectedVersion"])
  }
}
