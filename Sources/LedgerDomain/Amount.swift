/// An amount as somebody wrote it: decimal text, and perhaps a currency code.
///
/// It becomes `Money` once the account's currency is known; until then `25.00` may be right (`USD`) or
/// have too many decimals (`JPY`).
public struct Amount: Sendable {
  private enum Content {
    case written(String, currencyCode: String?)
    // Not as text: writing and reading it again is what takes longest of deciding a recorded command.
    case known(Money)
  }

  private let content: Content

  /// Such as `25`, `25.00` or `0.5`: no sign, no grouping.
  public var text: String {
    switch content {
    case .written(let text, _): text
    case .known(let money): money.decimal
    }
  }

  /// The currency it was written in; nil means the account's.
  public var currencyCode: String? {
    switch content {
    case .written(_, let code): code
    case .known(let money): money.currency.code
    }
  }

  /// An amount as written; nothing is checked yet.
  public init(_ text: String, currencyCode: String? = nil) {
    content = .written(text, currencyCode: currencyCode)
  }

  /// The amount that is `money`, which must not be negative.
  public init(_ money: Money) {
    content = .known(money)
  }

  /// The amount in `currency`, which may be zero.
  ///
  /// Throws `currencyMismatch` or `invalidAmount`.
  public func money(in currency: Currency) throws(Rejection) -> Money {
    if case .known(let money) = content, money.currency == currency, money.minorUnits >= 0 {
      return money
    }
    if let currencyCode, currencyCode != currency.code {
      guard Currency(code: currencyCode) != nil else {
        throw .unknownCurrency(code: currencyCode)
      }
      throw .currencyMismatch(given: currencyCode, expected: currency)
    }
    switch DecimalText.read(text, decimals: currency.decimals) {
    case .minorUnits(let units):
      guard let minorUnits = Int64(exactly: units) else { throw invalid(.tooLarge, in: currency) }
      return Money(minorUnits: minorUnits, in: currency)
    case .malformed: throw invalid(.malformed, in: currency)
    case .tooManyDecimals: throw invalid(.tooManyDecimals, in: currency)
    case .tooLarge: throw invalid(.tooLarge, in: currency)
    }
  }

  /// The amount of a movement in `currency`: more than zero.
  public func movement(in currency: Currency) throws(Rejection) -> Money {
    let money = try money(in: currency)
    guard money.minorUnits > 0 else { throw invalid(.notPositive, in: currency) }
    return money
  }

  private func invalid(_ reason: Rejection.AmountProblem, in currency: Currency) -> Rejection {
    .invalidAmount(text: text, currency: currency, problem: reason)
  }
}

extension Amount: Hashable {
  /// Whether both are written the same.
  public static func == (left: Amount, right: Amount) -> Bool {
    left.text == right.text && left.currencyCode == right.currencyCode
  }

  /// Hashes how it is written.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(text)
    hasher.combine(currencyCode)
  }
}
