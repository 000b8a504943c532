/// A rule's no to a command. Nothing was written; whoever asked can act on it.
///
/// The cases stand in order of precedence: where several apply, the first is reported.
public enum Rejection: Error, Hashable, Sendable {
  case invalidAccountID(text: String)
  case idempotencyKeyConflict(key: String, position: Int64, differing: [String])
  case clockBehind(clock: Instant, lastRecordedAt: Instant)
  case effectiveInFuture(effectiveAt: Instant, now: Instant)
  /// `did` says what the commit at the position did, such as "opened alice".
  case notReversible(position: Int64, did: String)
  case alreadyReversed(position: Int64, at: Int64)
  /// `reversed` counts the movements of the group that were reversed before.
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
  case invalidAmount(text: String, currency: Currency, problem: AmountProblem)
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
    case .notReversible: 4
    case .alreadyReversed: 5
    case .nothingToReverse: 6
    case .sameAccount: 7
    case .versionConflict: 8
    case .accountNotFound, .accountNotThereYet: 9
    case .accountExists: 10
    case .accountClosed: 11
    case .unknownCurrency: 12
    case .currencyMismatch: 13
    case .invalidAmount: 14
    case .closedBeforeLastChange: 15
    case .balanceNotZero: 16
    case .amountOverflow: 17
    case .insufficientFunds: 18
    case .overdraftLimitTooLow: 19
    case .pastOverdraft: 20
    case .beyondHead: 21
    case .ledgerNotEmpty: 22
    case .nothingToErase, .nothingToEraseOf: 23
    case .notErasable: 24
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
    case .reversalRefused(_, let rejection): rejection.code
    }
  }
}
