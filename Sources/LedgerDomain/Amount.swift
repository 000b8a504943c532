/// An amount as somebody wrote it: decimal text, and perhaps a currency code.
///
/// It becomes `Money` once the account's currency is known; until then `25.00` may be right (`USD`) or
/// have too many decimals (`JPY`).
public struct Amount: Hashable, Sendable {
  /// Such as `25`, `25.00` or `0.5`: no sign, no grouping.
  public let text: String
  /// The currency it was written in; nil means the account's.
  public let currencyCode: String?

  /// An amount as written; nothing is checked yet.
  public init(_ text: String, currencyCode: String? = nil) {
    self.text = text
    self.currencyCode = currencyCode
  }

  /// The amount that is `money`, which must not be negative.
  public init(_ money: Money) {
    self.init(money.decimal, currencyCode: money.currency.code)
  }

  /// The amount in `currency`, which may be zero.
  ///
  /// Throws `currencyMismatch` or `invalidAmount`.
  public func money(in currency: Currency) throws(Rejection) -> Money {
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
