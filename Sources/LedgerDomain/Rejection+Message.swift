extension Rejection {
  /// What is wrong and what to do about it, as a sentence without its full stop.
  public var message: String {
    switch self {
    case .invalidAccountID(let text):
      "'\(text)' is no account id; use 1 to \(AccountID.longest) ASCII letters, digits and -_.:/@, "
        + "not starting with -"
    case .idempotencyKeyConflict(let key, let position, let differing):
      "the key '\(key)' was used for another command, recorded at position \(position), "
        + "that differs in: \(differing.joined(separator: ", ")); use a new key for a new command"
    case .clockBehind(let clock, let last):
      "the clock says \(clock), over 24 hours before the last commit at \(last); "
        + "set the clock right, or use --accept-clock"
    case .effectiveInFuture(let effectiveAt, let now):
      "\(effectiveAt) lies in the future, it is \(now); an effective time may be now or earlier"
    case .periodClosed(let effectiveAt, let by):
      "\(effectiveAt) lies at or before the end of the period \(by.period), \(by.through), which was "
        + "closed at position \(by.position); use an --effective in an open period, and "
        + "--corrects POSITION to say what it corrects"
    case .periodAlreadyClosed(let period, let by):
      "\(period) can't be closed: everything up to \(by.through) is, since \(by.period) was closed at "
        + "position \(by.position); close a later period"
    case .notReversible(let position, let did):
      "position \(position) \(did); only deposits, withdrawals and transfers can be reversed"
    case .alreadyReversed(let position, let reversal):
      "position \(position) was reversed before, at position \(reversal)"
    case .nothingToReverse(let id, let reversed):
      "no movement with the correlation id '\(id)' is left to reverse"
        + (reversed > 0 ? "; of its commits, \(reversed) are reversed or reversals themselves" : "")
    case .sameAccount(let id): "\(id) can't transfer to itself"
    case .versionConflict(let id, let expected, let actual):
      "expected \(id) at version \(expected), but it "
        + (actual.map { "is at version \($0)" } ?? "has no event yet")
        + "; look at it again, then decide again"
    case .accountNotFound(let id): "there is no account \(id)"
    case .accountNotThereYet(let id): "there was no account \(id) yet, as far as this cut goes"
    case .accountExists(let id): "there is an account \(id) already; an id is never opened twice"
    case .accountClosed(let id): "\(id) is closed; nothing can be recorded on it any more"
    case .unknownCurrency(let code):
      "'\(code)' is no active ISO 4217 code with minor units; write it in capitals, such as USD"
    case .currencyMismatch(let given, let expected):
      "the amount is in \(given), the account in \(expected)"
    case .invalidAmount(let text, let currency, let problem):
      "'\(text)' is no amount\(currency.map { " in \($0)" } ?? ""): \(problem.message(currency))"
    case .closedBeforeLastChange(let id, let effectiveAt, let lastChangeAt):
      "\(id) can't close at \(effectiveAt): something counts later, at \(lastChangeAt)"
    case .balanceNotZero(let id, let balance):
      "\(id) holds \(balance.text); an account closes at zero"
    case .amountOverflow(let id):
      "a balance of \(id) would be more than 64 bits hold"
    case .insufficientFunds(let id, let available, let needed):
      "\(id) has \(available.text) available, \(needed.decimal) needed"
    case .overdraftLimitTooLow(let id, let balance, let limit):
      "\(id) stands at \(balance.text), below a limit of \(limit.decimal)"
    case .pastOverdraft(let id, let at, let short):
      "\(id) would have been \(short.text) below its limit at \(at); "
        + "use a later --effective, or --allow-past-overdraft with a --reason"
    case .beyondHead(let what, let asked, let last):
      "\(what) \(asked) has not been reached; the last one is \(last)"
    case .ledgerNotEmpty(let commits):
      "this ledger has \(commits) commits of its own; load the file into a new one, made with: "
        + "ledger init --db PATH"
    case .nothingToErase(let position):
      "the event at position \(position) was recorded without personal text, and its commit without "
        + "a reason"
    case .nothingToEraseOf(let id):
      "nothing that was recorded on \(id) has personal text or a reason"
    case .notErasable(let positions):
      "the text at \(PositionList.text(positions)) stands inside the event's data, as version 1 of "
        + "the events has it; it is hashed there and can't be erased"
    case .periodNotOver(let period, let now):
      "\(period) is not over: it ends at \(period.end), and it is \(now); close it after its end"
    case .periodNotClosed(let period, let latest):
      (period.map { "\($0) can't be reopened" } ?? "there is nothing to reopen")
        + (latest.map {
          ": the latest closed period is \($0.period), closed at position \($0.position), and only "
            + "the latest can be reopened"
        } ?? ": no period is closed")
    case .periodNeverClosed(let period):
      "\(period) was never closed; see what was with: ledger period list"
    case .monthInFuture(let month, let now):
      "\(month) has not begun: it is \(now)"
    case .alertRuleExists(let name):
      "there is a rule \(name), or was, and its alerts have its name; choose another"
    case .alertRuleNotFound(let name):
      "no rule \(name) is in force; see what is with: ledger alerts rules list"
    case .alertNotFound(let rule, let position):
      "there is no alert \(rule)@\(position); see what there is with: ledger alerts"
    case .alertSeenBefore(let rule, let position):
      "the alert \(rule)@\(position) was acknowledged before"
    case .reversalRefused(let position, let rejection):
      "position \(position) can't be reversed, so nothing was: \(rejection.message)"
    }
  }

  /// A fact of the sentence: amounts as decimal text, instants as RFC 3339.
  public enum Fact: Hashable, Sendable, ExpressibleByStringInterpolation {
    case text(String)
    case number(Int64)
    case numbers([Int64])
    case list([String])

    /// Text.
    public init(stringLiteral value: String) { self = .text(value) }
  }

  /// The facts of the sentence by name, in order.
  public var facts: [(name: String, value: Fact)] {
    switch self {
    case .invalidAccountID(let text): [("accountId", .text(text))]
    case .idempotencyKeyConflict(let key, let position, let differing):
      [
        ("idempotencyKey", .text(key)), ("position", .number(position)),
        ("differing", .list(differing)),
      ]
    case .clockBehind(let clock, let last): [("clock", "\(clock)"), ("lastRecordedAt", "\(last)")]
    case .effectiveInFuture(let effectiveAt, let now):
      [("effectiveAt", "\(effectiveAt)"), ("now", "\(now)")]
    case .periodClosed(let effectiveAt, let by):
      [("effectiveAt", "\(effectiveAt)")] + Self.facts(of: by)
    case .periodAlreadyClosed(let period, let by):
      [("asked", .text(period.text))] + Self.facts(of: by)
    case .notReversible(let position, _): [("position", .number(position))]
    case .alreadyReversed(let position, let reversal):
      [("position", .number(position)), ("reversedBy", .number(reversal))]
    case .nothingToReverse(let id, let reversed):
      [("correlationId", .text(id)), ("reversed", .number(reversed))]
    case .sameAccount(let id), .accountNotFound(let id), .accountNotThereYet(let id),
      .accountExists(let id),
      .accountClosed(let id), .amountOverflow(let id), .nothingToEraseOf(let id):
      [("accountId", .text(id.text))]
    case .versionConflict(let id, let expected, let actual):
      [("accountId", .text(id.text)), ("expectedVersion", .text(expected))]
        + (actual.map { [("actualVersion", .number($0))] } ?? [])
    case .unknownCurrency(let code): [("currency", .text(code))]
    case .currencyMismatch(let given, let expected):
      [("currency", .text(given)), ("accountCurrency", .text(expected.code))]
    case .invalidAmount(let text, let currency, _):
      [("amount", .text(text))] + (currency.map { [("currency", .text($0.code))] } ?? [])
    case .closedBeforeLastChange(let id, let effectiveAt, let lastChangeAt):
      [
        ("accountId", .text(id.text)), ("effectiveAt", "\(effectiveAt)"),
        ("lastChangeAt", "\(lastChangeAt)"),
      ]
    case .balanceNotZero(let id, let balance):
      [
        ("accountId", .text(id.text)), ("currency", .text(balance.currency.code)),
        ("balance", .text(balance.decimal)),
      ]
    case .insufficientFunds(let id, let available, let needed):
      [
        ("accountId", .text(id.text)), ("currency", .text(available.currency.code)),
        ("available", .text(available.decimal)), ("needed", .text(needed.decimal)),
      ]
    case .overdraftLimitTooLow(let id, let balance, let limit):
      [
        ("accountId", .text(id.text)), ("currency", .text(balance.currency.code)),
        ("balance", .text(balance.decimal)), ("overdraftLimit", .text(limit.decimal)),
      ]
    case .pastOverdraft(let id, let at, let short):
      [
        ("accountId", .text(id.text)), ("currency", .text(short.currency.code)), ("at", "\(at)"),
        ("short", .text(short.decimal)),
      ]
    case .beyondHead(let what, let asked, let last):
      [("cut", .text(what)), ("asked", .number(asked)), ("last", .number(last))]
    case .ledgerNotEmpty(let commits): [("commits", .number(commits))]
    case .nothingToErase(let position): [("position", .number(position))]
    case .notErasable(let positions): [("positions", .numbers(positions))]
    case .periodNotOver(let period, let now):
      [("period", .text(period.text)), ("through", "\(period.end)"), ("now", "\(now)")]
    case .periodNotClosed(let period, let latest):
      [("asked", .text(period?.text ?? "latest"))] + (latest.map(Self.facts) ?? [])
    case .periodNeverClosed(let period): [("asked", .text(period.text))]
    case .monthInFuture(let month, let now): [("month", "\(month)"), ("now", "\(now)")]
    case .alertRuleExists(let name), .alertRuleNotFound(let name): [("rule", .text(name))]
    case .alertNotFound(let rule, let position), .alertSeenBefore(let rule, let position):
      [("rule", .text(rule)), ("position", .number(position))]
    case .reversalRefused(let position, let rejection):
      [("reverses", .number(position))] + rejection.facts
    }
  }

  private static func facts(of closed: ClosedPeriod) -> [(name: String, value: Fact)] {
    [
      ("period", .text(closed.period.text)), ("through", "\(closed.through)"),
      ("closedAtPosition", .number(closed.position)),
    ]
  }
}

extension Rejection.AmountProblem {
  fileprivate func message(_ currency: Currency?) -> String {
    switch self {
    case .malformed:
      "write digits with at most one point, without sign, grouping or exponent, such as 25.00"
    case .tooManyDecimals:
      currency.map { "\($0) has \($0.decimals) decimals, and nothing is rounded" }
        ?? "no currency has more than \(Currency.mostDecimals) decimals"
    case .tooLarge:
      currency.map { "the most is \(Money(minorUnits: .max, in: $0).decimal)" }
        ?? "no amount has so many digits"
    case .notPositive: "it must be more than zero"
    }
  }
}

/// Positions in a sentence.
package enum PositionList {
  private static let mostNamed = 20

  /// `position 7`, or `positions 1, 2, 3`, and how many more.
  package static func text(_ positions: [Int64]) -> String {
    "position\(positions.count == 1 ? "" : "s") \(numbers(positions))"
  }

  /// `7`, or `1, 2, 3`, and how many more.
  package static func numbers(_ positions: [Int64]) -> String {
    let named = positions.prefix(mostNamed).map(String.init).joined(separator: ", ")
    let more = positions.count > mostNamed ? " and \(positions.count - mostNamed) more" : ""
    return named + more
  }
}
