/// A rule's no to a command. Nothing was written; whoever asked can act on it.
///
/// The cases stand in order of precedence: where several apply, the first is reported.
public enum Rejection: Error, Hashable, Sendable {
  case invalidAccountID(text: String)
  case idempotencyKeyConflict(key: String, position: Int64, differing: [String])
  case clockBehind(clock: Instant, lastRecordedAt: Instant)
  case effectiveInFuture(effectiveAt: Instant, now: Instant)
  /// Nothing may be recorded any more that counts in a closed period, or before it.
  case periodClosed(effectiveAt: Instant, by: ClosedPeriod)
  /// A later close covers the period already, or it was closed itself.
  case periodAlreadyClosed(Period, by: ClosedPeriod)
  /// `did` says what the commit at the position did, such as "opened alice".
  case notReversible(position: Int64, did: String)
  case alreadyReversed(position: Int64, at: Int64)
  /// `reversed` counts the commits of the group that were reversed before, or are reversals themselves.
  case nothingToReverse(correlationID: String, reversed: Int64)
  case sameAccount(AccountID)
  /// `actual` is nil if the account has no event yet.
  case versionConflict(AccountID, expected: String, actual: Int64?)
  case accountNotFound(AccountID)
  /// The account is there, but not at the cut that was asked for.
  case accountNotThereYet(AccountID)
  case accountExists(AccountID)
  case accountClosed(AccountID)
  case unknownCurrency(code: String)
  case currencyMismatch(given: String, expected: Currency)
  /// `currency` is nil if any would do.
  case invalidAmount(text: String, currency: Currency?, problem: AmountProblem)
  case closedBeforeLastChange(AccountID, effectiveAt: Instant, lastChangeAt: Instant)
  case balanceNotZero(AccountID, balance: Money)
  case amountOverflow(AccountID)
  case insufficientFunds(AccountID, available: Money, needed: Money)
  case overdraftLimitTooLow(AccountID, balance: Money, limit: Money)
  case pastOverdraft(AccountID, at: Instant, short: Money)
  /// A question about a version or a position that has not been reached.
  case beyondHead(String, asked: Int64, last: Int64)
  /// Another ledger's commits fit only into a ledger that has none.
  case ledgerNotEmpty(commits: Int64)
  /// The event never had personal text, nor its commit a reason.
  case nothingToErase(position: Int64)
  /// Nothing that was recorded on the account ever had personal text or a reason.
  case nothingToEraseOf(AccountID)
  /// The texts at these positions stand inside hashed data.
  case notErasable(positions: [Int64])
  /// Only a period that is over can be closed.
  case periodNotOver(Period, now: Instant)
  /// Only the latest close can be reopened; the period is nil if none was named, `latest` if no close is in
  /// force.
  case periodNotClosed(Period?, latest: ClosedPeriod?)
  /// A question about the close of a period that never had one.
  case periodNeverClosed(Period)
  /// A question about a month that has not begun.
  case monthInFuture(CalendarMonth, now: Instant)
  /// A rule of this name is or was in force: its alerts are named by it.
  case alertRuleExists(name: String)
  /// No rule of this name is in force.
  case alertRuleNotFound(name: String)
  /// No rule of this name has found anything in the movement at the position.
  case alertNotFound(rule: String, position: Int64)
  case alertSeenBefore(rule: String, position: Int64)

  /// Of several commits that were to be reversed together, the one at `position` met this refusal.
  indirect case reversalRefused(position: Int64, Rejection)

  /// What is wrong with the text of an amount.
  public enum AmountProblem: Hashable, Sendable {
    case malformed
    case tooManyDecimals
    case tooLarge
    case notPositive
  }
}

extension Rejection {
  /// The rank among rejections: the lowest of several is reported.
  public var precedence: Int {
    switch self {
    case .invalidAccountID: 0
    case .idempotencyKeyConflict: 1
    case .clockBehind: 2
    case .effectiveInFuture: 3
    case .periodClosed, .periodAlreadyClosed: 4
    case .notReversible: 5
    case .alreadyReversed: 6
    case .nothingToReverse: 7
    case .sameAccount: 8
    case .versionConflict: 9
    case .accountNotFound, .accountNotThereYet: 10
    case .accountExists: 11
    case .accountClosed: 12
    case .unknownCurrency: 13
    case .currencyMismatch: 14
    case .invalidAmount: 15
    case .closedBeforeLastChange: 16
    case .balanceNotZero: 17
    case .amountOverflow: 18
    case .insufficientFunds: 19
    case .overdraftLimitTooLow: 20
    case .pastOverdraft: 21
    case .beyondHead: 22
    case .ledgerNotEmpty: 23
    case .nothingToErase, .nothingToEraseOf: 24
    case .notErasable: 25
    case .periodNotOver: 26
    case .periodNotClosed, .periodNeverClosed: 27
    case .monthInFuture: 28
    case .alertRuleExists: 29
    case .alertRuleNotFound: 30
    case .alertNotFound: 31
    case .alertSeenBefore: 32
    case .reversalRefused(_, let rejection): rejection.precedence
    }
  }

  /// The stable name that scripts rely on.
  public var code: String {
    switch self {
    case .invalidAccountID: "invalid_account_id"
    case .idempotencyKeyConflict: "idempotency_key_conflict"
    case .clockBehind: "clock_behind"
    case .effectiveInFuture: "effective_in_future"
    case .periodClosed, .periodAlreadyClosed: "period_closed"
    case .notReversible: "not_reversible"
    case .alreadyReversed: "already_reversed"
    case .nothingToReverse: "nothing_to_reverse"
    case .sameAccount: "same_account"
    case .versionConflict: "version_conflict"
    case .accountNotFound, .accountNotThereYet: "account_not_found"
    case .accountExists: "account_exists"
    case .accountClosed: "account_closed"
    case .unknownCurrency: "unknown_currency"
    case .currencyMismatch: "currency_mismatch"
    case .invalidAmount: "invalid_amount"
    case .closedBeforeLastChange: "closed_before_last_change"
    case .balanceNotZero: "balance_not_zero"
    case .amountOverflow: "amount_overflow"
    case .insufficientFunds: "insufficient_funds"
    case .overdraftLimitTooLow: "overdraft_limit_too_low"
    case .pastOverdraft: "past_overdraft"
    case .beyondHead: "beyond_head"
    case .ledgerNotEmpty: "ledger_not_empty"
    case .nothingToErase, .nothingToEraseOf: "nothing_to_erase"
    case .notErasable: "not_erasable"
    case .periodNotOver: "period_not_over"
    case .periodNotClosed, .periodNeverClosed: "period_not_closed"
    case .monthInFuture: "month_in_future"
    case .alertRuleExists: "alert_rule_exists"
    case .alertRuleNotFound: "alert_rule_not_found"
    case .alertNotFound: "alert_not_found"
    case .alertSeenBefore: "alert_seen_before"
    case .reversalRefused(_, let rejection): rejection.code
    }
  }
}
